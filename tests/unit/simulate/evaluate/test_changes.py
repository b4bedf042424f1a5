"""Figures about planted changes."""

from headwater.simulate.evaluate.changes import Case, Told, change_figures, false_figures

NAN = float("nan")


def _case(
    service: str, *, at: float = 10.0, visible: int = 5, known: bool = True, fate: str = "moved"
) -> Case:
    return Case("changes", 1, 100, fate, service, at, known, visible)


def _told(service: str, *, day: float, right: bool = True, kind: str = "moved") -> Told:
    return Told("changes", 1, 100, day, kind, service, "", 0.9, 9.5, 10.5, "moved", right, 10.0)


def test_found_counts_what_is_told_at_the_end() -> None:
    """One of two visible ones; a third is not visible, and told all the same."""
    cases = [_case("a"), _case("b"), _case("c", visible=2)]
    told = [_told("a", day=14.0), _told("a", day=28.0), _told("b", day=14.0), _told("c", day=28.0)]
    (one,) = change_figures(cases, told, last_day=28.0)
    assert (one.planted, one.visible, one.found, one.found_all, one.inside) == (3, 2, 1, 2, 1)


def test_delay_counts_from_the_change() -> None:
    """Asked on days 8, 14 and 28, told right on 14: four days; what was told before it happened is none."""
    told = [_told("a", day=8.0), _told("a", day=14.0), _told("a", day=28.0)]
    (one,) = change_figures([_case("a")], told, last_day=28.0)
    assert one.delay_days == 4.0


def test_a_first_contact_says_nothing_of_a_later_move() -> None:
    """It is right of itself; what happened to the service afterwards was not told."""
    (one,) = change_figures([_case("a")], [_told("a", day=28.0, kind="first-contact")], last_day=28.0)
    assert (one.found, one.ended) == (0, 0)


def test_told_wrongly_is_ended_and_not_found() -> None:
    """Silence where it moved."""
    (one,) = change_figures(
        [_case("a")], [_told("a", day=28.0, right=False, kind="silent")], last_day=28.0
    )  # fmt: skip
    assert (one.found, one.ended, one.delay_days) == (0, 1, None)


def test_wrong_findings_are_counted_by_kind() -> None:
    """At the end of the records alone."""
    told = [
        _told("a", day=28.0), _told("b", day=28.0, right=False), _told("c", day=14.0, right=False),
        _told("d", day=28.0, right=False, kind="silent"),
    ]  # fmt: skip
    found = {one.kind: (one.told, one.wrong) for one in false_figures(told, worlds={100: 1}, last_day=28.0)}
    assert (found["moved"], found["silent"], found["new-port"]) == ((2, 1), (1, 1), (0, 0))
