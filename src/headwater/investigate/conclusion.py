"""What does the case say, in plain sentences? Made from the numbers, and saying no more than they do.

Likelihood and confidence in the basis never share a sentence (ICD 203). Each sentence that uses a word for a
likelihood keeps the number that the word stands for.
"""

import numpy as np

from headwater.investigate.closeness import CONTROL, closeness
from headwater.investigate.confidence import confidence
from headwater.investigate.facts import ALL
from headwater.investigate.judged import Judged
from headwater.investigate.open_points import open_points
from headwater.investigate.robustness import turns
from headwater.investigate.rule import TIE
from headwater.investigate.sentences import (
    basis_said,
    chance_said,
    operator_said,
    ruled_out_said,
    service_said,
    short_said,
    since_said,
    tenant_said,
    tie_said,
)
from headwater.investigate.since import since
from headwater.investigate.sufficiency import INSUFFICIENT
from headwater.investigate.template import Template
from headwater.investigate.would_change import would_change
from headwater.model.case import Conclusion, Sentence
from headwater.model.hypothesis import Hypothesis

_CLOSE_FROM = 0.55  # posterior of one operator for the closest group: "likely"
_NO_TIE = ("chance", "artefact")  # hypotheses under which there is no tie that could have begun


def conclude(judged: Judged, *, warnings: tuple[str, ...] = ()) -> Conclusion:
    """The conclusion of a case.

    Args:
        judged: what it is made from.
        warnings: what stands against the whole answer, each a sentence; they come as open points.

    Returns:
        Sentences, verdict, closest group, date, confidence and what would change them.
    """
    answers = judged.of(TIE)
    short = judged.shortfall(TIE) or _no_top(answers, judged.template)
    question = judged.template.question(TIE)
    turned = turns(judged.items, judged.template, question=question, scope=ALL) if question else ()
    basis = confidence(judged.facts, top=answers[0], turned=turned, short=bool(short))
    closest = "" if short else closest_group(judged)
    dated = None if not short and answers[0].id in _NO_TIE else since(judged.facts, scope=closest or ALL)
    changes = would_change(judged, turned, question, short=short)
    sentences = [service_said(judged.facts)]
    sentences += (
        [short_said(short)] if short else [*tie_said(judged, answers), *operator_said(judged, closest)]
    )
    sentences += [*since_said(dated), *chance_said(judged.facts)]
    sentences += [] if short else ruled_out_said(judged, answers)
    sentences += tenant_said(judged)
    sentences += open_points(judged.facts, answers, limits=judged.template.limits, short=bool(short))
    sentences += [Sentence(_whole(warning), "open", ("warnings",)) for warning in warnings]
    sentences.append(basis_said(basis))
    sentences += [Sentence(change, "change", _items_in(change, judged)) for change in changes]
    return Conclusion(
        sentences=tuple(sentences),
        verdict=INSUFFICIENT if short else answers[0].id,
        closest_group=closest,
        since=None if dated is None else dated.shown,
        confidence=basis.level,
        would_change_if=changes,
    )


def closest_group(judged: Judged) -> str:
    """The group to whose C2s the operator is close; "" where none stands out, or control is not the answer.

    A group stands out where one operator is likely for it, the data of that group alone carry an answer, and
    the timing of its C2s fits better than that of the next group by the template's margin.
    """
    answers, rule = judged.of(TIE), judged.template.rules.get("timing")
    if not answers or answers[0].id != CONTROL or rule is None:
        return ""
    ranked = closeness(judged.facts, rule)
    group, best = ranked[0] if ranked else ("", 0.0)
    if best <= 0.0 or judged.shortfall(TIE, group):
        return ""
    own = next((one.posterior for one in judged.of(TIE, group) if one.id == CONTROL), 0.0)
    lead = best - ranked[1][1] if len(ranked) > 1 else np.inf
    return group if own >= _CLOSE_FROM and lead >= judged.template.limits.group_margin else ""


def _no_top(answers: tuple[Hypothesis, ...], template: Template) -> str:
    """Why no hypothesis stands at the top; "" where one does."""
    if answers and answers[0].posterior >= template.limits.least_top:
        return ""
    return "no explanation stands out among those that were weighed"


def _items_in(change: str, judged: Judged) -> tuple[str, ...]:
    """The item of the ledger that a sentence on what would change the answer begins with, if any."""
    return tuple(one.id for one in judged.items if change.startswith(f"If {one.id} ("))


def _whole(warning: str) -> str:
    """A warning as a sentence."""
    begun = warning[:1].upper() + warning[1:]
    return begun if begun.endswith(".") else f"{begun}."
