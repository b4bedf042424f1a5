"""The notebooks of docs/ run from the top without an error, and draw what they say."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("notebook")  # what they share is made once

NOTEBOOKS = Path(__file__).resolve().parents[3] / "docs" / "notebooks"
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: it comes with the group dev")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: it comes with the group dev")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: it comes with the group dev")
pytest.importorskip("polars", reason="polars is not installed: pip install 'headwater[polars]'")


def _read(name: str) -> Any:  # Any: nbformat's own nodes
    return nbformat.read(NOTEBOOKS / name, as_version=4)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook of the first case after a run in an empty folder; an error in a cell is raised here."""
    notebook = _read("first-case.ipynb")
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=300, resources=where).execute()
    return notebook


def _outputs(notebook: Any, kind: str) -> Iterator[str]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            text = output.get("text") if kind == "stream" else output.get("data", {}).get(kind)
            if text:
                yield text


def test_it_is_kept_without_outputs() -> None:
    """Outputs of a run would grow stale beside the code, and hide that it no longer runs."""
    cells = [cell for cell in _read("first-case.ipynb").cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)


def test_it_says_that_it_is_synthetic() -> None:
    """Before anything else."""
    assert "SYNTHETIC" in _read("first-case.ipynb").cells[0].source


def test_it_finds_what_was_planted(ran: Any) -> None:
    """The service of the story and its explanation, as the truth of the story has them."""
    told = re.fullmatch(r"planted: (.+)\nfound: +(.+)\n", list(_outputs(ran, "stream"))[-1])
    assert told is not None
    assert told[2] == told[1]


def test_it_draws_pictures_that_fetch_nothing(ran: Any) -> None:
    """Candidates, timelines, clients and two waterfalls, each an SVG in the page; no script anywhere."""
    pages = list(_outputs(ran, "text/html"))
    drawn = [found for page in pages for found in re.findall(r'<img src="([^"]*)"', page)]
    heads = [base64.b64decode(one.partition("base64,")[2])[:4] for one in drawn]
    assert (heads, [page for page in pages if "<script" in page]) == ([b"<svg"] * 5, [])


def test_the_report_of_it_holds(ran: Any) -> None:
    """`verify` finds every number of the report that the notebook wrote again."""
    assert any("holds: 0 rows" in text for text in _outputs(ran, "text/plain"))
