"""What bears on the answer? Every item of evidence with its weights; what is barred is struck, not hidden."""

from headwater.model.hypothesis import Evidence
from headwater.present.report.content import Block, Cell, Row, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, row
from headwater.present.report.wording import day, said

_QUESTIONS = {
    "tie": "What ties these C2s to the service?",
    "tenant": "Who held the address while the C2s were in contact?",
}


def ledger(frame: Frame) -> Section:
    """The section on evidence."""
    evidence = frame.case.evidence
    if not evidence:
        nothing = Statement("The ledger is empty: nothing bears on the hypotheses.")
        return Section("evidence", "Evidence", (nothing,))
    blocks: list[Block] = [
        Statement(
            "Weights are decimal logarithms of likelihoods, up to a constant common to all answers of the "
            "question: +1 against 0 makes an answer ten times as likely beside the other. A barred item is "
            "struck and does not count."
        )
    ]
    for number, question in enumerate(dict.fromkeys(one.question for one in evidence), 1):
        rows = tuple(_item(frame, one) for one in evidence if one.question == question)
        asked = _QUESTIONS.get(question, said(question))
        heads = columns(
            "Item", "What was observed, and why it weighs", "Of", "Weights", "Source", "Provenance"
        )
        name = "ledger" if number == 1 else f"ledger-{number}"
        blocks.append(Table(name, f"Evidence on: {asked}", heads, rows))
    return Section("evidence", "Evidence", tuple(blocks))


def _item(frame: Frame, one: Evidence) -> Row:
    weights = ", ".join(f"{said(name)} {weight:+.2f}" for name, weight in one.weights.items())
    source = [said(one.source) or "not named"]
    source += [f"grade {said(one.grade)}"] if one.grade else []
    source += [day(one.observed_at)] if one.observed_at else []
    barred = f" Barred by {said(one.barred_by)}." if one.barred_by else ""
    links = frame.source(one)
    return row(
        said(one.id) + (" (barred)" if one.barred_by else ""),
        f"{said(one.statement)} {said(one.reason)}{barred}", said(one.scope), weights or "none",
        ", ".join(source), Cell(_rows(one) if links else "a person's word", links),
        id=frame.anchors[one.id], struck=not one.counts,
    )  # fmt: skip


def _rows(one: Evidence) -> str:
    """What was counted behind an item, before the links to where it stands."""
    counted = one.provenance
    return (
        "" if counted.rows is None or not counted.rows_are else f"{counted.rows:,} {said(counted.rows_are)}: "
    )
