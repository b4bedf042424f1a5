"""Does somebody already say what it is? A label or a warning list names the peer as sinkhole, scanner, ...

A label is one source's word; it outweighs everything that flows can tell against it, and is shown as such.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look
from headwater.score.statistics import Bools

_WEIGHT = (
    4.0  # log10; feeds of sinkholes and scanners are wrong about one time in a hundred, seldom about ours
)


def _named(evidence: Evidence, roles: tuple[str, ...]) -> Bools:
    candidates = evidence.statistics.candidates
    if candidates.known_role is None:
        return np.zeros(len(candidates.hi), dtype=np.bool_)
    wanted = [number for number, name in enumerate(candidates.known_roles) if name in roles]
    return np.isin(candidates.known_role, wanted)


def _by_list(word: str, verdict: Verdict) -> Confounder:
    """Warning lists whose name holds a word."""

    def look(evidence: Evidence) -> Look:
        candidates = evidence.statistics.candidates
        telling = np.array([*(word in name.lower() for name in candidates.warnings), False])

        def reason(row: int) -> str:
            return f'warning list "{candidates.warnings[candidates.warning[row]]}" names it'

        return Look(np.where(telling[candidates.warning], _WEIGHT, 0.0), reason)  # -1, no list: the last

    return Confounder(f"on a list of {word}s", verdict, look)


def _by_label(roles: tuple[str, ...], verdict: Verdict, words: str) -> Confounder:
    """Labels of some roles."""

    def look(evidence: Evidence) -> Look:
        candidates = evidence.statistics.candidates

        def reason(row: int) -> str:
            number = -1 if candidates.known_role is None else int(candidates.known_role[row])
            return f"a label names it as {candidates.known_roles[number]}: {words}"

        return Look(np.where(_named(evidence, roles), _WEIGHT, 0.0), reason)

    return Confounder(f"named {roles[0]}", verdict, look)


NAMED = (
    _by_list("sinkhole", Verdict.SINKHOLE),
    _by_list("scanner", Verdict.SCANNER),
    _by_label(("sinkhole",), Verdict.SINKHOLE, "C2s and bots end up there on purpose"),
    _by_label(("scanner",), Verdict.SCANNER, "it goes to everybody"),
    _by_label(("research",), Verdict.TRACKER, "it contacts C2s to watch them"),
    _by_label(("benign",), Verdict.SHARED_SERVICE, "its clients need no common cause"),
    _by_label(("victim", "loader"), Verdict.ASSOCIATED, "it belongs to the same trouble, not above it"),
)
