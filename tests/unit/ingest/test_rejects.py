"""Counts by reason, the first bad place, notes once."""

from headwater.ingest.rejects import FirstBad, Rejects


def test_counts_add_up_and_the_smallest_offset_wins() -> None:
    """The first bad place is the smallest told, in whatever order."""
    rejects = Rejects()
    rejects.add("b", offset=9, detail="late")
    rejects.add("a", offset=4, count=3, detail="early")
    rejects.add("b", offset=7)
    assert (rejects.counts, rejects.total, rejects.first_bad) == (
        {"b": 2, "a": 3},
        5,
        FirstBad(4, "a: early"),
    )


def test_nothing_is_no_reject() -> None:
    """A count of 0 leaves no trace."""
    rejects = Rejects()
    rejects.add("a", offset=0, count=0)
    assert (rejects.counts, rejects.first_bad) == ({}, None)


def test_notes_come_once() -> None:
    """The same remark is kept once."""
    rejects = Rejects()
    rejects.note("times are local")
    rejects.note("times are local")
    assert rejects.notes == ["times are local"]


def test_parts_of_a_file_are_put_together() -> None:
    """What another part told is added, with its first bad place where that is earlier."""
    whole, part = Rejects(), Rejects()
    whole.add("a", offset=50)
    part.add("a", offset=20, count=2, detail="x")
    part.add("b", offset=30)
    part.note("n")
    whole.absorb(part)
    assert (whole.counts, whole.first_bad, whole.notes) == ({"a": 3, "b": 1}, FirstBad(20, "a: x"), ["n"])
