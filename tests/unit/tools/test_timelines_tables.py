"""The tables of docs/reference/evaluation-timelines.md from a saved evaluation."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/timelines_tables.py, which is no package."""
    spec = importlib.util.spec_from_file_location(
        "timelines_tables", PROJECT / "tools" / "timelines_tables.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_cell_by_hand(tool: ModuleType) -> None:
    """Right, plain, at best, of five, told, and how many; a number that is missing is empty."""
    names = ("relation, 3 classes", "relation, 5 classes", "probability of the likeliest")
    figures = [
        {
            "world": "w",
            "measure": name,
            "level": level,
            "cases": 7,
            "value": 0.5,
            "plain": 0.25,
            "at_best": None,
        }
        for name in names
        for level in ("2 to 3", "4", "5 to 7", "8 to 14", "15+")
    ]
    cell = "0.50 / 0.25 /  / 0.50 / 0.50 (7)"
    assert tool._relation(figures, ["w"]).splitlines()[-1] == "| " + " | ".join(["w", *[cell] * 5]) + " |"


def test_worlds_together_by_hand(tool: ModuleType) -> None:
    """1 of 4 right in one world and 6 of 6 in the other are 7 of 10; a world without a case adds nothing."""
    figures = [
        {"world": world, "measure": "m", "level": "x", "cases": cases, "value": value}
        for world, cases, value in (("a", 4, 0.25), ("b", 6, 1.0), ("c", 0, None))
    ]
    assert tool._pooled(figures, ["a", "b", "c"], "m", "x") == (pytest.approx(0.7), 10)


def test_a_measure_that_is_missing_is_an_error(tool: ModuleType) -> None:
    """A saved file of another version does not give a table with holes."""
    with pytest.raises(StopIteration):
        tool._relation([], ["w"])
