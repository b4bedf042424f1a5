"""What is the answer? The conclusion's sentences, each with what it stands on, and what would change it."""

from headwater.present.report.content import Block, Points, Section, Statement
from headwater.present.report.frame import Frame
from headwater.present.report.wording import said

_STRONG = ("service", "tie", "operator", "since")


def summary(frame: Frame) -> Section:
    """The section that everybody reads."""
    conclusion = frame.case.conclusion
    blocks: list[Block] = [
        Statement(said(one.text), frame.links(one.rests_on), strong=one.about in _STRONG)
        for one in conclusion.sentences
    ]
    if not blocks:
        blocks.append(Statement("No sentence of the conclusion may be shown under this marking."))
    if conclusion.would_change_if:
        changes = tuple(Statement(said(text)) for text in conclusion.would_change_if)
        blocks.append(Points("What would change this judgement", changes))
    return Section("summary", "Summary", tuple(blocks))
