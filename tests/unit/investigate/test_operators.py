"""A new operator needs two independent signals: keys that scanners saw, and clients that left together."""

from datetime import UTC, datetime, timedelta

from change_tables import Contact, change_tables
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.common_edge import grid_of
from headwater.investigate.key_brackets import key_brackets
from headwater.investigate.moves import ended
from headwater.investigate.operator_findings import operator_findings
from headwater.investigate.operators import Handed, handed
from headwater.model.change import ChangeKind
from headwater.model.tenancy import HostKey, KeyBracket

SETTINGS = ChangeSettings()
BEGIN = datetime(2024, 5, 1, tzinfo=UTC)
STOPS: dict[tuple[int, int], Contact] = {(0, n): (0.5 + 0.1 * n, 13.4 + 0.1 * n, 25) for n in range(5)}
GOES_ON: dict[tuple[int, int], Contact] = {(0, n): (0.5, 27.8, 50) for n in range(5)}
VISITS = [(0, n, 0.0, 14.0) for n in range(5)] + [(0, n, 15.0, 28.0) for n in range(10, 30)]


def _keys(changes_at: float) -> tuple[KeyBracket, ...]:
    """An SSH host key, scanned every other day, that changes once."""
    seen = [
        HostKey(
            "9.9.9.0", 22, "ssh/ssh-ed25519", f"SHA256:{'old' if day < changes_at else 'new'}",
            BEGIN + timedelta(days=day, hours=1), "scan",
        )
        for day in range(0, 28, 2)
    ]  # fmt: skip
    return key_brackets(seen, "9.9.9.0")


def _handed(tables: ChangeTables) -> tuple[Handed, ...]:
    grid = grid_of(tables, settings=SETTINGS)
    return handed(tables, ended(tables, 0, grid, settings=SETTINGS), grid, settings=SETTINGS)


def _kinds(tables: ChangeTables) -> list[ChangeKind]:
    told = operator_findings(tables, list(_handed(tables)), settings=SETTINGS)
    return [one.kind for one in told]


def test_keys_and_clients_make_a_finding() -> None:
    """The key changes between days 12 and 14, and all C2s leave on day 14; twenty others come."""
    tables = change_tables(STOPS, brackets=_keys(13), visits=VISITS)
    (one,) = _handed(tables)
    assert one.left
    assert one.probability > one.by_keys
    assert (one.came, one.stayed) == (20, 0)
    assert _kinds(tables) == [ChangeKind.NEW_OPERATOR]


def test_keys_alone_are_an_open_point() -> None:
    """The key changes and the C2s go on: less likely a new tenant than the keys alone say."""
    tables = change_tables(GOES_ON, brackets=_keys(13))
    (one,) = _handed(tables)
    assert one.probability < one.by_keys
    assert _kinds(tables) == [ChangeKind.OPEN_POINT]


def test_clients_that_leave_at_another_time_do_not_count() -> None:
    """The key changes about day 24, ten days after the C2s left."""
    tables = change_tables(STOPS, brackets=_keys(24))
    assert not _handed(tables)[0].left
    assert _kinds(tables) == [ChangeKind.OPEN_POINT]


def test_a_new_port_of_the_same_address_is_no_new_operator() -> None:
    """The C2s go on at another port of the same host while its key changes: one host set up anew."""
    moved = {(1, n): (14.2 + 0.1 * n, 27.0, 25) for n in range(5)}
    tables = change_tables(STOPS | moved, ports={0: 8_443, 1: 9_001}, brackets=_keys(13))
    assert _kinds(tables) == [ChangeKind.OPEN_POINT]


def test_without_scans_nothing_is_said() -> None:
    """No key, no question."""
    assert not _handed(change_tables(STOPS))
