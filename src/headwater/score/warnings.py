"""Can the data carry the statistic at all? Typed warnings where they cannot."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.score.statistics import Statistics, Strangers


class Doubt(StrEnum):
    """What is wrong with the data."""

    NO_C2_SEEN = "no-c2-seen"
    FEW_C2S = "few-c2s"
    ONE_NETWORK = "one-network"
    ONE_CLUSTER = "one-cluster"
    SAMPLING_UNKNOWN = "sampling-unknown"
    SPARSE_SAMPLING = "sparse-sampling"
    SHORT_SPAN = "short-span"
    NO_BACKGROUND = "no-background"
    NO_STRANGERS = "no-strangers"
    STRANGERS_LEFT_OUT = "strangers-left-out"


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning.

    Attributes:
        doubt: its type, for programs.
        text: what it means for the answer and what would help, for people.
    """

    doubt: Doubt
    text: str


_FEW_C2S = 5  # below, k >= 2 is already a third or more of all that could be met
_ONE_NETWORK = 0.9  # share of C2s in one network from which the strata cannot tell C2s from neighbours
_SAMPLING_UNKNOWN = 0.1
_SPARSE = 5_000  # 1:N; a contact of ten packets is then seen once in 500
_SHORT_US = 3 * 86_400_000_000
_LEAST_EDGES = 1_000.0  # edges of the C2s' networks; fewer give no estimate of popularity


def cautions(statistics: Statistics) -> tuple[Caution, ...]:
    """Everything about the data that limits the answer.

    Args:
        statistics: measured tables.

    Returns:
        Warnings, the gravest first; none where nothing is wrong.
    """
    if not (statistics.c2s.edges > 0).any():
        text = "no listed C2 has contact in these flows: check the labels' windows and the addresses' family"
        return (Caution(Doubt.NO_C2_SEEN, text),)
    return tuple(_of_c2s(statistics) + _of_flows(statistics) + _of_strangers(statistics.strangers))


def _of_strangers(strangers: Strangers | None) -> list[Caution]:
    """Unlisted clients that nobody looked at."""
    if strangers is None:
        text = "unlisted clients were not looked at: incomplete lists cost more than usual"
        return [Caution(Doubt.NO_STRANGERS, text)]
    if not strangers.left_out:
        return []
    every = strangers.left_out + len(strangers.hi)
    text = (
        f"{strangers.left_out:,} of {every:,} unlisted clients were not looked at, to keep time and memory "
        "in bounds: clients of those candidates that have the smallest shares of listed C2s; a shorter time "
        "(--since, --until) has room for more"
    )
    return [Caution(Doubt.STRANGERS_LEFT_OUT, text)]


def _of_c2s(statistics: Statistics) -> list[Caution]:
    """Too few C2s, or C2s too alike."""
    c2s, exposure, found = statistics.c2s, statistics.exposure, []
    seen = (c2s.edges > 0) & c2s.listed
    count, groups = int(seen.sum()), len(np.unique(c2s.cluster[seen]))
    if count < _FEW_C2S:
        text = f"only {count} listed C2s have contact: ranks rest on two or three of them"
        found.append(Caution(Doubt.FEW_C2S, text))
    if groups == 1 and count > 1:
        text = f"all {count} C2s lie in one block or belong to one owner: k cannot exceed 1"
        found.append(Caution(Doubt.ONE_CLUSTER, text))
    networks = np.bincount(c2s.network[seen])
    if count >= _FEW_C2S and networks.max() >= _ONE_NETWORK * count:
        name = exposure.networks[int(np.argmax(networks))]
        text = f"{networks.max()} of {count} C2s are in {name}: its own services look like upstreams"
        found.append(Caution(Doubt.ONE_NETWORK, text))
    edges = exposure.edges[np.unique(c2s.network[c2s.edges > 0])].sum()
    if edges < _LEAST_EDGES:
        text = f"only {edges:,.0f} contacts of the C2s' neighbours were seen: chance cannot be estimated"
        found.append(Caution(Doubt.NO_BACKGROUND, text))
    return found


def _of_flows(statistics: Statistics) -> list[Caution]:
    """Flows that were sampled too sparsely or nobody knows how, or that span too little time."""
    exposure, found = statistics.exposure, []
    if exposure.sampling_unknown > _SAMPLING_UNKNOWN:
        share = f"{exposure.sampling_unknown:.0%}"
        text = f"{share} of flows do not say how they were sampled: absence of contact means nothing there"
        found.append(Caution(Doubt.SAMPLING_UNKNOWN, text))
    if exposure.sampling >= _SPARSE:
        text = f"packets were sampled 1:{exposure.sampling:,}: most contact was never recorded"
        found.append(Caution(Doubt.SPARSE_SAMPLING, text))
    slots = exposure.slot_start_us
    if len(slots) and slots[-1] + exposure.slot_us - slots[0] < _SHORT_US:
        text = "the flows span less than three days: contact cannot show persistence"
        found.append(Caution(Doubt.SHORT_SPAN, text))
    return found
