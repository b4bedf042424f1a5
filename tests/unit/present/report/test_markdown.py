"""The report as Markdown shows what the HTML shows, and obeys no text from outside."""

import re

import pytest
from markdown_it import MarkdownIt

import case_samples
from headwater.present.report.build import report_of
from headwater.present.report.content import Report
from headwater.present.report.markdown import escaped, markdown
from hostile_texts import HOSTILE


def _rendered(text: str) -> str:
    """What a viewer of GitHub-flavoured Markdown makes of a text."""
    viewer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(viewer.render(text))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("frame", ["{}", "| cell | {} |", "- {}", "**{}**", "# {}"])
def test_hostile_text_stays_text(text: str, frame: str) -> None:
    """A hostile text makes no element that a harmless one in its place would not make."""
    shown, harmless = _rendered(frame.format(escaped(text))), _rendered(frame.format("text"))
    assert re.findall(r"<(\w+)", shown) == re.findall(r"<(\w+)", harmless)


@pytest.mark.parametrize(
    "text",
    ["1. one", "- point", "+ point", "=====", "| a | b |", "> said", "~~gone~~", "*a* _b_ `c`", "[a](b)",
     "![a](b)", "www.evil.example", "https://evil.example/", "@someone", "a@evil.example", "&lt;b&gt;", "$x$",
     "# head", "\\*a*"],
)  # fmt: skip
def test_text_comes_back_as_it_was(text: str) -> None:
    """A viewer shows the text that went in, and makes no link of it."""
    shown = _rendered(escaped(text))
    plain = re.sub(r"</?p>", "", shown).strip()
    for entity, one in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, one)
    assert (plain, "://" in escaped(text), "@" in escaped(text)) == (text, False, False)


def test_headings_and_figures(report: Report) -> None:
    """Every section is a heading, every figure an image beside the file, and the marking frames it."""
    text = markdown(report)
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("**TLP:AMBER**", "**TLP:AMBER**")
    assert [f"## {section.title}" in text for section in report.sections] == [True] * len(report.sections)
    assert re.findall(r"\]\((figures/[\w-]+\.svg)\)", text) == [
        f"figures/{one.id}.svg" for one in report.figures
    ]


def test_tables_keep_their_columns(hostile: Report) -> None:
    """No hostile text makes a new cell: each row of a table has as many cells as its heading."""
    rendered = _rendered(markdown(hostile))
    tables = re.findall(r"<table>.*?</table>", rendered, flags=re.DOTALL)
    widths = [
        {len(re.findall(r"<t[dh]", row)) for row in re.findall(r"<tr>.*?</tr>", table, flags=re.DOTALL)}
        for table in tables
    ]
    assert (len(tables) > 10, {len(width) for width in widths}) == (True, {1})


def test_links_are_anchors_of_the_file(hostile: Report) -> None:
    """Hostile text or not, every link leads to an anchor in the file, and no image to the network."""
    rendered = _rendered(markdown(hostile))
    targets = set(re.findall(r'href="([^"]*)"', rendered))
    anchors = {f"#{name}" for name in re.findall(r'id="([^"]*)"', rendered)}
    images = {src.partition("/")[0] for src in re.findall(r'src="([^"]*)"', rendered)}
    assert (targets - anchors, images) == (set(), {"figures"})


def test_nothing_to_show() -> None:
    """A case without a client is a report, too."""
    assert "## Summary" in markdown(report_of(case_samples.empty_case()))


def test_addresses_stay_readable() -> None:
    """An address begins like a number of a list, but is none: only its dots' brackets are escaped."""
    assert escaped("198.18.3[.]208") == "198.18.3\\[.\\]208"
