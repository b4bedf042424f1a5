"""What is told of a change of keys at a known upstream? A new operator on two signals, else an open point."""

from headwater.investigate.change_findings import families_of, moment_in, role_of, service_of
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.operators import Handed
from headwater.model.change import Change, ChangeKind

_INDEPENDENT = (
    "the two are independent: scanners saw the keys, flows show the clients, and neither a reinstall nor a "
    "move of the same operator explains both"
)
_ONE_SIGNAL = "one signal is no finding: a reinstall by the same operator leaves the same traces"


def operator_findings(
    tables: ChangeTables, found: list[Handed], *, settings: ChangeSettings
) -> tuple[Change, ...]:
    """One finding or open point for each change of keys.

    Args:
        tables: what there is.
        found: as from `operators.handed`.
        settings: from which probability on two signals make a finding.
    """
    return tuple(_told(tables, one, settings) for one in found)


def _told(tables: ChangeTables, one: Handed, settings: ChangeSettings) -> Change:
    both = one.left and one.probability >= settings.reported_from
    changed = " and ".join(one.boundary.changed)
    keys = (
        f"{changed} changed between the scans of {one.boundary.low.date().isoformat()} and "
        f"{one.boundary.high.date().isoformat()}; by that alone a new tenant has a probability of "
        f"{one.by_keys:.2f}"
    )
    clients = (
        f"its C2s left together about then (natural log of the likelihood ratio {one.log_clients:+.1f}); of "
        f"the hosts seen before {one.stayed} came back, and {one.came} others came after"
        if one.left
        else "its C2s did not leave together about then: one operator with a new key is as good a reading "
        f"(natural log of the likelihood ratio of the clients {one.log_clients:+.1f})"
    )
    return Change(
        kind=ChangeKind.NEW_OPERATOR if both else ChangeKind.OPEN_POINT, service=service_of(tables, one.key),
        role=role_of(tables, one.key), other=None, family=families_of(tables, one.key),
        since=moment_in(tables, one.since), until=moment_in(tables, one.until), probability=one.probability,
        words="", reasons=(keys, clients, _INDEPENDENT if both else _ONE_SIGNAL), alternatives=(),
        numbers={
            "probability_by_keys": one.by_keys, "log_ratio_clients": one.log_clients, "hosts_came": one.came,
            "hosts_stayed": one.stayed, "likelihood_ratio_keys_to_routine": min(one.boundary.ratio, 1e6),
        },
    )  # fmt: skip
