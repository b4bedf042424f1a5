"""Why does a candidate stand where it stands? Sentences with their numbers, the most important first."""

from headwater.score.reckoning import Reckoning

_MENTIONED = 0.5  # weight (log10), or number of unlisted C2s, from which something is worth a sentence


def reasons_of(reckoning: Reckoning, place: int) -> tuple[str, ...]:
    """What speaks for and against a candidate.

    Args:
        reckoning: every number.
        place: which of `reckoning.rows`.

    Returns:
        Sentences: confounders that take over the verdict, the counts against chance, what unlisted clients
        look like, and confounders that weigh something without deciding.
    """
    row = int(reckoning.rows[place])
    deciding, mentioned = _confounders(reckoning, row)
    return (*deciding, *_counts(reckoning, row), *_strangers(reckoning, row), *mentioned)


def _confounders(reckoning: Reckoning, row: int) -> tuple[list[str], list[str]]:
    """Sentences of confounders that decide, heaviest first, and of those that only weigh something."""
    weighed = reckoning.weighed
    deciding: list[str] = []
    mentioned: list[str] = []
    weights: list[float] = weighed.weights[row].tolist()  # few numbers: plain ones are faster than an array
    worth = [column for column, weight in enumerate(weights) if weight >= _MENTIONED]
    for column in sorted(worth, key=lambda each: -weights[each]):
        text = weighed.looks[column].reason(row)
        (deciding if weights[column] >= reckoning.settings.explained else mentioned).append(text)
    return deciding, mentioned


def _counts(reckoning: Reckoning, row: int) -> list[str]:
    """What was met, and what chance would have brought."""
    counted, keys = reckoning.tallies, reckoning.statistics.candidates
    k, c2s, hosts = int(counted.groups[row]), int(counted.c2s[row]), int(keys.hosts[row])
    accepted = int(counted.accepted[row])
    about = "about " if keys.hosts_estimated[row] else ""
    share = reckoning.exclusivity
    families = int(counted.families[row])
    of = "one family" if families == 1 else f"{families} families"
    part = f"{share.low[row]:.0%} to {share.high[row]:.0%}"
    what = "C2s" if accepted else "listed C2s"
    found = [f"{c2s} of its {about}{max(hosts, c2s):,} contacts are {what} of {of}: {part} of its contacts"]
    if k < c2s:
        found.append(_together(k, c2s))
    if accepted:
        found.append(_accepted(accepted, weight=float(counted.weight[row]), k=k))
    mu, p, q = reckoning.chance.expected[row], reckoning.chance.p_value[row], reckoning.q.bh[row]
    found.append(f"chance would bring {mu:.2g} of {int(counted.listed[row])}: p = {p:.1g}, q = {q:.1g}")
    return found


def _accepted(count: int, *, weight: float, k: int) -> str:
    """That some are accepted leads, and what that does to the numbers."""
    are = "is" if count == 1 else "are"
    return (
        f"{count} of these C2s {are} on no list, but accepted after a pivot: the odds take the {k} for "
        f"{weight:.3g}, the test of chance takes listed ones alone"
    )


def _together(k: int, c2s: int) -> str:
    """That `c2s` listed C2s are only `k` independent witnesses, because some share a block or an owner."""
    if k == 1:
        return "they lie in one block or belong to one owner, so they are one witness"
    return f"they lie in {k} blocks or owners, so they are no {c2s} independent witnesses"


def _strangers(reckoning: Reckoning, row: int) -> list[str]:
    """What its unlisted clients look like."""
    likely = float(reckoning.c2_like[row])
    if likely < _MENTIONED:
        return []
    return [f"by whom they serve, about {likely:.1f} of its unlisted clients are C2s that no list knows"]
