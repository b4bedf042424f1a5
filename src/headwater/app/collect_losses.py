"""How is told what an exporter lost in an interval? In words and numbers, by nfcapd and the tap."""

from headwater.app.collect_events import Number
from headwater.app.collect_tally import ExporterTally
from headwater.app.tap_findings import Found
from headwater.exporters.packets import V9
from headwater.ingest.nfcapd_statistics import ExporterCount


def unit_of(version: int) -> str:
    """What sequence numbers count: RFC 3954, section 5.1; Cisco's version 5; RFC 7011, section 3.1."""
    return "packets" if version == V9 else "flows"


def numbers_of(found: Found | None, *, version: int) -> dict[str, Number]:
    """What the tap found, for programs; null where it does not know."""
    return {
        "restarts": found.restarts if found else None,
        "lost": max(found.lost, 0) if found else None,
        "lost_unit": unit_of(version),
        "unsure": found.unsure if found else None,
        "fell_back": found.fell_back if found else None,
        "out_of_order": found.late + found.doubled if found else None,
        "undecoded_sets": found.undecoded if found else None,
        "unknown_templates": ", ".join(str(one) for one in found.unknown) if found else None,
    }


def losses_of(
    before: ExporterTally | None, now: ExporterTally, count: ExporterCount, found: Found | None
) -> list[str]:
    """What is worth telling of one interval, for people.

    Args:
        before: the exporter's tally until then; None: it is new.
        now: with the interval.
        count: what nfcapd counted in it.
        found: what the tap found in it; None where it does not know the exporter.
    """
    said = []
    explained = _explained(found, now.version) if found else []
    if count.sequence_failures:
        why = ", ".join(explained) or "packets lost, or it restarted"
        said.append(f"{count.sequence_failures:,} breaks in its sequence numbers ({why})")
        if before and before.quiet_files:
            said.append(
                f"before, {before.quiet_files:,} intervals without a packet of it: it was down or cut off"
            )
    elif found and (found.restarts or found.lost > 0):
        said += explained
    if found and found.undecoded:
        said.append(_undecoded(found))
    if count.packets and not count.flows and not (found and found.undecoded):
        said.append(
            f"{count.packets:,} packets and no flow (templates not seen yet or unknown, or options only)"
        )
    if now.clock_wrong and not (before and before.clock_wrong):  # once, until it is right again
        said.append(f"its clock is {_span(now.clock_s or 0.0)}; its flows have wrong times")
    return said


def _explained(found: Found, version: int) -> list[str]:
    said = []
    if found.restarts:
        said.append("it restarted" if found.restarts == 1 else f"it restarted {found.restarts:,} times")
    if found.pending:
        said.append("it may have restarted, which its next packet will tell")
    if found.lost > 0:
        said.append(f"{found.lost:,} {unit_of(version)} never came")
    if found.unsure:
        said.append(f"of {found.unsure:,} of them it is not known what they lost")
    if found.otherwise:
        rest = "which is the reason for the others" if said else "and by its own count nothing is missing"
        said.append(f"it counts otherwise than its version's standard, {rest}")
    if found.late:
        said.append(f"{found.late:,} packets came behind later ones")
    if found.doubled:
        said.append(f"{found.doubled:,} packets came twice")
    if found.fell_back:
        said.append("its numbers fell back without another sign of a restart")
    return said


def _undecoded(found: Found) -> str:
    sets = f"{found.undecoded:,} data sets could not be decoded"
    if not found.unknown:
        return f"{sets}: their template came later"
    which = ", ".join(str(one) for one in found.unknown)
    return f"{sets}: no template {which} has come"


def _span(seconds: float) -> str:
    size, unit = (abs(seconds) / 86400, "days") if abs(seconds) >= 172_800 else (abs(seconds) / 3600, "hours")
    return f"{size:,.1f} {unit} {'ahead' if seconds > 0 else 'behind'}"
