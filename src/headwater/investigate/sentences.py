"""Which sentences does a conclusion have? One function for each thing that it tells, from the numbers."""

import numpy as np

from headwater.investigate.closeness import CONTROL
from headwater.investigate.confidence import Confidence
from headwater.investigate.evidence.named_actor import actor_claims
from headwater.investigate.facts import Facts, counted, groups_in_contact
from headwater.investigate.judged import Judged
from headwater.investigate.rule import TENANT, TIE, number
from headwater.investigate.since import Since
from headwater.investigate.wording import about_when, likelihood, listing, quoted
from headwater.model.candidate import PeerRole
from headwater.model.case import Sentence
from headwater.model.hypothesis import Hypothesis

EARLIER = "earlier-operator"  # the hypothesis about the operator whom open sources name


def service_said(facts: Facts) -> Sentence:
    """What it is, in counts."""
    counts, listed = counted(facts), facts.measurements.listed
    met = np.unique(facts.measurements.clients.c2[counts.c2s])
    sizes = {group: int(np.sum(listed.group[met] == listed.groups.index(group))) for group in listed.groups}
    by_group = listing([f"{sizes[group]} of {quoted(group)}" for group in groups_in_contact(facts)])
    does = "connect to" if facts.role is PeerRole.SERVER else "are contacted by"
    others = number(int(counts.others.sum()), "other host")
    if not len(met):
        text = f"No listed C2 is seen in contact with {facts.service}, and {others}."
        return Sentence(text, "service", ("counts.c2s", "counts.clients"))
    later = int(counts.later_c2s.sum() + counts.later_others.sum())
    after = (
        f"; {number(later, 'more host')} came after that tenancy's end and count for nothing" if later else ""
    )
    text = f"{number(len(met), 'listed C2')} {does} {facts.service}: {by_group}; beside them {others}{after}."
    return Sentence(text, "service", ("counts.c2s", "counts.by_group", "counts.clients"))


def short_said(why: str) -> Sentence:
    """That the data do not suffice, and why."""
    return Sentence(f"The data do not carry an answer to what ties them to it: {why}.", "tie", ("counts",))


def tie_said(judged: Judged, answers: tuple[Hypothesis, ...]) -> list[Sentence]:
    """The likeliest explanation, and the next where it is not ruled out."""
    made = [likelihood(answers[0], about="tie")]
    if len(answers) > 1 and answers[1].high >= judged.template.limits.ruled_out_below:
        made.append(likelihood(answers[1], about="tie", lead="as the next explanation, "))
    return made


def operator_said(judged: Judged, closest: str) -> list[Sentence]:
    """How close the operator is to each group, where one operator is what the evidence tells."""
    groups = groups_in_contact(judged.facts)
    if judged.of(TIE)[0].id != CONTROL:
        return []
    rests = tuple(f"hypotheses.{TIE}.{group}" for group in groups)
    if len(groups) == 1:
        text = f"All listed C2s in contact are of one group, {quoted(groups[0])}."
    elif closest:
        text = (
            f"Of the groups in contact, its operator is closest to {quoted(closest)}: with no other does the "
            "contact follow the lives of the C2s so well."
        )
    else:
        text = "No group in contact stands out as the one that its operator is close to."
    made = [Sentence(text, "operator", rests)]
    return made + (_by_group(judged, groups) if len(groups) > 1 else [])


def _by_group(judged: Judged, groups: tuple[str, ...]) -> list[Sentence]:
    """What each group alone tells, and which tell nothing."""
    carried = [group for group in groups if not judged.shortfall(TIE, group)]
    made = [
        likelihood(judged.of(TIE, group)[0], about="operator", lead="looked at alone, ") for group in carried
    ]
    left = [quoted(group) for group in groups if group not in carried]
    if left:
        text = f"The data are too few to look at {listing(left)} alone."
        made.append(Sentence(text, "operator", ("counts.by_group",)))
    return made


def since_said(dated: Since | None) -> list[Sentence]:
    """From when on the tie can be shown."""
    if dated is None:
        return []
    older = (
        "; the records begin so late that it may be older"
        if dated.censored
        else f"; it may have begun as early as {dated.low:%Y-%m-%d}"
        if dated.low.date() < dated.shown.date()
        else ""
    )
    text = (
        f"The tie can be shown since {about_when(dated.shown)}: the first record of it is from "
        f"{dated.shown:%Y-%m-%d}{older}."
    )
    return [Sentence(text, "since", ("timelines",))]


def chance_said(facts: Facts) -> list[Sentence]:
    """What chance would bring."""
    found = facts.chance
    if found is None:
        return []
    text = (
        f"{number(found.k, 'independent group')} of listed C2s met it, where chance would bring "
        f"{found.expected:.2g} (p = {found.p_value:.2g})."
    )
    return [Sentence(text, "chance", ("chance.k", "chance.expected", "chance.p_value"))]


def ruled_out_said(judged: Judged, answers: tuple[Hypothesis, ...]) -> list[Sentence]:
    """Which explanations have no chance anywhere on the grid."""
    question = judged.template.question(TIE)
    below = [one for one in answers[1:] if one.high < judged.template.limits.ruled_out_below]
    if not below or question is None:
        return []
    worst = max(one.high for one in below)
    names = listing([question.answer(one.id).name for one in below])
    said = "This has" if len(below) == 1 else "These have"
    text = f"{said} almost no chance, at most {worst:.3f} with any prior and setting tried: {names}."
    return [
        Sentence(text, "tie", tuple(f"hypotheses.{TIE}.{one.id}" for one in below), "almost no chance", worst)
    ]


def tenant_said(judged: Judged) -> list[Sentence]:
    """Who held the address."""
    answers, short = judged.of(TENANT), judged.shortfall(TENANT)
    if not answers:
        return []
    if short:
        return [Sentence(f"Who held the address then stays open: {short}.", "operator", ("tenancy",))]
    rivals = (
        answers[1:2] if answers[1:2] and answers[1].high >= judged.template.limits.ruled_out_below else ()
    )
    if actor_claims(judged.facts):  # whoever is named, is told of
        rivals = tuple(one for one in answers[1:] if one in rivals or one.id == EARLIER)
    return [
        likelihood(answers[0], about="operator"),
        *(likelihood(one, about="operator", lead="against it, ") for one in rivals),
    ]


def basis_said(basis: Confidence) -> Sentence:
    """How good the basis is; never with a likelihood."""
    text = f"Confidence in the basis of this is {basis.level}: {'; '.join(basis.reasons)}."
    return Sentence(text, "basis", ("counts", "timelines", "confirmation", "coverage"))
