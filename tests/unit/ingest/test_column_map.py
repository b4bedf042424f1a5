"""Maps of columns: what they may say, which tables they fit, and what is said of wrong ones."""

from pathlib import Path

import pytest

from headwater.errors import BadSetting
from headwater.ingest.column_map import CANONICAL, load_map, shipped

NAMES = ["start", "end", "src", "dst", "src_port", "dst_port", "proto"]


def test_canonical_names_fit_themselves() -> None:
    """Counts are not needed; addresses may be text or keys; a duration may stand for the end."""
    keys = ["start", "duration", "src_hi", "src_lo", "dst_hi", "dst_lo", "src_port", "dst_port", "proto"]
    assert (CANONICAL.missing(NAMES), CANONICAL.missing(keys)) == ([], [])
    assert CANONICAL.missing(["start", "src", "dst_hi", "proto"]) == ["src_port", "dst_port", "dst", "end"]


def test_case_and_blanks_of_names_do_not_matter() -> None:
    """`Start` and ` SRC ` are start and src, and are found again in the table under their own spelling."""
    bound = CANONICAL.bound(["Start", "end", " SRC ", *NAMES[3:]], source="x")
    assert (bound.fields["start"][0], bound.fields["src"][0]) == ("Start", " SRC ")


@pytest.mark.parametrize("name", ["akvorado", "aws-vpc-parquet", "goflow2", "pmacct"])
def test_shipped_maps_are_found_by_name(name: str) -> None:
    """A shipped map is given by its name alone, and each one names all that a flow needs."""
    found = load_map(Path(name))
    columns = [field.columns[0] for field in found.fields.values()]
    assert (found, found.missing(columns)) == (shipped()[name], [])


def test_a_map_says_unit_null_default_and_values(tmp_path: Path) -> None:
    """All that a map may say is kept."""
    path = tmp_path / "my.toml"
    path.write_text(
        'title = "mine"\n[columns]\nstart = { column = "t", unit = "ms" }\nproto = { default = "tcp" }\n'
        'bytes = { column = ["kB", "kb"], scale = 1000 }\nsampling = { column = "rate", null = [0] }\n'
        'answered = { column = "action", values = { drop = false } }\n'
    )
    fields = load_map(path).fields
    assert (fields["start"].unit, fields["proto"].default, fields["bytes"].scale) == ("ms", "tcp", 1000)
    assert (fields["sampling"].null, fields["bytes"].columns) == (("0",), ("kB", "kb"))
    assert fields["answered"].values == {"drop": False}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns", "no TOML"),
        ("title = 'x'", r"\[columns\] is missing"),
        ("[columns]\nsrcip = 'a'", "columns.srcip: FLOW has no such column"),
        ("[columns]\nstart = { column = 'a', unit = 'min' }", "columns.start: unit 'min' is none of s, ms"),
        ("[columns]\nstart = { unit = 's' }", "columns.start: name a column or give a default"),
        ("[columns]\nstart = { colum = 'a' }", "columns.start: 'colum' means nothing"),
        ("[columns]\nbytes = { column = 'a', scale = 'k' }", "columns.bytes.scale: 'k' is of the wrong type"),
        ("[columns]\nsrc = 5", "columns.src: 5 is no column name"),
        ("column = 1\n[columns]\nsrc = 'a'", "'column' means nothing here"),
    ],
)
def test_wrong_maps_are_refused_with_file_key_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    """Every mistake is named with its file and its key."""
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(BadSetting, match=message) as refused:
        load_map(path)
    assert str(path) in str(refused.value)


def test_a_missing_map_names_the_shipped_ones() -> None:
    """A misspelt name is answered with those there are."""
    with pytest.raises(BadSetting, match=r"goflow3.*akvorado, aws-vpc-parquet, goflow2, pmacct"):
        load_map(Path("goflow3"))


def test_a_map_that_does_not_fit_names_what_it_looked_for() -> None:
    """The message holds the columns looked for and those the table has."""
    with pytest.raises(BadSetting, match=r"flows\.csv.*start \(looked for time_flow_start_ns\).*has: a, b"):
        shipped()["goflow2"].bound(["a", "b"], source="flows.csv")
