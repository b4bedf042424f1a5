"""Claims of open sources in the lake."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from headwater.lake.claims import actor_claims, claims, store_claims
from headwater.lake.context import Origin, holds_context
from headwater.lake.tables import create_lake
from headwater.model.claim import Claim
from headwater.model.label import Tlp
from tenancy_samples import CASE, FLAWED_AMMYY, OTHER, day

USES_DRIDEX = Claim("", day("2017-06-01"), "uses Dridex", actor="ta 505", malware="Dridex", tlp=Tlp.CLEAR)
OF_OTHERS = Claim("", day("2017-06-01"), "uses Ryuk", actor="somebody", malware="Ryuk")


def _store(lake: Path, digest: str, *found: Claim) -> bool:
    origin = Origin(digest, digest, datetime(2026, 1, 1, tzinfo=UTC))
    return store_claims(lake, list(enumerate(found, start=1)), origin=origin)


def test_claims_of_an_address_and_of_its_actors(tmp_path: Path) -> None:
    """Statements about an actor come with the address that the actor is named for, in order of dates."""
    _store(tmp_path, "a", FLAWED_AMMYY, USES_DRIDEX, OF_OTHERS, replace(FLAWED_AMMYY, address=OTHER))

    assert claims(tmp_path, CASE) == [USES_DRIDEX, FLAWED_AMMYY]


def test_statements_about_actors_alone(tmp_path: Path) -> None:
    """All of them, whoever they are about."""
    _store(tmp_path, "a", FLAWED_AMMYY, USES_DRIDEX, OF_OTHERS)

    assert {one.malware for one in actor_claims(tmp_path)} == {"Dridex", "Ryuk"}


def test_a_file_is_stored_once_and_a_claim_read_once(tmp_path: Path) -> None:
    """The same claim in two files is one claim."""
    assert (_store(tmp_path, "a", FLAWED_AMMYY), _store(tmp_path, "a", FLAWED_AMMYY)) == (True, False)
    _store(tmp_path, "b", FLAWED_AMMYY)

    assert claims(tmp_path, CASE) == [FLAWED_AMMYY]
    assert holds_context(tmp_path, file="b")


def test_an_address_nobody_speaks_of(tmp_path: Path) -> None:
    """No claims: neither of it nor of any actor."""
    create_lake(tmp_path)
    assert claims(tmp_path, CASE) == []
    _store(tmp_path, "a", USES_DRIDEX)
    assert claims(tmp_path, CASE) == []
