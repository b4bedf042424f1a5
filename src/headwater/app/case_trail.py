"""What does a case stand on? Its queries and tables with ids, and for each part which of them gave it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from headwater.app.case_facts import Gathered
from headwater.app.case_measuring import Measured
from headwater.app.case_origins import CASE, EVIDENCE, Names, purposes_of
from headwater.engine.trace import Query
from headwater.investigate.rule import FLOWS
from headwater.lake.list_contents import TABLES
from headwater.model.case import Case
from headwater.model.hypothesis import Evidence, Provenance
from headwater.model.source import RanQuery, ReadTable

_LONGEST = 60  # characters of an id
_KEPT = re.compile(r'\bCREATE\b[^(]*?\b(?:TABLE|VIEW)\s+(["`]?)(\w+)\1\s+AS\b')
_FLOWS = re.compile(r"\bibis_read_\w+")  # the name that Ibis invents for the lake's files, another each time
_UNORDERED = re.compile(
    r"(EXCLUDE\s*\()([^()]*)(\))"
)  # names of columns out of a set, another order each time
_NEIGHBOURS = ("services that the host calls", "what the C2s of the case also talk to")
_BROUGHT: dict[str, Names] = {  # small tables brought into the engine, by what they are made from
    "c2s": ("labels",), "windows": ("labels",), "named_ports": ("labels",),
    "network_classes": ("networks",), "host_networks": ("networks", "hosts whose networks are asked for"),
    "candidates": ("keys of the service's address",),
    "asked_in": ("clients of the service", *_NEIGHBOURS), "endpoints_in": _NEIGHBOURS,
}  # fmt: skip


def ran_queries(trace: Sequence[Query]) -> tuple[RanQuery, ...]:
    """The queries of a trace with ids, in order; a purpose that ran again gets a number.

    Their text is as the engine ran it but for two things that differ from run to run and mean nothing: the
    name that stands for the files of flows, and the order of columns that are left out. A query that read the
    copy by host is told as the same question asked of the flows: so a case can be followed without the copy.
    """
    found: list[RanQuery] = []
    kept: dict[str, str] = {}  # name of a table in the engine to id of its query
    for one in trace:
        sql = _UNORDERED.sub(_ordered, _FLOWS.sub("flows", one.means or one.sql))
        id_ = _free(_id_of(one.purpose), [query.id for query in found])
        known = {query.purpose: query.id for query in found}
        reads = _reads(sql, kept, known)
        found.append(RanQuery(id_, one.purpose, sql, one.lake_version, one.rows, reads))
        if (made := _KEPT.search(sql)) is not None:
            kept[made[2]] = id_
    return tuple(found)


def _ordered(found: re.Match[str]) -> str:
    names = sorted(name.strip() for name in found[2].split(","))
    return f"{found[1]}{', '.join(names)}{found[3]}"


def _id_of(purpose: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", purpose.lower().replace("'", "")).strip("-")
    return "q-" + (words if len(words) <= _LONGEST else words[:_LONGEST].rpartition("-")[0])


def _free(id_: str, taken: Sequence[str]) -> str:
    names = (id_, *(f"{id_}-{number}" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def _reads(sql: str, kept: dict[str, str], known: dict[str, str]) -> Names:
    """Ids of what stands behind FROM and JOIN, flows first, then queries in the order in which they ran.

    Args:
        sql: the query.
        kept: name of a table in the engine to the id of the query whose answer it is.
        known: purpose of each query before it to its id.
    """
    named = {found[1] for found in re.finditer(r'\b(?:FROM|JOIN)\s+["`]?(\w+)["`]?', sql)}
    made = {id_ for name, id_ in kept.items() if name in named}
    made |= {known.get(one, "") for name in named for one in _BROUGHT.get(name, ())}
    lists = [id_ for id_ in TABLES if any(id_ in _BROUGHT.get(name, ()) for name in named)]
    return (*(["flows"] if "flows" in named else []), *(id_ for id_ in known.values() if id_ in made), *lists)


def with_trail(case: Case, found: Measured, outside: Gathered, tables: Iterable[ReadTable]) -> Case:
    """The case with what it stands on.

    Args:
        case: a finished one.
        found: what its flows say.
        outside: what is known beside the flows.
        tables: of labels and context, as they were read.
    """
    queries = ran_queries(found.trace.queries)
    used = _used(case, found, outside)
    read = (_flows(found), *(replace(one, used=used.get(one.id)) for one in tables))
    ids = _ids(queries, read)
    return replace(
        case,
        queries=queries,
        tables=read,
        origins={path: _all(ids, purposes_of(measured)) for path, measured in CASE.items()},
        evidence=tuple(_with_sources(one, case, queries, read, ids) for one in case.evidence),
    )


def _flows(found: Measured) -> ReadTable:
    tables = found.measurements
    return ReadTable(
        "flows", found.lake_version, int(tables.days.flows.sum()), used=int(tables.clients.flows.sum())
    )


def _used(case: Case, found: Measured, outside: Gathered) -> dict[str, int]:
    """How many entries of each table speak of hosts of the case; of networks, how many these lie in."""
    tables = found.measurements
    mine = tables.clients.c2[tables.clients.c2 >= 0]
    known = {name for name in (tables.service_network, *(one.network for one in case.contacts)) if name}
    named = [one.known_as for one in case.neighbours if one.known_as]
    return {
        "labels": int(np.isin(tables.listed.label_c2, mine).sum()),
        "networks": len(known),
        "warninglists": len({*named, *tables.known_as}),
        "host_keys": sum(one.seen for one in outside.brackets),
        "claims": len(outside.claims) + outside.network_reports,
    }


def _ids(queries: Iterable[RanQuery], tables: Iterable[ReadTable]) -> dict[str, Names]:
    """Purpose of a query, or id of a table, to the ids of what was read under it."""
    ids: dict[str, Names] = {one.id: (one.id,) for one in tables}
    for query in queries:
        ids[query.purpose] = (*ids.get(query.purpose, ()), query.id)
    return ids


def _all(ids: dict[str, Names], names: Names) -> Names:
    return tuple(dict.fromkeys(id_ for name in names for id_ in ids.get(name, ())))


def _with_sources(
    one: Evidence, case: Case, queries: tuple[RanQuery, ...], tables: tuple[ReadTable, ...],
    ids: dict[str, Names],
) -> Evidence:  # fmt: skip
    """An item with the ids of what it rests on; where a person said so, as it is."""
    if one.kind not in EVIDENCE:
        return one
    sources = _all(ids, purposes_of(EVIDENCE[one.kind]))
    said = _said(one, case) or one.provenance
    if said.rows is not None:
        counted = said if said.rows_are else replace(said, rows_are=FLOWS)
        return replace(one, provenance=replace(counted, sources=sources))
    rows = {query.id: query.rows for query in queries} | {
        table.id: table.used for table in tables if table.id != "flows"
    }
    answers = sum(rows.get(id_) or 0 for id_ in sources)
    given = replace(said, rows=answers, rows_are="rows of its queries and lists", sources=sources)
    return replace(one, provenance=given)


def _said(one: Evidence, case: Case) -> Provenance | None:
    """File and place of the claims or observations that an item is about; None where it is about flows."""
    if one.kind in ("claims", "named-actor"):
        named = [claim for claim in case.claims if claim.source == one.source]
        mine = [claim for claim in named if claim.date == one.observed_at] or named
        places = [claim.place for claim in mine if claim.place]
        return Provenance(None, "; ".join(places) or one.source, len(mine), "claims") if mine else None
    if one.kind == "key-order":
        places = list(dict.fromkeys(place for key in case.keys for place in key.places))
        seen = sum(key.seen for key in case.keys)
        return Provenance(None, "; ".join(places) or one.source, seen, "observations of the host")
    return None
