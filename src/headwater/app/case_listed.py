"""Which C2s are listed, by whom, for when? The labels of a case as the arrays that an investigation reads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.app.case_settings import CaseSettings
from headwater.app.listed_c2s import ListedC2s, listed_c2s
from headwater.errors import LakeError
from headwater.investigate.measurements import Listed
from headwater.lake.labels import current_labels, dated_labels
from headwater.model.label import Role
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.window import OPEN_US

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CaseLabels:
    """What lists say, before any flow is read.

    Leads that an analyst accepted are on no list: how long they were C2s was taken from their contact with a
    service, so nothing about a service can be learned from them, and they are other clients here.

    Attributes:
        labels: of listed C2s in DATED_SCHEMA, without the service's own address, ordered by address.
        listed: the same by address, as a hunt takes them.
        own_groups: groups under which the service's address is listed as a C2, of all families.
        roles: labels of all addresses and roles, C2s included: hi, lo, role.
        accepted: address keys of accepted leads, shape (a, 2); some may be listed by now.
    """

    labels: pa.Table
    listed: ListedC2s
    own_groups: tuple[str, ...]
    roles: pa.Table
    accepted: Int64s


def case_labels(
    lake_root: Path, *, hi: int, lo: int, settings: CaseSettings, version: int | None = None
) -> CaseLabels:
    """The labels that bear on one service.

    Args:
        lake_root: the lake's folder.
        hi: upper half of the service's address.
        lo: lower half.
        settings: families and slack.
        version: the table of labels as it was then; the newest unless given.

    Returns:
        The labels. The service's own address is none of the listed C2s: it is what is asked about.

    Raises:
        LakeError: there is no lake, or no labelled C2 (of these families) but accepted leads.
    """
    every = dated_labels(lake_root, roles=(Role.C2,), version=version)
    leads = every.filter(pc.field("source") == PIVOT_SOURCE)
    every = every.filter(pc.field("source") != PIVOT_SOURCE)
    if leads.num_rows and not every.num_rows:
        raise LakeError(f"{lake_root}: every labelled C2 is an accepted lead; add a list with `labels add`")
    own = (pc.field("hi") == hi) & (pc.field("lo") == lo)
    families = [family.strip().lower() for family in settings.families]
    labels = every.filter(~own)
    if families:
        labels = labels.filter(pc.field("family").isin(families))
    if not labels.num_rows:
        of = f" of family {', '.join(families)}" if families else ""
        raise LakeError(f"{lake_root}: no labelled C2{of}; add some with `headwater labels add PATH`")
    labels = labels.sort_by([("hi", "ascending"), ("lo", "ascending"), ("start", "ascending")])
    listed = listed_c2s(labels, slack_before=settings.slack_before, slack_after=settings.slack_after)
    mine = every.filter(own)
    groups = {
        _group(*pair) for pair in zip(mine["family"].to_pylist(), mine["group"].to_pylist(), strict=True)
    }
    others = current_labels(lake_root, roles=[role for role in Role if role is not Role.C2], version=version)
    columns = ["hi", "lo", "role"]
    return CaseLabels(
        labels=labels, listed=listed, own_groups=tuple(sorted(groups)),
        roles=pa.concat_tables([every.select(columns), others.select(columns)]),
        accepted=np.column_stack([_int64(leads["hi"]), _int64(leads["lo"])]),
    )  # fmt: skip


def listed_arrays(known: CaseLabels, *, seen: Bools, fan_in: Int64s, network: Int32s, asn: Int64s) -> Listed:
    """The listed C2s with what was measured of them.

    Args:
        known: as from `case_labels`.
        seen: whether each has any record, shape (m,).
        fan_in: hosts that contact its listening port, shape (m,).
        network: index of its network, -1 where unknown, shape (m,).
        asn: AS number, 0 where unknown, shape (m,).
    """
    labels, listed = known.labels, known.listed
    keys = np.column_stack([_int64(labels["hi"]), _int64(labels["lo"])])
    sources = sorted(set(labels["source"].to_pylist()))
    place = {name: number for number, name in enumerate(sources)}
    return Listed(
        hi=listed.hi, lo=listed.lo, family=listed.family, group=listed.group, port=listed.port, seen=seen,
        network=network, asn=asn, fan_in=fan_in, families=listed.families, groups=listed.groups,
        label_c2=np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int32),
        label_from_us=_micros(labels["start"], absent=-OPEN_US),
        label_until_us=_micros(labels["end"], absent=OPEN_US),
        label_source=np.array([place[name] for name in labels["source"].to_pylist()], np.int32),
        label_overridden=np.asarray(labels["overridden"].combine_chunks().fill_null(False), dtype=np.bool_),
        sources=tuple(sources),
    )  # fmt: skip


def of_several_families(known: CaseLabels) -> Bools:
    """Whether labels of one address name different families, shape (m,), in the order of `known.listed`."""
    keys = np.column_stack([_int64(known.labels["hi"]), _int64(known.labels["lo"])])
    owner = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    named = set(zip(owner.tolist(), known.labels["family"].to_pylist(), strict=True))
    count = np.bincount([place for place, _ in named], minlength=len(known.listed.hi))
    return np.asarray(count > 1, np.bool_)


def _group(family: str, group: str) -> str:
    return f"{family}/{group}" if group else family


def _int64(column: pa.ChunkedArray) -> Int64s:
    return np.asarray(column.combine_chunks().cast(pa.int64()), dtype=np.int64)


def _micros(column: pa.ChunkedArray, *, absent: int) -> Int64s:
    return _int64(column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).fill_null(absent))
