"""What does a story say about itself? What must come out, what is stated by a source, what was invented."""

from dataclasses import dataclass, field
from enum import StrEnum


class Origin(StrEnum):
    """Where a fact of a story comes from."""

    SOURCE = "the source states it"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a story.

    Attributes:
        text: one sentence.
        origin: where it comes from.
    """

    text: str
    origin: Origin = Origin.INVENTED


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out of an investigation of the story's service.

    Attributes:
        question: the question that the story is about.
        hypothesis: id of the hypothesis that must come out on top, or "insufficient".
        tenant: id of the hypothesis of the question "tenant" that must come out on top; "" where none must.
        barred_after_day: evidence from after this day must be barred, counted from the story's start; None
            where none must.
        since_low_day, since_high_day: between which days the tie must begin; None where nothing is asked.
        closest_group: the group to which the operator is close; "" where nothing is asked.
        by_group: listed C2s in contact, by group; empty where nothing is asked.
        excluded: how many of a group the rule leaves out, by group; empty where nothing is asked.
    """

    question: str
    hypothesis: str
    tenant: str = ""
    barred_after_day: float | None = None
    since_low_day: float | None = None
    since_high_day: float | None = None
    closest_group: str = ""
    by_group: dict[str, int] = field(default_factory=dict)
    excluded: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """A family and its groups, as feeds write them.

    Attributes:
        name: the family.
        groups: its groups; a single "" where feeds name none.
    """

    name: str
    groups: tuple[str, ...] = ("",)

    def group(self, number: int) -> str:
        """The group of a C2 by its number."""
        return self.groups[number % len(self.groups)]

    def key(self, number: int) -> str:
        """Family and group as a case writes them: "dridex", "emotet/epoch2"."""
        group = self.group(number)
        return f"{self.name}/{group}" if group else self.name
