"""What is not in this report, or does not count in it, and why? Coverage, the rule, bars, markings."""

from headwater.present.export.settings import ExportSettings
from headwater.present.report.content import Block, Points, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, row
from headwater.present.report.wording import count, day, moment, said, share


def left_out(frame: Frame) -> Section:
    """The section on what is excluded."""
    points = [Statement(text) for text in _points(frame)]
    blocks: list[Block] = [Points("Left out", tuple(points)), _coverage(frame)]
    return Section("left-out", "What is left out", tuple(blocks))


def _points(frame: Frame) -> list[str]:
    case, tlp = frame.case, frame.settings.tlp
    excluded = sum(not one.included for one in case.timelines)
    barred = sum(not one.counts for one in case.evidence)
    found = []
    withheld = frame.shared.withheld.text(tlp)
    found.append(
        f"{withheld[0].upper()}{withheld[1:]}."
        if withheld
        else f"Nothing of this case is marked above TLP:{tlp.value.upper()}."
    )
    found += [f"{said(text)}." for text in frame.shared.remarks]
    if excluded:
        found.append(
            f"{count(excluded, 'C2')} by the rule of the settings; the table of timelines gives each reason."
        )
    if barred:
        found.append(f"{count(barred, 'item')} of evidence, barred; struck in the ledger.")
    if case.contacts_left_out:
        found.append(f"{count(case.contacts_left_out, 'client')} that the case does not list one by one.")
    if not frame.settings.name_others:
        found.append(
            "Addresses of hosts that are neither listed nor under suspicion; they appear by network only. "
            "--name-others names them."
        )
    return found


def _coverage(frame: Frame) -> Table:
    covered = frame.case.coverage
    gaps = ", ".join(f"{day(start)} to {day(end)}" for start, end in covered.gaps)
    sampling = f"1:{covered.sampling:,}" if covered.sampling else "not stated"
    rows = (
        row("First record", moment(covered.first)), row("Last record", moment(covered.last)),
        row("Without records of any sensor (end excluded)", gaps or "no day"), row("Sampling", sampling),
        row("Chance that a session like those seen leaves a record", share(covered.chance_of_session)),
        row("Sensors that saw the service", ", ".join(map(said, covered.sensors)) or "not named"),
    )  # fmt: skip
    return Table(
        "coverage",
        "What the records cover; not seen is never not there",
        columns("", "Value"),
        rows,
        frame.given("coverage"),
    )


def export_settings(frame: Frame) -> ExportSettings:
    """The same choices for what exports reckon, such as indicators."""
    return ExportSettings(tlp=frame.settings.tlp, access_node=True, with_c2s=True)
