"""Lines of separated fields become columns of text."""

from pathlib import Path

from headwater.ingest.delimited import lines
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile


def taken_apart(folder: Path, content: bytes) -> tuple[dict[str, list[str]], list[int], Rejects]:
    """Columns, line numbers and rejects of a file with this content."""
    path = folder / "lines.csv"
    path.write_bytes(content)
    rejects = Rejects()
    columns: dict[str, list[str]] = {}
    positions: list[int] = []
    for part in lines(SourceFile(path, path.name), rejects, delimiter=","):
        positions += part.positions.tolist()
        for name, column in part.columns.items():
            columns.setdefault(name, []).extend(column.to_pylist())
    return columns, positions, rejects


def test_blank_lines_and_carriage_returns_are_no_records(tmp_path: Path) -> None:
    """Blank lines before and between records are skipped, and each record keeps its own line number."""
    columns, positions, rejects = taken_apart(tmp_path, b"\n\nA,B\r\n1, 2\r\n\r\n6,7")
    assert (columns, positions, rejects.total) == ({"A": ["1", "6"], "B": ["2", "7"]}, [4, 6], 0)


def test_wrong_number_of_fields_is_counted_with_its_line(tmp_path: Path) -> None:
    """A line with too many or too few fields is left out; the first one's line number is told."""
    columns, positions, rejects = taken_apart(tmp_path, b"A,B\n1,2\n3,4,5\n6\n7,8\n")
    assert (columns["A"], positions) == (["1", "7"], [2, 5])
    assert rejects.counts == {"wrong number of fields": 2}
    assert rejects.first_bad == FirstBad(3, "wrong number of fields: 3 instead of 2")


def test_titles_that_come_again_are_dropped(tmp_path: Path) -> None:
    """Two files set one behind the other are one file."""
    columns, positions, rejects = taken_apart(tmp_path, b"A,B\n1,2\nA,B\n3,4\n")
    assert (columns["B"], positions, rejects.total) == (["2", "4"], [2, 4], 0)


def test_bytes_that_are_no_utf8_stay_one_field(tmp_path: Path) -> None:
    """A broken byte is replaced; it costs neither the line nor the file."""
    columns, _, _ = taken_apart(tmp_path, b"A,B\n1,\xff\0\n3,4\n")
    assert columns["B"] == ["\ufffd?", "4"]


def test_line_numbers_go_on_from_block_to_block(tmp_path: Path) -> None:
    """The last of 300,000 lines, some two megabytes on, has its own number."""
    _, positions, _ = taken_apart(tmp_path, b"A,B\n" + b"12345,6\n" * 300_000)
    assert (len(positions), positions[-1]) == (300_000, 300_001)
