"""The engine: what it accepts, what it records, and that it spills instead of growing."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.engine.connect import connect
from headwater.engine.primitives import DAY_US, bucket
from headwater.errors import BadSetting, LakeError


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://host/db", "there are two engines"),
        ("duckdb:///folder/file.db", "only duckdb"),
        ("duckdb://?colour=red", "no option 'colour'"),
        ("duckdb://?threads=0", "no number from 1 to 1024"),
        ("duckdb://?memory=lots", "DuckDB refuses it"),
        ("duckdb://?spill=/no/such/folder", "does not exist"),
    ],
)
def test_an_impossible_url_is_refused(url: str, said: str) -> None:
    """Each names the URL and what is wrong with it."""
    with pytest.raises(BadSetting, match=said), connect(url):
        pass


def test_what_ran_is_recorded() -> None:
    """Purpose, rows and lake version of a query, and a script that can be printed."""
    with connect() as engine:
        engine.trace.lake_version = 7
        numbers = engine.bring("numbers", pa.table({"n": [1, 2, 3]}))
        engine.keep("big", numbers.filter(numbers.n > 1), purpose="the big ones")
        engine.finish()
    query = engine.trace.queries[0]
    assert (query.purpose, query.rows, query.lake_version) == ("the big ones", 2, 7)
    assert "-- the big ones (lake version 7; 2 rows;" in engine.trace.text()


def test_a_forgotten_table_is_gone() -> None:
    """Its memory is free for others, and nobody can ask for it by name any more."""
    with connect() as engine:
        numbers = engine.bring("numbers", pa.table({"n": [1, 2, 3]}))
        engine.keep("big", numbers.filter(numbers.n > 1), purpose="the big ones")
        engine.forget("big")
        engine.finish()
        left = engine.backend.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert left == [("numbers",)]
        with pytest.raises(KeyError):
            engine.kept("big")


def test_no_progress_bar_is_drawn() -> None:
    """DuckDB would draw it on standard output, where the answer goes."""
    with connect() as engine:
        shown = engine.backend.con.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    assert shown == [(False,)]


def test_a_query_that_fails_is_told_at_the_next_answer(tmp_path: Path) -> None:
    """A file that vanishes under the hunt is an error of the lake, with the query's purpose."""
    file = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3]}), file)
    with connect() as engine:
        flows = engine.flows([str(file)])
        file.unlink()
        kept = engine.keep("kept", flows, purpose="reading it")
        with pytest.raises(LakeError, match=r"reading it: .*flows\.parquet: this file cannot be read"):
            engine.fetch(kept, purpose="taking it out")


def test_more_than_memory_spills_and_is_tidied_up(tmp_path: Path) -> None:
    """Forty times sixteen megabytes sorted with 100 MB: it works, and the folder is empty afterwards."""
    with connect(f"duckdb://?memory=100MB&threads=1&spill={tmp_path}") as engine:
        numbers = engine.bring("numbers", pa.table({"n": np.random.default_rng(1).random(2_000_000)}))
        wide = numbers.mutate(**{f"c{place}": numbers.n + place for place in range(15)})
        kept = engine.keep("sorted", wide.order_by("n"), purpose="sorting")
        count = engine.fetch(kept.agg(n=kept.count()), purpose="counting")["n"][0].as_py()
    assert (count, list(tmp_path.iterdir())) == (2_000_000, [])


def test_buckets_do_not_round() -> None:
    """A microsecond before midnight lies in the old day, midnight in the new one."""
    midnight_us = 20_000 * DAY_US
    with connect() as engine:
        moments = engine.bring("moments", pa.table({"us": [midnight_us - 1, midnight_us, midnight_us + 1]}))
        told = engine.fetch(moments.select(day=bucket(moments.us, DAY_US)), purpose="days")
    assert told["day"].to_pylist() == [midnight_us - DAY_US, midnight_us, midnight_us]


@pytest.mark.parametrize("url", ["duckdb://?memory=1KB", "duckdb://?memory=-5GB", "duckdb://?threads=100000"])
def test_impossible_sizes_are_refused(url: str) -> None:
    """DuckDB would abort, hang or take them without a word."""
    with pytest.raises(BadSetting, match="--engine duckdb://"), connect(url):
        pass


def test_what_is_asked_is_answered_later() -> None:
    """Two questions at once, answered in the other order; each has its own answer."""
    with connect() as engine:
        numbers = engine.bring("numbers", pa.table({"n": [1, 2, 3]}))
        least = engine.ask(numbers.agg(n=numbers.n.min()), purpose="the least")
        most = engine.ask(numbers.agg(n=numbers.n.max()), purpose="the most")
        assert (most.answer().to_pylist(), least.answer().to_pylist()) == ([{"n": 3}], [{"n": 1}])


def test_an_answer_tells_of_what_failed_before_it(tmp_path: Path) -> None:
    """The query before it could not read its file: that is the error, not that a table is missing."""
    file = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3]}), file)
    with connect() as engine:
        flows = engine.flows([str(file)])
        file.unlink()
        asked = engine.ask(engine.keep("kept", flows, purpose="reading it"), purpose="taking it out")
        with pytest.raises(LakeError, match=r"reading it: .*flows\.parquet: this file cannot be read"):
            asked.answer()


def test_a_long_answer_comes_piece_by_piece() -> None:
    """A million rows in pieces of ten thousand, in order, recorded once all were taken."""
    with connect() as engine:
        numbers = engine.bring("numbers", pa.table({"n": np.arange(1_000_000)}))
        pieces = engine.batches(numbers.order_by("n"), rows=10_000, purpose="all")
        first = next(pieces)
        assert (first.num_rows <= 10_000, engine.trace.queries) == (True, [])
        rest = [int(piece["n"][0].as_py()) for piece in pieces]
    assert (rest[0], rest == sorted(rest)) == (first.num_rows, True)
    assert [(query.purpose, query.rows) for query in engine.trace.queries] == [("all", 1_000_000)]
