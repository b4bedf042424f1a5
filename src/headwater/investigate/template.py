"""What is asked, what may be answered, and how is evidence weighed? The template, as read from its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from headwater.investigate.rule import Rule


@dataclass(frozen=True, slots=True)
class Answer:
    """One hypothesis of a question.

    Attributes:
        id: as evidence names it.
        name: a few words for it, as they stand in a list.
        statement: a clause; {group}, {actor} and {service} stand for what the case fills in.
        prior: probability before any evidence, in (0, 1); those of a question add up to 1.
        accuses: whoever runs the service would be held for an enemy; less is asked of an answer that accuses
            nobody.
    """

    id: str
    name: str
    statement: str
    prior: float
    accuses: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        id: "tie", "tenant".
        text: the question itself.
        by_group: it is also asked for each group of C2s alone.
        answers: hypotheses that exclude each other.
    """

    id: str
    text: str
    by_group: bool
    answers: tuple[Answer, ...]

    def answer(self, name: str) -> Answer:
        """The hypothesis of that id.

        Raises:
            KeyError: there is none.
        """
        for answer in self.answers:
            if answer.id == name:
                return answer
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Grid:
    """What priors and settings are varied over for the bounds of an answer.

    Attributes:
        prior_odds: factors on the prior odds of each hypothesis in turn.
        weights: factors on all weights.
        limits: how far a single item moves two hypotheses apart at most (log10).
    """

    prior_odds: tuple[float, ...]
    weights: tuple[float, ...]
    limits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Where words end.

    Attributes:
        shared_basis: what an item still counts beside a stronger one of the same basis, in [0, 1].
        one_word_swing: largest difference between the bounds for which one word may stand.
        least_c2s: below, the verdict of the question "tie" is "insufficient".
        least_sessions: so it is below these, and ...
        least_timelines, unless_sessions: ... with fewer timelines that count, unless there are so many
            sessions, or timing could not turn the answer.
        accused_below: neither stands against an answer that accuses nobody, where all that accuse somebody
            stay below this probability together.
        least_top: so it is where the likeliest hypothesis does not reach this probability.
        ruled_out_below: a hypothesis with its upper bound below is named as having no chance.
        open_from: a hypothesis with its upper bound above is named as open.
        group_margin: by how much, in log10 likelihood ratio per C2, the closest group has to lead the next.
        weakens_by: a loss of probability that is named as a weakening.
    """

    shared_basis: float
    one_word_swing: float
    least_c2s: int
    least_sessions: int
    least_timelines: int
    unless_sessions: int
    accused_below: float
    least_top: float
    ruled_out_below: float
    open_from: float
    group_margin: float
    weakens_by: float


@dataclass(frozen=True, slots=True)
class Template:
    """A whole template.

    Attributes:
        name: file it was read from, for messages and provenance.
        title: what people call it.
        questions: in order.
        rules: by kind of evidence; a kind that is not there is switched off.
        grid: for the bounds.
        limits: where words end.
        digest: SHA-256 of its text, hexadecimal, for provenance.
    """

    name: str
    title: str
    questions: tuple[Question, ...]
    rules: Mapping[str, Rule]
    grid: Grid
    limits: Limits
    digest: str = ""

    def question(self, name: str) -> Question | None:
        """The question of that id; None where the template does not ask it."""
        return next((question for question in self.questions if question.id == name), None)
