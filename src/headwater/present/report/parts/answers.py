"""How likely is each answer? Hypotheses with ranges and words, chance, and the test on what was held out."""

from headwater.model.hypothesis import Hypothesis
from headwater.present.report.content import Block, Cell, Row, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, linked, row
from headwater.present.report.wording import said, share, small

_RULED_OUT = 0.05  # "almost no chance" (ICD 203)
_SHOWN_FOR = 6  # items named for and against each


def answers(frame: Frame) -> Section:
    """The section on hypotheses."""
    case = frame.case
    blocks: list[Block] = []
    if case.hypotheses:
        ordered = sorted(
            case.hypotheses,
            key=lambda one: (_place(frame, one.question), one.scope != "all", one.scope, -one.posterior),
        )
        rows = tuple(_hypothesis(frame, one) for one in ordered)
        heads = columns(
            "Answer", "What it says", "Question", "Of", "#Before", "#After", "Range", "In words (ICD 203)",
            "For", "Against",
        )  # fmt: skip
        caption = "Answers with what the evidence makes of them; the range is over priors and settings"
        blocks.append(Table("hypotheses", caption, heads, rows, frame.given()))
    else:
        blocks.append(Statement("No hypothesis was weighed."))
    blocks += [Statement(_basis(frame)), _chance(frame)]
    return Section("answers", "Answers", tuple(blocks))


def _place(frame: Frame, question: str) -> int:
    return list(dict.fromkeys(one.question for one in frame.case.hypotheses)).index(question)


def _hypothesis(frame: Frame, one: Hypothesis) -> Row:
    return row(
        said(one.id), said(one.statement), said(one.question), said(one.scope), share(one.prior),
        share(one.posterior), f"{share(one.low)} to {share(one.high)}", said(one.words),
        Cell("", linked(one.for_ids[:_SHOWN_FOR], frame.anchors)),
        Cell("", linked(one.against_ids[:_SHOWN_FOR], frame.anchors)),
        on_screen=not for_print(one),
    )  # fmt: skip


def for_print(one: Hypothesis) -> bool:
    """Whether print shows an answer: all on the C2s together, of one group what is not ruled out."""
    return one.scope == "all" or one.posterior >= _RULED_OUT


def _basis(frame: Frame) -> str:
    return f"Confidence in the basis of the answer is {said(frame.case.conclusion.confidence)}."


def _chance(frame: Frame) -> Table:
    case, rows = frame.case, []
    if case.chance is not None:
        of = case.chance.exclusivity
        bounds = f"{share(of.low)} to {share(of.high)}"
        rows += [
            row("Independent groups of listed C2s in contact", f"{case.chance.k:,}"),
            row("The same by chance, expected", f"{case.chance.expected:.2g}"),
            row("Chance of so many or more (p-value)", small(case.chance.p_value)),
            row("Share of its contacts that are listed C2s", f"{share(of.estimate)} ({bounds})"),
        ]  # fmt: skip
    else:
        rows.append(row("Chance", "could not be reckoned"))
    held = case.confirmation
    if held.p_value is None:
        rows.append(row("Confirmation", "nothing could be held out; the tie is found, not confirmed"))
    else:
        rows += [
            row("May have led to the service", ", ".join(map(said, held.discovered_on)) or "not known"),
            row("Held out, and tested apart", ", ".join(map(said, held.confirmed_on))),
            row("Independent groups of what was held out, in contact", f"{held.k:,}"),
            row("The same by chance, expected", f"{held.expected:.2g}"),
            row("Chance of so many or more (p-value)", small(held.p_value)),
        ]
    heads = columns("Number", "#Value")
    return Table(
        "chance-numbers",
        "Chance, exclusivity and confirmation",
        heads,
        tuple(rows),
        frame.given("chance", "confirmation"),
    )
