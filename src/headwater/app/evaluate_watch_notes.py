"""What did each hunt of a replay think of each service? Kept to try gates without new hunts."""

from dataclasses import dataclass

from headwater.app.hunt import Hunted
from headwater.model.candidate import Candidate
from headwater.score.explain import Value, explain

LEAST = 0.5  # posterior from which a service is noted: what is below is far from any gate
HOST = "host"  # what is neither upstream nor anything that the world planted


@dataclass(frozen=True, slots=True)
class Note:
    """One service as one hunt saw it.

    Attributes:
        day: of the hunt.
        address, port, proto, role: its key.
        kind: what it is in truth: "upstream", a kind of decoy, "scanner", "c2" or HOST.
        verdict, posterior, p_value, q_value: the hunt's; p and q are of listed C2s alone.
        rank: in the hunt's order.
        reckoning: every number of the score by name, as `headwater hunt --explain` prints them.
        held_out: what C2s say that did not lead there, as there.
        contacts: its listed C2s, as there.
    """

    day: int
    address: str
    port: int
    proto: int
    role: str
    kind: str
    verdict: str
    posterior: float
    p_value: float | None
    q_value: float | None
    rank: int
    reckoning: dict[str, Value]
    held_out: dict[str, Value]
    contacts: tuple[dict[str, Value], ...]


def notes_of(hunted: Hunted, *, day: int, kinds: dict[str, str], least: float = LEAST) -> tuple[Note, ...]:
    """The services to note, in the hunt's order.

    Args:
        hunted: a hunt.
        day: its day.
        kinds: what an address is in truth; absent: HOST.
        least: posterior from which a service is noted.
    """
    return tuple(
        _note(hunted, one, day, kinds.get(one.address, HOST))
        for one in hunted.ranking.candidates
        if (one.posterior or 0.0) >= least
    )


def _note(hunted: Hunted, one: Candidate, day: int, kind: str) -> Note:
    explained = explain(hunted.ranking, one.rank)
    *steps, last = explained.steps  # the last repeats the test on what was held out, under the same names
    return Note(
        day=day, address=one.address, port=one.port, proto=one.proto, role=one.role.value, kind=kind,
        verdict=one.verdict.value, posterior=one.posterior or 0.0, p_value=one.p_value, q_value=one.q_value,
        rank=one.rank,
        reckoning={name: value for step in steps for name, value in step.values.items()},
        held_out=last.values, contacts=explained.contacts,
    )  # fmt: skip
