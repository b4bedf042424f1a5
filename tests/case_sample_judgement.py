"""What is concluded of a made-up service: evidence, hypotheses, their waterfall, sentences. SYNTHETIC."""

from datetime import UTC, datetime
from typing import Any

from case_sample_clients import SERVICE, C2s
from headwater.model.case import Conclusion, Counts, Sentence
from headwater.model.hypothesis import Evidence, Hypothesis, Provenance, Step


def made_evidence(by_group: dict[str, int]) -> tuple[Evidence, ...]:
    """Evidence on both questions; a claim that is barred, one from a closed source, an analyst's own word."""

    def item(
        number: int, kind: str, statement: str, reason: str, weights: dict[str, float], **rest: Any
    ) -> Evidence:
        return Evidence(
            f"E{number}", kind, rest.pop("question", "tie"), rest.pop("scope", "all"), statement, reason,
            weights,
            provenance=rest.pop("provenance", Provenance(
                12, f"item {number} where a < b", 40 + number, "flow records", ("q-clients", "labels")
            )),
            **rest,
        )  # fmt: skip

    total = sum(by_group.values())
    return (
        item(1, "purity", f"{total} of its clients are listed C2s.", "Hardly anybody else comes to it.",
             {"control": 1.4, "handoff": 1.1, "third-party": -1.2, "chance": -6.0}, source="flows"),
        item(2, "timing", "Contact lies within the life of 14 of 16 C2s.",
             "Who controls a C2 talks to it while it works.",
             {"control": 2.1, "handoff": -0.8, "chance": -2.0}, source="flows and labels"),
        item(3, "opener", "C2s open the contact.", "A C2 that reports to its upstream opens the contact.",
             {"control": 0.3, "observer": -2.0}, source="flows"),
        item(4, "families", "No family of TA505 is among the clients, though 3 of them appear in the flows.",
             "An operator of several families would bring them.",
             {"earlier-operator": -0.7, "new-operator": 0.2}, question="tenant", source="flows and labels"),
        item(5, "key-change", "The SSH host key was set between 2019-06-20 and 2019-07-20.",
             "A new tenant sets up a new host.", {"earlier-operator": -0.9, "new-operator": 0.4},
             question="tenant", source="host keys", observed_at=datetime(2019, 7, 20, tzinfo=UTC)),
        item(6, "claim", "TA505 spread FlawedAmmyy from 203.0.113.77.", "It held the address for a time.",
             {"earlier-operator": 0.8}, question="tenant", source="Example Labs", grade="B2",
             observed_at=datetime(2019, 6, 20, tzinfo=UTC), barred_by="T2",
             provenance=Provenance(None, "reports.csv, line 2", 1, "claims", ("claims",))),
        item(7, "claim", "SECRETACTOR was seen there in a closed investigation.", "A closed source.",
             {"new-operator": 0.9}, question="tenant", source="Closed Partner", grade="A1",
             observed_at=datetime(2020, 9, 1, tzinfo=UTC), provenance=Provenance(None, "closed.csv, line 1")),
        item(8, "analyst", "I trust the feed less than its grade; 192.0.2.1 is a customer of ours.",
             "Experience.",
             {"control": -0.2}, source="analyst", provenance=Provenance()),
    )  # fmt: skip


def made_hypotheses(control: float) -> tuple[Hypothesis, ...]:
    """Of the tie as a whole and by group, and of the tenant."""
    rest = 1 - control

    def one(  # noqa: PLR0917  # a table of hypotheses, one a line
        name: str, question: str, statement: str, posterior: float, words: str, scope: str = "all"
    ) -> Hypothesis:
        return Hypothesis(
            name, question, scope, statement, 0.125, posterior, max(posterior - 0.11, 0.0),
            min(posterior + 0.08, 1.0), words, ("E1", "E2") if posterior > 0.5 else (), ("E3",),
        )  # fmt: skip

    return (
        one("control", "tie", "One operator runs the C2s and this service.", control, "very likely"),
        one("handoff", "tie", "Access was gained here and handed on.", rest * 0.8, "very unlikely"),
        one(
            "third-party", "tie", "A service of a third party that C2s use.", rest * 0.15, "almost no chance"
        ),
        one("chance", "tie", "They meet by chance.", rest * 0.05, "almost no chance"),
        one("control", "tie", "One operator runs the C2s and this service.", 0.91, "very likely", "dridex"),
        one("handoff", "tie", "Access was gained here and handed on.", 0.05, "very unlikely", "dridex"),
        one(
            "control",
            "tie",
            "One operator runs the C2s and this service.",
            0.52,
            "insufficient",
            "emotet/epoch2",
        ),
        one("handoff", "tie", "Access was gained here and handed on.", 0.41, "insufficient", "emotet/epoch2"),
        one("new-operator", "tenant", "The address changed hands before the contact.", 0.77, "likely"),
        one("earlier-operator", "tenant", "Whom open sources name still ran it.", 0.12, "very unlikely"),
    )


def made_waterfall(evidence: tuple[Evidence, ...]) -> tuple[Step, ...]:
    """From the prior, item by item."""
    steps = []
    for hypothesis, question, start in (
        ("control", "tie", -0.85), ("handoff", "tie", -0.85), ("third-party", "tie", -0.9),
        ("chance", "tie", -1.0), ("new-operator", "tenant", -0.2), ("earlier-operator", "tenant", 0.0),
    ):  # fmt: skip
        level = start
        steps.append(Step("prior", hypothesis, question, "all", level, level))
        for item in evidence:
            if item.question != question or not item.counts:
                continue
            move = item.weights.get(hypothesis, 0.0)
            steps.append(Step(item.id, hypothesis, question, "all", level, level + move))
            level += move
    return tuple(steps)


def made_conclusion(c2s: C2s, counts: Counts) -> Conclusion:
    """Seven sentences, each with what it rests on."""
    used = f"{SERVICE} is a service that {counts.c2s} listed C2s used."
    tied = "One operator very likely runs these C2s and this service."
    return Conclusion(
        sentences=(
            Sentence(used, "service", ("counts.c2s",)),
            Sentence(tied, "tie", ("E1", "E2"), "very likely", 0.83),
            Sentence("The operator is closest to dridex.", "operator", ("E2",)),
            Sentence("SECRETACTOR was seen there, say closed sources.", "operator", ("E7",)),
            Sentence("The tie can be shown from late December 2019.", "since", ("E2",)),
            Sentence("Chance is ruled out.", "chance", ("chance.p_value",)),
            Sentence("Confidence in the basis is moderate.", "basis", ()),
        ),
        verdict="control",
        closest_group="dridex",
        since=min((one.first for one in c2s.contacts), default=None),
        confidence="moderate",
        would_change_if=("A second sensor showed other clients.", "The key of mid 2019 was a shared one."),
    )  # fmt: skip
