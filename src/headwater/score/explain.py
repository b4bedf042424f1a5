"""How did this candidate come to its rank? The whole reckoning of one, from counts to verdict, as plain data.

Each step names its question, its numbers and, where one exists, the formula that leads from them to the next.
The numbers are those that the rank was computed from, not computed again.
"""

from dataclasses import dataclass

import numpy as np

from headwater.model.address import text_of
from headwater.score.confirmation import confirm
from headwater.score.exclusivity import diluted
from headwater.score.rank import Ranking
from headwater.score.reckoning import Reckoning
from headwater.score.words import icd203

Value = float | int | str | bool | None
_STRANGERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reckoning.

    Attributes:
        question: what it answers.
        formula: how the numbers follow from each other; "" where they are counts.
        values: name to number, in order; units in the names.
    """

    question: str
    formula: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole reckoning of one candidate.

    Attributes:
        service: address, port and protocol.
        rank: its rank.
        steps: in the order in which they were taken.
        contacts: what each listed C2 in contact has to do with it.
        strangers: its unlisted clients, the most C2-like first, at most 20.
        verdict: what it is taken for.
        reasons: the sentences shown with it.
    """

    service: str
    rank: int
    steps: tuple[Step, ...]
    contacts: tuple[dict[str, Value], ...]
    strangers: tuple[dict[str, Value], ...]
    verdict: str
    reasons: tuple[str, ...]


def explain(ranking: Ranking, rank: int) -> Explanation:
    """The reckoning of the candidate with a rank.

    Args:
        ranking: as from `headwater.score.rank.ranking`.
        rank: 1 is best.

    Returns:
        Every step with its numbers.

    Raises:
        IndexError: there is no such rank.
    """
    if not 1 <= rank <= len(ranking.rows):
        raise IndexError(f"there is no rank {rank}: ranks go from 1 to {len(ranking.rows)}")
    row, candidate, reckoning = ranking.rows[rank - 1], ranking.candidates[rank - 1], ranking.reckoning
    place = int(np.flatnonzero(reckoning.rows == row)[0])
    return Explanation(
        service=f"{candidate.address} port {candidate.port} protocol {candidate.proto} as {candidate.role}",
        rank=rank,
        steps=(
            _counts(reckoning, row),
            _chance(reckoning, row),
            _share(reckoning, row),
            _unlisted(reckoning, row),
            _posterior(reckoning, place),
            _confounders(reckoning, row),
            _score(reckoning, row),
            _held_out(reckoning, row),
        ),
        contacts=_contacts(reckoning, row),
        strangers=_strangers(reckoning, row),
        verdict=str(candidate.verdict),
        reasons=candidate.reasons,
    )


def _counts(reckoning: Reckoning, row: int) -> Step:
    counted, keys = reckoning.tallies, reckoning.statistics.candidates
    values: dict[str, Value] = {
        "c2s": int(counted.c2s[row]),
        "k": int(counted.k[row]),
        "families": int(counted.families[row]),
        "d": int(counted.hosts[row]),
        "d_estimated": bool(keys.hosts_estimated[row]),
        "flows": int(keys.flows[row]),
        "sessions": int(keys.sessions[row]),
        "fan_out": int(keys.fan_out[row]),
    }
    if reckoning.statistics.c2s.weight is not None:
        values |= {
            "accepted_leads": int(counted.accepted[row]),
            "k_weighed": float(counted.weight[row]),
            "k_listed": int(counted.listed[row]),
        }
    return Step(
        "Whom did it meet?", "k counts co-located C2s once; d all hosts, folded in the same way", values
    )


def _chance(reckoning: Reckoning, row: int) -> Step:
    by_chance = reckoning.chance
    values: dict[str, Value] = {
        "expected": float(by_chance.expected[row]),
        "expected_one_stratum": float(by_chance.expected_overall[row]),
        "p_value": float(by_chance.p_value[row]),
        "tests": int(max(reckoning.statistics.exposure.keys_observed, len(by_chance.p_value))),
        "q_bh": float(reckoning.q.bh[row]),
        "q_by": float(reckoning.q.by[row]),
    }
    terms = "expected = sum over groups of C2s of 1 - exp(-d_i * mean of d_jgw / M_gw)"
    leads = reckoning.statistics.c2s.weight is not None
    k = "k_listed), both of listed C2s alone" if leads else "k)"
    formula = f"{terms}; p = P(Poisson(expected) >= {k}"
    return Step("How many C2s would chance bring?", formula, values)


def _share(reckoning: Reckoning, row: int) -> Step:
    counted, share, recall = reckoning.tallies, reckoning.exclusivity, reckoning.recall
    with_unlisted = diluted(
        [counted.weight[row]], hosts=[counted.hosts[row]], recall=recall.estimate,
        coverage=reckoning.settings.coverage,
    )  # fmt: skip
    values: dict[str, Value] = {
        "exclusivity": float(share.estimate[row]),
        "low": float(share.low[row]),
        "high": float(share.high[row]),
        "recall": recall.estimate,
        "recall_low": recall.low,
        "recall_high": recall.high,
        "recall_how": recall.how,
        "with_unlisted": float(with_unlisted.estimate[0]),
        "with_unlisted_low": float(with_unlisted.low[0]),
        "with_unlisted_high": float(with_unlisted.high[0]),
    }
    formula = "k / d with Jeffreys' interval; with unlisted C2s: k ~ Bin(d, recall * share)"
    return Step("Which share of its contacts are C2s?", formula, values)


def _unlisted(reckoning: Reckoning, row: int) -> Step:
    strangers = reckoning.statistics.strangers
    looked = 0 if strangers is None else int((strangers.candidate == row).sum())
    values: dict[str, Value] = {
        "looked_at": looked if reckoning.strangers is not None else 0,
        "strong": int(reckoning.strong[row]),
        "expected_c2s": float(reckoning.c2_like[row]),
    }
    return Step("What do its unlisted clients look like?", "strong: ratio above the settings' limit", values)


def _posterior(reckoning: Reckoning, place: int) -> Step:
    three, row = reckoning.posterior, int(reckoning.rows[place])
    values: dict[str, Value] = {
        "expected_for_ranking": float(reckoning.chance.expected_ranking[row]),
        "ln_upstream": float(three.log_upstream[place]),
        "ln_shared": float(three.log_shared[place]),
        "ln_chance": float(three.log_chance[place]),
        "upstream": float(three.upstream[place]),
        "shared": float(three.shared[place]),
        "chance": float(three.chance[place]),
        "log10_odds": float(three.log_odds[place]),
    }
    formula = "ln of prior times likelihood of each; log10_odds = log10 U / (A + N)"
    return Step("Upstream, shared service or chance?", formula, values)


def _confounders(reckoning: Reckoning, row: int) -> Step:
    weighed = reckoning.weighed
    values: dict[str, Value] = {
        confounder.name: float(weighed.weights[row, column])
        for column, confounder in enumerate(weighed.confounders)
    }
    return Step("What else would explain it?", "log10 against upstream; the largest counts", values)


def _score(reckoning: Reckoning, row: int) -> Step:
    probability, calibration = float(reckoning.probability[row]), reckoning.choices.calibration
    values: dict[str, Value] = {
        "persistence": float(reckoning.persistence[row]),
        "score": float(reckoning.score[row]),
        "calibrated_on": calibration.fitted_on,
    }
    if calibration.fitted_on:
        values |= {"probability": probability, "words": icd203(probability)}
    formula = (
        f"score = log10_odds + persistence - largest confounder; ln odds = {calibration.intercept:.3g} + "
        f"{calibration.slope:.3g} * score"
    )
    return Step("How sure is that?", formula, values)


def _held_out(reckoning: Reckoning, row: int) -> Step:
    found = confirm(reckoning.statistics, row, tallies=reckoning.tallies, null=reckoning.null)
    values: dict[str, Value] = {
        "discovered_on": ", ".join(found.discovered_on),
        "confirmed_on": ", ".join(found.confirmed_on) or "nothing could be held out",
        "k": found.k,
        "expected": found.expected,
        "p_value": found.p_value,
    }
    return Step("Do C2s that did not lead here say the same?", "p = P(Poisson(expected) >= k)", values)


def _contacts(reckoning: Reckoning, row: int) -> tuple[dict[str, Value], ...]:
    contacts, c2s = reckoning.statistics.contacts, reckoning.statistics.c2s
    mine = np.flatnonzero(contacts.candidate == row)
    return tuple(
        {
            "c2": text_of(int(c2s.hi[c2]), int(c2s.lo[c2])),
            "family": c2s.families[c2s.family[c2]],
            "group": c2s.groups[c2s.group[c2]],
            "network": reckoning.statistics.exposure.networks[c2s.network[c2]],
            "flows": int(contacts.flows[at]),
            "sessions": int(contacts.sessions[at]),
            "days": int(contacts.days[at]),
            "first": str(np.datetime64(int(contacts.first_us[at]), "us")),
            "last": str(np.datetime64(int(contacts.last_us[at]), "us")),
            "on_c2_port": bool(contacts.on_c2_port[at]),
        }
        for at, c2 in zip(mine.tolist(), contacts.c2[mine].tolist(), strict=True)
    )


def _strangers(reckoning: Reckoning, row: int) -> tuple[dict[str, Value], ...]:
    strangers, ratios = reckoning.statistics.strangers, reckoning.strangers
    if strangers is None or ratios is None:
        return ()
    mine = strangers.stranger[strangers.candidate == row]
    mine = mine[np.argsort(-ratios.ratio[mine], kind="stable")][:_STRANGERS_SHOWN]
    return tuple(
        {
            "address": text_of(int(strangers.hi[host]), int(strangers.lo[host])),
            "port": int(strangers.port[host]),
            "fan_in": int(strangers.fan_in[host]),
            "clients": float(ratios.clients[host]),
            "bots": float(ratios.bots[host]),
            "family": reckoning.statistics.c2s.families[ratios.family[host]],
            "ln_ratio": float(ratios.ratio[host]),
        }
        for host in mine.tolist()
    )
