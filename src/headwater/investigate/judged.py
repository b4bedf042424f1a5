"""What is a conclusion made from? Facts, ledger, template and answers of one case, put together."""

from dataclasses import dataclass

from headwater.investigate.facts import ALL, Facts
from headwater.investigate.template import Template
from headwater.investigate.weighing import Asked, Ledger, Weighing
from headwater.model.hypothesis import Hypothesis


@dataclass(frozen=True, slots=True)
class Judged:
    """What sentences are made from.

    Attributes:
        facts: what was measured and gathered.
        items: the ledger.
        template: questions and limits.
        asked: questions and scopes with their shortfalls.
        weighing: the answers.
    """

    facts: Facts
    items: Ledger
    template: Template
    asked: tuple[Asked, ...]
    weighing: Weighing

    def of(self, question: str, scope: str = ALL) -> tuple[Hypothesis, ...]:
        """The answers to a question, likeliest first."""
        return tuple(
            one for one in self.weighing.hypotheses if one.question == question and one.scope == scope
        )

    def shortfall(self, question: str, scope: str = ALL) -> str:
        """What the data lack for an answer."""
        return next(
            (one.shortfall for one in self.asked if one.question == question and one.scope == scope), ""
        )
