"""What is the answer? The conclusion's sentences, each with what it stands on, and what would change it."""

from headwater.present.report.content import Block, Points, Section, Statement
from headwater.present.report.frame import Frame
from headwater.present.report.wording import said

_STRONG = ("service", "tie", "operator", "since")  # the first sentence on each is the answer itself


def summary(frame: Frame) -> Section:
    """The section that everybody reads."""
    conclusion = frame.case.conclusion
    told = [one for one in conclusion.sentences if one.text not in conclusion.would_change_if]
    first = {about: one for one in reversed(told) for about in (one.about,) if about in _STRONG}
    blocks: list[Block] = [
        Statement(said(one.text), frame.links(one.rests_on), strong=one is first.get(one.about))
        for one in told
    ]
    if not blocks:
        blocks.append(Statement("No sentence of the conclusion may be shown under this marking."))
    if conclusion.would_change_if:
        changes = tuple(Statement(said(text)) for text in conclusion.would_change_if)
        blocks.append(Points("What would change this judgement", changes))
    return Section("summary", "Summary", tuple(blocks))
