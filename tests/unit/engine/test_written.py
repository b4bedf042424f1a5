"""Tests of headwater.engine.written."""

from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.engine import written as module
from headwater.engine.connect import connect
from headwater.engine.written import written


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Each test begins with nothing written."""
    module._kept.cache_clear()
    yield
    module._kept.cache_clear()


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been written anew."""
    texts: list[str] = []
    real = module._put

    def noted(question: object) -> str:
        texts.append(real(question))
        return texts[-1]

    monkeypatch.setattr(module, "_put", noted)
    return texts


def test_a_question_asked_of_other_rows_is_written_once(put: list[str]) -> None:
    """Two engines, two tables of one name: one text, and each engine's own answer."""
    answers = []
    for rows in ([1, 2, 3], [7]):
        with connect() as engine:
            numbers = engine.bring("numbers", pa.table({"n": rows}))
            answers.append(engine.fetch(numbers.agg(n=numbers.n.sum()), purpose="sum")["n"].to_pylist())
    assert (answers, len(put)) == ([[6], [7]], 1)


@pytest.mark.parametrize(
    ("one", "other"), [(-1, -2), (1, True), (1, 1.0), (0, 2**61 - 1), ("a", "b"), (0.1, 0.2)]
)
def test_questions_that_differ_in_a_constant_are_written_apart(one: object, other: object) -> None:
    """Also where Python gives both constants one hash, such as -1 and -2, or calls them equal."""
    numbers = ibis.table({"n": "int64"}, name="numbers")
    asked = [numbers.select(x=ibis.literal(value)) for value in (one, other, one)]
    afresh = [ibis.to_sql(table, dialect="duckdb", pretty=False) for table in asked]
    told = [written(table) for table in asked]
    assert (told, told[0] == told[1]) == (afresh, False)


def test_questions_that_differ_in_a_column_s_type_are_written_apart(put: list[str]) -> None:
    """The same names: what DuckDB is to do may depend on types."""
    for kind in ("int64", "float64"):
        numbers = ibis.table({"n": kind}, name="numbers")
        written(numbers.select(half=numbers.n // 2))
    assert len(put) == 2


def test_files_are_those_of_the_engine_that_is_asked(tmp_path: Path) -> None:
    """Two engines, a file each: each reads its own, and nothing holds on to an engine once it is closed."""
    answers = []
    for number in (3, 4):
        file = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table({"n": [number]}), file)
        with connect() as engine:
            flows = engine.flows([str(file)])
            answers.append(engine.fetch(flows.agg(n=flows.n.sum()), purpose="sum")["n"].to_pylist())
    assert (answers, module._kept.cache_info().currsize) == ([[3], [4]], 0)
