"""What does the conclusion of a case support? Whether its service may be blocked, from when and until when.

The service counts as hostile where the hypothesis that the conclusion names is one under which whoever runs
it takes part in crime, and is at least likely. Where the service changed hands since (question "tenant",
hypothesis "passed-on" on top), whoever holds the address now is not who the C2s met: what is known ends at
the boundary between the two.
"""

from dataclasses import dataclass
from datetime import datetime

from headwater.model.case import Case
from headwater.model.hypothesis import Hypothesis
from headwater.model.tenancy import Tenancy
from headwater.present.export.settings import ExportSettings

# Under these, who runs the service runs the C2s, sold access to them, broke into them, or runs other malware
# on them. Under all others the service, or its users, may be innocent.
HOSTILE = ("control", "handoff", "double-compromise", "victims")
LIKELY = 0.55  # ICD 203: "likely" begins there
_WHY_NOT = {
    "insufficient": "the data carry no verdict",
    "third-party": "others use the service as well",
    "observer": "it is taken for a scanner or a researcher",
    "sinkhole": "it is taken for a sinkhole",
    "egress": "others share the address",
    "artefact": "the contact is taken for an artefact of the data",
    "chance": "the contact is taken for chance",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the conclusion supports.

    Attributes:
        hostile: whether the service may be detected and blocked, within the window.
        why: one sentence; why not where it is not.
        since: from when the tie can be shown; None where it cannot.
        until: from when it no longer holds, excluded; None where it cannot be said.
        passed_on: the address has changed hands since.
    """

    hostile: bool
    why: str
    since: datetime | None
    until: datetime | None
    passed_on: bool


def standing(case: Case, settings: ExportSettings) -> Standing:
    """What the conclusion of a case supports."""
    since, last = tie_window(case)
    top_tenant = on_top(case, "tenant")
    passed_on = top_tenant is not None and top_tenant.id == "passed-on"
    boundary = _boundary(case, last) if passed_on else None
    until = None if last is None else last + settings.valid_for
    if until is not None and boundary is not None:
        until = min(until, boundary)
    verdict = case.conclusion.verdict
    strength = _strength(case, verdict)
    if verdict not in HOSTILE:
        reason = _WHY_NOT.get(verdict, "no rule knows this verdict")
        return Standing(False, f"the case's verdict is {verdict}: {reason}", since, until, passed_on)
    if strength < LIKELY:
        said = f"the case's verdict {verdict} is less than likely ({strength:.2f})"
        return Standing(False, said, since, until, passed_on)
    if passed_on and boundary is None:
        said = "the address has changed hands since, and nothing tells when"
        return Standing(False, said, since, None, passed_on)
    if since is None or until is None or until <= since:
        return Standing(False, "the tie cannot be dated", since, until, passed_on)
    said = "above 0.99" if strength > 0.99 else f"{strength:.2f}"
    return Standing(True, f"the case's verdict is {verdict} ({said})", since, until, passed_on)


def on_top(case: Case, question: str, *, scope: str = "all") -> Hypothesis | None:
    """The hypothesis of a question with the largest posterior; None where the question was not asked."""
    asked = [one for one in case.hypotheses if one.question == question and one.scope == scope]
    return max(asked, key=lambda one: one.posterior, default=None)


def is_likely(case: Case, hypothesis: str, *, question: str = "tie", scope: str = "all") -> bool:
    """Whether a hypothesis is at least likely, and its word stable."""
    return any(
        one.id == hypothesis
        and one.question == question
        and one.scope == scope
        and one.posterior >= LIKELY
        and one.words != "insufficient"
        for one in case.hypotheses
    )


def tie_window(case: Case) -> tuple[datetime | None, datetime | None]:
    """From when on the tie can be shown, and the last contact of a listed C2."""
    contacts = [one for one in case.contacts if one.listed]
    first = min((one.first for one in contacts), default=None)
    last = max((one.last for one in contacts), default=None)
    return case.conclusion.since or first, last


def _strength(case: Case, verdict: str) -> float:
    """The largest posterior of the verdict, over all listed C2s or those of one group."""
    return max(
        (
            one.posterior
            for one in case.hypotheses
            if one.question == "tie" and one.id == verdict and one.words != "insufficient"
        ),
        default=0.0,
    )


def _boundary(case: Case, last: datetime | None) -> datetime | None:
    """The moment up to which the tenant whom the C2s met surely held the address.

    That is the last observation of this tenant, or a later contact of a listed C2 where it still lies before
    the first observation of the next tenant.
    """
    held = _tenancy_of_contact(case)
    if held is None or held.end_high is None:
        return None
    return min(held.end_high, max(held.end_low, min(last or held.end_low, held.end_high)))


def _tenancy_of_contact(case: Case) -> Tenancy | None:
    """The tenancy in which most listed C2s began their contact, the earlier of equals; never the last one."""
    firsts = [one.first for one in case.contacts if one.listed]

    def begun(one: Tenancy) -> int:
        return sum(
            (one.start_low is None or first >= one.start_low)
            and (one.end_high is None or first < one.end_high)
            for first in firsts
        )

    held = max(case.tenancy[:-1], key=begun, default=None)
    return held if held is not None and begun(held) else None
