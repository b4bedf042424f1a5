"""What may be detected or blocked, from when until when? Indicators, defanged, with what they rest on."""

from headwater.present.export.indicators import indicators
from headwater.present.export.standing import standing
from headwater.present.report.content import Block, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.parts.left_out import export_settings
from headwater.present.report.rows import columns, row
from headwater.present.report.wording import day, group_of, said, sentence


def blocking(frame: Frame) -> Section:
    """The section on indicators."""
    settings = export_settings(frame)
    found = indicators(frame.case, standing(frame.case, settings), settings)
    blocks: list[Block] = [Statement(sentence(text)) for text in found.remarks]
    rows = tuple(
        row(
            said(str(one.service)), one.role, said(group_of(one.family, one.group)), day(one.since),
            day(one.until), said(one.why),
        )
        for one in found.found
    )  # fmt: skip
    if rows:
        heads = columns("Indicator (defanged)", "Role", "Group", "From", "Until", "Rests on")
        caption = "Indicators; each holds within its dates only"
        blocks.append(
            Table(
                "indicators",
                caption,
                heads,
                rows,
                frame.given("timelines", "contacts"),
                folded=len(rows) > 60,
            )
        )
    return Section("indicators-section", "Indicators", tuple(blocks))
