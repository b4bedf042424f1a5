"""OpenCTI's own client imports the variant made for it, against a server of ours that answers in its place.

Needs pycti, OpenCTI's client. It is not among the locked tools: it wants an older requests than they do, and
brings forty packages. In an environment of its own:

    uv venv other && VIRTUAL_ENV=other uv pip install . pycti pytest
    PYTHONPATH=tests other/bin/python -m pytest tests/unit/present/export/test_opencti_import.py
"""

import json
import re
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import case_samples
from headwater.model.case import Case
from headwater.present.export.settings import ExportSettings
from headwater.present.export.stix import stix

pycti = pytest.importorskip("pycti", reason="pycti, OpenCTI's client, is not installed (see the docstring)")

Row = dict[str, Any]  # Any: JSON
FULL = ExportSettings(with_c2s=True, name_others=True)
CASES: dict[str, Callable[[], Case]] = {
    "dridex": case_samples.dridex_case, "hostile": case_samples.hostile_case,
    "large": case_samples.large_case,
}  # fmt: skip
# Of each type: the mutation that creates it, and pycti's class with its own ids.
ADDS = {
    "infrastructure": ("infrastructureAdd", "Infrastructure"), "note": ("noteAdd", "Note"),
    "opinion": ("opinionAdd", "Opinion"), "report": ("reportAdd", "Report"),
    "observed-data": ("observedDataAdd", "ObservedData"), "indicator": ("indicatorAdd", "Indicator"),
    "relationship": ("stixCoreRelationshipAdd", "StixCoreRelationship"), "malware": ("malwareAdd", "Malware"),
    "attack-pattern": ("attackPatternAdd", "AttackPattern"), "identity": ("organizationAdd", "Identity"),
    "marking-definition": ("markingDefinitionAdd", ""),
}  # fmt: skip
OBSERVABLES = ("ipv4-addr", "ipv6-addr", "autonomous-system")


@dataclass
class Answers:
    """What came to the server: name of each mutation and its input."""

    made: list[tuple[str, Row]] = field(default_factory=list)

    def to(self, query: str, variables: Row) -> Row:
        """An answer that an importer can go on with."""
        found = re.search(r"\{\s*(\w+)", query)
        name = found[1] if found else ""
        if not query.strip().startswith("mutation"):
            page = {"hasNextPage": False, "endCursor": None, "globalCount": 0}
            rows = [] if name == "vocabularyCategories" else {"edges": [], "pageInfo": page}
            return {name: rows if name.endswith("s") else None}
        self.made.append((name, variables.get("input") or variables))
        new = {"id": str(uuid.uuid4()), "standard_id": f"x--{uuid.uuid4()}", "entity_type": "Thing"}
        return {name: {**new, "parent_types": [], "value": "x", "name": "x", "observable_value": "x"}}


@pytest.fixture
def answers() -> Iterator[tuple[Answers, Any]]:  # Any: pycti ships no types
    """The server on the loopback, and a client of it."""
    kept = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = json.dumps({"data": kept.to(asked["query"], asked.get("variables") or {})}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield kept, pycti.OpenCTIApiClient(url, "x" * 36, log_level="error", perform_health_check=False)
        server.shutdown()


def _bundle(name: str, *, opencti: bool = True) -> Row:
    found: Row = json.loads(stix(CASES[name](), settings=FULL, opencti=opencti).text)
    return found


def _own_ids(objects: list[Row]) -> list[str]:
    """The ids that OpenCTI gives objects, by its client's own code."""
    classes = {kind: getattr(pycti, name) for kind, (_, name) in ADDS.items() if name}
    return [classes[one["type"]].generate_id_from_data(one) for one in objects if one["type"] in classes]


@pytest.mark.parametrize("name", CASES)
def test_every_object_arrives_once(name: str, answers: tuple[Answers, Any]) -> None:
    """The importer takes each object, and makes one call for each to create it."""
    kept, client = answers
    bundle = _bundle(name)
    counts = Counter(one["type"] for one in bundle["objects"])
    done, failed = client.stix2.import_bundle(json.loads(json.dumps(bundle)))
    made = Counter(mutation for mutation, _ in kept.made)
    assert (len({one["id"] for one in done}), failed) == (len(bundle["objects"]), [])
    assert {kind: made[mutation] for kind, (mutation, _) in ADDS.items()} == {
        kind: counts[kind] for kind in ADDS
    }
    assert made["stixCyberObservableAdd"] == sum(counts[kind] for kind in OBSERVABLES)


@pytest.mark.parametrize("name", CASES)
def test_no_two_objects_get_one_id(name: str) -> None:
    """OpenCTI makes ids of a few properties of each object; what gets the same one is merged."""
    ids = _own_ids(_bundle(name)["objects"])
    assert len(set(ids)) == len(ids)


def test_the_other_variant_would_lose_opinions() -> None:
    """Why there are two: opinions of one word and moment become one."""
    lost = [
        id_
        for id_, count in Counter(_own_ids(_bundle("dridex", opencti=False)["objects"])).items()
        if count > 1
    ]
    assert lost
    assert {id_.partition("--")[0] for id_ in lost} == {"opinion"}


def test_words_times_and_patterns_arrive(answers: tuple[Answers, Any]) -> None:
    """Contents of notes, spans of relationships, patterns and ends of indicators, as in the bundle."""
    kept, client = answers
    bundle = _bundle("dridex")
    client.stix2.import_bundle(json.loads(json.dumps(bundle)))

    def sent(kind: str, *names: str) -> Counter[tuple[object, ...]]:
        mutation = ADDS[kind][0]
        return Counter(tuple(row.get(name) for name in names) for made, row in kept.made if made == mutation)

    def told(kind: str, *names: str) -> Counter[tuple[object, ...]]:
        return Counter(
            tuple(one.get(name) for name in names) for one in bundle["objects"] if one["type"] == kind
        )

    assert sent("note", "content") == told("note", "content")
    assert sent("indicator", "pattern", "valid_from", "valid_until", "description") == told(
        "indicator", "pattern", "valid_from", "valid_until", "description"
    )
    assert sent("relationship", "relationship_type", "start_time", "stop_time", "description") == told(
        "relationship", "relationship_type", "start_time", "stop_time", "description"
    )
    assert sent("infrastructure", "name", "first_seen", "last_seen") == told(
        "infrastructure", "name", "first_seen", "last_seen"
    )
