"""What does the report of a case say? All its parts, in the order in which they are read."""

from headwater.model.case import Case
from headwater.present.report.content import Report
from headwater.present.report.frame import Frame, ReportSettings, framed
from headwater.present.report.parts.answers import answers
from headwater.present.report.parts.blocking import blocking
from headwater.present.report.parts.clients import clients
from headwater.present.report.parts.holders import holders
from headwater.present.report.parts.ledger import ledger
from headwater.present.report.parts.left_out import left_out
from headwater.present.report.parts.method import method
from headwater.present.report.parts.pictures import pictures
from headwater.present.report.parts.provenance import provenance
from headwater.present.report.parts.summary import summary
from headwater.present.report.parts.timelines import timelines
from headwater.present.report.statements import machine
from headwater.present.report.wording import count, said, sentence, window

_PARTS = (
    summary, pictures, clients, timelines, holders, ledger, answers, left_out, blocking, method, provenance,
)  # fmt: skip


def report_of(case: Case, settings: ReportSettings | None = None) -> Report:
    """The report of a case.

    Args:
        case: what it is about.
        settings: whom it is for, and whom it may name.

    Returns:
        Its content, without any markup. What is marked above the TLP asked for is not in it.

    Raises:
        UnreadableSource: a time in the case has no zone.
    """
    frame = framed(case, settings or ReportSettings())
    tlp = frame.settings.tlp.value
    return Report(
        title=f"{'SYNTHETIC: the' if case.synthetic else 'The'} service {said(str(case.service))}",
        marking=f"TLP:{tlp.upper()}",
        facts=_facts(frame),
        synthetic=bool(case.synthetic),
        warnings=tuple(sentence(text) for text in frame.case.warnings),
        sections=tuple(part(frame) for part in _PARTS),
        machine=machine(frame.case, frame.trail, marking=tlp, name_others=frame.settings.name_others),
    )


def _facts(frame: Frame) -> tuple[tuple[str, str], ...]:
    case = frame.case
    withheld = frame.shared.withheld.text(frame.settings.tlp)
    role = "C2s connect to it" if case.role.value == "server" else "it connects to C2s"
    version = "no lake" if case.lake_version is None else f"version {case.lake_version}"
    return (
        ("In contact", f"{count(case.counts.c2s, 'listed C2')} among {count(case.counts.clients, 'client')}"),
        ("Role", role),
        ("Time looked at", window(case)),
        ("Lake", version),
        ("Left out by marking", withheld.partition(": ")[2] or "nothing"),
    )
