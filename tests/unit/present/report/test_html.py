"""A report is one HTML file that fetches nothing, can be navigated, and obeys no text from outside."""

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import case_samples
from headwater.model.case import Case
from headwater.present.report.build import report_of
from headwater.present.report.content import Report, Table
from headwater.present.report.html import html

VOID = frozenset({"meta", "img", "link", "br", "hr", "input", "base", "source"})


class Parsed(HTMLParser):
    """The elements of a page with their attributes, the text of each script, and what was left open."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self.scripts.append((self.elements[-1][1], ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Elements have to nest."""
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text of scripts apart from all other."""
        if self.open and self.open[-1] == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        else:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of a kind."""
        return [attributes for kind, attributes in self.elements if kind == tag]


@pytest.fixture(scope="module")
def parsed(page: str) -> Parsed:
    """The page of 21 C2s."""
    return Parsed(page)


@pytest.fixture(scope="module")
def parsed_hostile(hostile_page: str) -> Parsed:
    """The page of the hostile case."""
    return Parsed(hostile_page)


def test_every_element_is_closed(parsed: Parsed, parsed_hostile: Parsed) -> None:
    """Elements nest, and none is left open, hostile text or not."""
    assert (parsed.open, parsed_hostile.open) == ([], [])


def test_nothing_is_fetched(parsed_hostile: Parsed) -> None:
    """No attribute names anything outside the page: images are data, links are anchors."""
    named = [
        value
        for _, attributes in parsed_hostile.elements
        for name, value in attributes.items()
        if name in {"src", "href", "action", "srcset", "data", "poster", "formaction", "ping"}
    ]
    assert [value[:40] for value in named if not value.startswith(("#", "data:image/svg+xml;base64,"))] == []


def test_the_page_forbids_itself_the_network(page: str, parsed: Parsed) -> None:
    """The policy allows nothing by default, no evaluated code, and exactly the two scripts in the page."""
    policy = next(
        one["content"] for one in parsed.all("meta") if one.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    run = [text for attributes, text in parsed.scripts if attributes.get("type") != "application/json"]
    digests = {f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in run}
    assert (rules["default-src"], rules["img-src"], set(rules["script-src"].split())) == (
        "'none'",
        "data:",
        digests,
    )
    assert (len(run), page.count("vega-embed") > 0) == (2, True)


def test_hostile_text_makes_no_element(parsed: Parsed, parsed_hostile: Parsed) -> None:
    """The hostile page has the kinds of elements of the harmless one, and no handler of events."""
    handlers = [
        name for _, attributes in parsed_hostile.elements for name in attributes if name.startswith("on")
    ]
    kinds = {tag for tag, _ in parsed_hostile.elements} - {tag for tag, _ in parsed.elements}
    assert (kinds, handlers) == (set(), [])


def test_scripts_are_the_same_whatever_the_case_says(parsed: Parsed, parsed_hostile: Parsed) -> None:
    """What runs does not depend on the case; its text is in blocks of JSON, which parse."""
    run, data = [], []
    for page in (parsed, parsed_hostile):
        run.append([text for attributes, text in page.scripts if "type" not in attributes])
        data += [text for attributes, text in page.scripts if "type" in attributes]
    assert run[0] == run[1]
    assert [bool(json.loads(text)) for text in data] == [True] * 4
    assert [text for text in data if re.search("[<>&\u2028\u2029]", text)] == []


def test_hostile_text_is_shown(hostile_page: str, parsed_hostile: Parsed) -> None:
    """The text is there to be read: neutralised, not dropped."""
    shown = "".join(parsed_hostile.text)
    assert all(word in shown for word in ("alert(1)", "HYPERLINK", "7 * 7", "\\x1b[31mred", "\\u202e"))
    assert "\x1b" not in hostile_page
    assert "49" not in re.findall(r"(?<!\d)49(?= #)", shown)


def test_no_obeyed_character_is_left(hostile_page: str) -> None:
    """No control, bidirectional or surrogate character reaches the page."""
    body = re.sub(r"<script>.*?</script>", "", hostile_page, flags=re.DOTALL)
    assert (
        re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", body)
        == []
    )


def test_landmarks_and_headings(parsed: Parsed) -> None:
    """One main, header, footer and navigation; one h1; no level of headings is skipped; a skip link first."""
    tags = [tag for tag, _ in parsed.elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    skipped = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    counted = Counter(tags)
    assert [counted[tag] for tag in ("main", "header", "footer", "nav", "h1")] == [1] * 5
    assert (skipped, parsed.all("a")[0]["class"]) == ([], "skip")


def test_ids_are_unique_and_links_lead_somewhere(parsed: Parsed, parsed_hostile: Parsed) -> None:
    """Every id stands once, and every link inside the page has its target."""
    for page in (parsed, parsed_hostile):
        ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
        targets = {one["href"][1:] for one in page.all("a")}
        assert ([name for name, times in ids.items() if times > 1], targets - set(ids)) == ([], set())


def test_tables_can_be_read_aloud(parsed: Parsed) -> None:
    """Every table has a caption, and every heading says of what it is the heading."""
    tables, captions = parsed.all("table"), parsed.all("caption")
    scopes = {one.get("scope") for one in parsed.all("th")}
    assert (len(tables), scopes) == (len(captions), {"col", "row"})


def test_figures_have_words_and_numbers(report: Report, parsed: Parsed) -> None:
    """Each figure has a description, and a link to a table that is in the page."""
    plots = [one for one in parsed.all("div") if one.get("role") == "img"]
    assert [one["aria-label"] for one in plots] == [
        f"{one.title}. {one.description}" for one in report.figures
    ]
    ids = {attributes["id"] for _, attributes in parsed.elements if "id" in attributes}
    assert {one.behind for one in report.figures} <= ids


def test_the_marking_is_everywhere(page: str, parsed: Parsed) -> None:
    """The TLP label stands in the header, under the title, in the footer and on printed pages."""
    assert sum(text.strip() == "TLP:AMBER" for text in parsed.text) >= 4
    assert re.search(
        r'@page \{ @top-right \{ content: "TLP:AMBER".*@bottom-right \{ content: "TLP:AMBER"', page
    )


@pytest.mark.parametrize("case", [case_samples.small_case(), case_samples.empty_case()])
def test_little_or_nothing_to_show(case: Case) -> None:
    """A case of three clients, and one of none, are reports too."""
    found = Parsed(html(report_of(case)))
    assert (found.open, len(found.all("h1"))) == ([], 1)


def test_500_c2s_are_all_in_the_tables() -> None:
    """Figures are cut, tables are not: each of 500 C2s has its row, folded, and the file stays below 6 MB."""
    report = report_of(case_samples.large_case(500))
    tables = {b.id: b for section in report.sections for b in section.blocks if isinstance(b, Table)}
    assert [(len(tables[name].rows), tables[name].folded) for name in ("c2s", "intervals")] == [
        (500, True)
    ] * 2
    assert len(html(report)) < 6_000_000


def test_dates_and_powers_of_ten_are_not_broken() -> None:
    """A browser may break a line at a hyphen, but not inside a date or 2.5e-28."""
    page = html(report_of(case_samples.dridex_case()))
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    loose = re.sub(r'<span class="whole">[^<]*</span>|<[^>]*>', "", body)
    assert re.findall(r"\d{4}-\d\d-\d\d|\de-\d+", loose) == []
