"""Every picture: valid, drawn without the network, and with nothing from outside anywhere but in its data."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import case_samples
from headwater.model.case import Case
from headwater.present.charts.candidates import candidates_chart
from headwater.present.charts.chance import chance_chart
from headwater.present.charts.clients import clients_chart
from headwater.present.charts.drawing import page_spec, png, spec_of, svg
from headwater.present.charts.rhythm import hours_chart, weekdays_chart
from headwater.present.charts.style import DARK, LIGHT
from headwater.present.charts.timeline import timeline_chart
from headwater.present.charts.waterfall import waterfall_chart

Draw = Callable[[Case], Any]  # any of Altair's kinds of charts


def _narrow(case: Case) -> Any:
    return clients_chart(case, narrow=True)


def _waterfall(case: Case) -> Any:
    step = case.waterfall[0]
    return waterfall_chart(case, hypothesis=step.hypothesis, question=step.question, scope=step.scope)


CHARTS: dict[str, Draw] = {
    "clients": clients_chart,
    "clients, narrow": _narrow,
    "timeline": timeline_chart,
    "waterfall": _waterfall,
    "hours": hours_chart,
    "weekdays": weekdays_chart,
    "chance": chance_chart,
    "confirmation": lambda case: chance_chart(case, confirmation=True),
    "candidates": lambda _: candidates_chart(case_samples.sample_hunt()),
}


@pytest.mark.parametrize("name", CHARTS)
def test_specification_is_valid(name: str) -> None:
    """A chart holds against the schema of Vega-Lite, which Altair checks."""
    spec = CHARTS[name](case_samples.dridex_case()).to_dict(validate=True)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")


@pytest.mark.parametrize("name", CHARTS)
def test_drawn_without_the_network(name: str) -> None:
    """SVG and PNG come out while every address is forbidden to vl-convert, and the SVG refers to nothing."""
    spec = spec_of(CHARTS[name](case_samples.dridex_case()))
    drawn = svg(spec)
    assert (drawn.startswith("<svg"), "href" in drawn, png(spec)[:8]) == (True, False, b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "candidates"])
def test_hostile_text_is_data_and_nothing_else(name: str) -> None:
    """Hostile text stands in data, in domains of scales and in titles of a specification only."""
    spec = spec_of(CHARTS[name](case_samples.hostile_case()))
    assert [path for path, _ in _hostile(spec) if not _is_data(path)] == []


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "candidates"])
def test_hostile_text_is_drawn_as_text(name: str) -> None:
    """The SVG of a case full of hostile text is well-formed, and nothing in it runs or loads."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415  # our own SVG, to be parsed strictly

    tree = ET.fromstring(svg(spec_of(CHARTS[name](case_samples.hostile_case()))))  # noqa: S314  # as above
    kinds = {element.tag.rpartition("}")[2] for element in tree.iter()}
    handlers = [key for element in tree.iter() for key in element.attrib if key.lower().startswith("on")]
    assert (kinds & {"script", "image", "a", "foreignObject", "iframe"}, handlers) == (set(), [])


def test_a_page_gives_colours_and_width() -> None:
    """A specification for a page has no colours, no title and no width: dark pages and phones differ."""
    spec = page_spec(spec_of(timeline_chart(case_samples.dridex_case())))
    assert ({"config", "title", "background"} & set(spec), spec["width"]) == (set(), "container")


def test_no_colour_stands_in_a_specification() -> None:
    """Marks name styles and ranges, so that a dark page changes every colour by its configuration."""
    specs = [page_spec(spec_of(draw(case_samples.dridex_case()))) for draw in CHARTS.values()]
    assert [text for spec in specs for _, text in _strings(spec) if text.startswith(("#", "rgb"))] == []


def test_dark_and_light_have_the_same_styles() -> None:
    """Each style of the light configuration exists in the dark one."""
    assert (set(LIGHT["style"]), set(LIGHT)) == (set(DARK["style"]), set(DARK))


@pytest.mark.parametrize("make", [case_samples.small_case, case_samples.empty_case])
def test_few_or_no_clients(make: Callable[[], Case]) -> None:
    """A case of three clients, and one of none, still have a picture of clients and of timelines."""
    case = make()
    assert all(svg(spec_of(draw(case))).startswith("<svg") for draw in (clients_chart, timeline_chart))


def _strings(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, "key"), key
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, (*path, number))
    elif isinstance(value, str):
        yield path, value


def _hostile(spec: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    marks = ("alert(", "<script", "onerror", "evil.example", "HYPERLINK", "constructor", "@SUM", "&lt;b")
    for path, text in _strings(spec):
        if any(mark in text for mark in marks):
            yield path, text


def _is_data(path: tuple[Any, ...]) -> bool:
    inside_data = path[0] == "datasets" and path[-1] != "key"
    domain = "domain" in path and "scale" in path and isinstance(path[-1], int)
    title = path[:2] in {("title", "text"), ("title", "subtitle")}
    return inside_data or domain or title or "values" in path


def test_the_search_for_hostile_text_finds_it() -> None:
    """The tests above would see hostile text in an expression."""
    spec = {"transform": [{"calculate": "alert(1)"}], "datasets": {"d": [{"a": "alert(2)"}]}}
    found = [(path, _is_data(path)) for path, _ in _hostile(json.loads(json.dumps(spec)))]
    assert found == [(("transform", 0, "calculate"), False), (("datasets", "d", 0, "a"), True)]
