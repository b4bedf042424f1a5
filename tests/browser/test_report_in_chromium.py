"""A report in a real browser: offline, light and dark, on a phone, in print, checked for accessibility.

Screenshots for a person to look at are left in tests/browser/screenshots/.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, ViewportSize, sync_playwright

import case_samples
from headwater.model.label import Tlp
from headwater.present.report.build import report_of
from headwater.present.report.content import Report
from headwater.present.report.frame import ReportSettings
from headwater.present.report.html import html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = Path(__file__).with_name("screenshots")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
WHOLE = "section { content-visibility: visible !important }"  # for checks and screenshots of the whole page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium; install it with: apt-get install chromium"
)


@dataclass
class Opened:
    """A page with everything that it said or asked for."""

    page: Page
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def dismissed(self, dialog: Dialog) -> None:
        """Notes a dialog and closes it."""
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a profile of its own, without a window."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def report() -> Report:
    """Of the case of 21 C2s."""
    return report_of(case_samples.dridex_case())


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(report), encoding="utf-8")
    return path


def _opened(browser: Browser, file: Path, *, viewport: ViewportSize = WIDE, dark: bool = False) -> Opened:
    """The file in a fresh context without a network, everything noted that it asks for or complains of."""
    context = browser.new_context(viewport=viewport, color_scheme="dark" if dark else "light", offline=True)
    found = Opened(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
    found.page.on("pageerror", lambda error: found.said.append(f"error: {error}"))
    found.page.on("dialog", found.dismissed)
    found.page.goto(file.as_uri())
    return found


def _all_drawn(page: Page) -> int:
    """Scrolls to each figure and waits until it is drawn."""
    plots = page.locator(".plot")
    for number in range(plots.count()):
        plots.nth(number).scroll_into_view_if_needed()
        page.locator(".plot[data-drawn]").and_(plots.nth(number)).wait_for(timeout=20_000)
    return plots.count()


def _asked_for(opened: Opened, file: Path) -> list[str]:
    """What the page asked for beside itself and its own data."""
    own = (file.as_uri(), "data:")
    return [url for url in opened.requests if not url.startswith(own)]


def _kept(page: Page, name: str) -> None:
    """Leaves a screenshot of the whole page."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.add_style_tag(content=WHOLE)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def _complaints(page: Page) -> list[str]:
    """What axe-core finds, best practices such as the order of headings among it."""
    page.add_style_tag(content=WHOLE)
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(
    ("name", "viewport", "dark"),
    [("light", WIDE, False), ("dark", WIDE, True), ("phone", PHONE, False)],
)
def test_every_figure_is_drawn_offline(
    browser: Browser, file: Path, report: Report, *, name: str, viewport: ViewportSize, dark: bool
) -> None:
    """Every figure is drawn without a request or a word on the console, and axe finds nothing wrong."""
    opened = _opened(browser, file, viewport=viewport, dark=dark)
    drawn = _all_drawn(opened.page)
    _kept(opened.page, name)
    complaints = _complaints(opened.page)
    assert (drawn, _asked_for(opened, file), opened.said, complaints) == (len(report.figures), [], [], [])


def test_marks_have_their_extent(browser: Browser, file: Path) -> None:
    """The bars of the timeline lie side by side over its width, as in the picture that print shows."""
    page = _opened(browser, file).page
    _all_drawn(page)
    bars = page.locator("[data-figure=timeline] .mark-rect path").evaluate_all(
        "bars => bars.map(bar => { const box = bar.getBBox(); return [box.x, box.width]; })"
    )
    wide = [width for _, width in bars if width > 20]
    assert (len(wide) > 30, len({round(x) for x, _ in bars}) > 30) == (True, True)


def test_dark_figures_are_dark(browser: Browser, file: Path) -> None:
    """A change of the colour scheme draws the figures again, in its colours."""
    page = _opened(browser, file).page
    _all_drawn(page)
    drawing = page.locator("[data-figure=chance] svg")
    colour = "svg => getComputedStyle(svg).backgroundColor"
    light = drawing.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    page.locator("[data-figure=chance] svg[style*='rgb(22, 25, 29)']").wait_for()
    assert (light, drawing.evaluate(colour)) == ("rgb(255, 255, 255)", "rgb(22, 25, 29)")


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, file: Path) -> None:
    """On 390 px nothing is wider than the page, and no text of a figure is smaller than 11 px."""
    page = _opened(browser, file, viewport=PHONE).page
    _all_drawn(page)
    sizes = page.locator(".live text").evaluate_all(
        "texts => texts.map(text => parseFloat(getComputedStyle(text).fontSize))"
    )
    scales = page.locator(".live svg").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width / parseFloat(one.getAttribute('width')))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert (min(sizes) >= 11, min(scales) > 0.99) == (True, True)


def test_print_shows_pictures_and_leaves_to_the_file_what_nobody_reads(browser: Browser, file: Path) -> None:
    """In print each figure is its picture on white, the live one is gone, and a line says what is not."""
    page = _opened(browser, file, dark=True).page
    _all_drawn(page)
    page.emulate_media(media="print")
    stills, lives = page.locator(".still"), page.locator(".live")
    assert all(still.is_visible() for still in stills.all())
    assert not any(live.is_visible() for live in lives.all())
    assert not page.locator("#rhythm table").is_visible()  # the file has it, and print says so
    assert page.locator(".in-print").first.is_visible()
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    SCREENSHOTS.mkdir(exist_ok=True)
    (SCREENSHOTS / "print.pdf").write_bytes(pdf)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 5


def test_print_opens_folded_tables(browser: Browser, tmp_path: Path) -> None:
    """One of more than 60 C2s is folded on screen and open in print."""
    path = tmp_path / "report.html"
    path.write_text(html(report_of(case_samples.large_case(72))), encoding="utf-8")
    page = _opened(browser, path).page
    seen = page.locator("#c2s table").is_visible()
    page.emulate_media(media="print")
    assert (seen, page.locator("#c2s table").is_visible()) == (False, True)


def test_the_keyboard_reaches_the_summary_first(browser: Browser, file: Path) -> None:
    """The first stop of the tabulator is the link to the summary, and it is then visible."""
    page = _opened(browser, file).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the summary"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]  # it is visible


def test_a_link_opens_what_is_folded(browser: Browser, file: Path) -> None:
    """The link from a figure to its numbers opens the folded table."""
    page = _opened(browser, file).page
    page.locator("#fig-hours figcaption a").click()
    page.locator("#rhythm table").wait_for(state="visible")
    assert page.evaluate("location.hash") == "#rhythm"


def test_without_scripts_every_figure_is_there(browser: Browser, file: Path, report: Report) -> None:
    """With scripts off, each figure is the picture that print shows."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator(".still").count() == len(report.figures)
    assert all(one.is_visible() for one in page.locator(".still").all())


def test_hostile_text_does_nothing(browser: Browser, tmp_path: Path) -> None:
    """A case with hostile text in every field opens like any other: no dialog, no request, no error."""
    path = tmp_path / "hostile.html"
    settings = ReportSettings(tlp=Tlp.RED, name_others=True)
    path.write_text(html(report_of(case_samples.hostile_case(), settings)), encoding="utf-8")
    opened = _opened(browser, path)
    drawn = _all_drawn(opened.page)
    _kept(opened.page, "hostile")
    assert (drawn > 5, _asked_for(opened, path), opened.said, _complaints(opened.page)) == (True, [], [], [])


def test_500_c2s_open_and_scroll(browser: Browser, tmp_path: Path) -> None:
    """A report over 500 C2s shows its summary before its figures are drawn, and its end can be reached."""
    path = tmp_path / "large.html"
    path.write_text(html(report_of(case_samples.large_case(500))), encoding="utf-8")
    opened = _opened(browser, path)
    assert opened.page.locator("#summary").is_visible()
    assert opened.page.locator(".plot[data-drawn]").count() < opened.page.locator(".plot").count()
    opened.page.locator(".foot").scroll_into_view_if_needed()
    opened.page.locator("#c2s > summary").click()
    assert opened.page.locator("#c2s tbody tr").count() == 500
    _all_drawn(opened.page)
    _kept(opened.page, "large")
    assert (_asked_for(opened, path), opened.said) == ([], [])
