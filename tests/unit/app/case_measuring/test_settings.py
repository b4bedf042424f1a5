"""What settings change about what is measured, and which are refused."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hand_made_flows import BEGIN, lake_of
from headwater.app.case_measuring import Measured, measured
from headwater.app.case_settings import CaseSettings
from headwater.app.hunt_settings import MeasureSettings
from headwater.errors import BadSetting, LakeError
from headwater.model.candidate import PeerRole
from headwater.model.service import Service
from measured_lake import LABELS, UPSTREAM, addresses_of, of_the_upstream


def test_a_sample_changes_nothing_about_the_service(lake: Path, upstream: Measured) -> None:
    """With one address pair in about seven in the sample, its numbers and its neighbours' are the same."""
    settings = CaseSettings(measure=MeasureSettings(sample_flows=8))
    found = measured(lake, Service.parse("9.9.9.9:8443/tcp"), settings=settings)
    for name in ("clients", "contact", "activity", "presence"):
        mine, whole = (getattr(each.measurements, name) for each in (found, upstream))
        for field in fields(mine):
            assert np.array_equal(getattr(mine, field.name), getattr(whole, field.name)), (name, field.name)
    mine, whole = (
        {one for one in each.neighbours if one.role is PeerRole.SERVER} for each in (found, upstream)
    )
    assert mine == whole
    assert any(query.purpose.startswith("pass 2") for query in found.trace.queries)


def test_every_query_names_the_version(upstream: Measured) -> None:
    """One scan of everything; each query carries the version of the lake."""
    passes = [query for query in upstream.trace.queries if query.purpose.startswith("pass 1")]
    assert (len(passes), {query.lake_version for query in upstream.trace.queries}) == (1, {1})


def test_only_the_time_asked_for(tmp_path: Path) -> None:
    """From 1 h on day 0 to 12 h on day 3: both edge days are counted, not taken from the log."""
    lake = lake_of(tmp_path, of_the_upstream(), labels=LABELS)
    settings = CaseSettings(since=BEGIN + timedelta(hours=1), until=BEGIN + timedelta(days=3, hours=12))
    found = measured(lake, Service.parse("9.9.9.9:8443/tcp"), settings=settings).measurements
    # day 0: 7.0.0.1, both ways of 7.0.0.2, twice 7.3.0.3, two at port 22; day 1: 26 h; day 3: 5.0.1.1
    assert found.days.flows.tolist() == [7, 1, 0, 1]
    assert found.days.first_us == (int(BEGIN.timestamp()) + 3_600) * 1_000_000
    assert int(found.clients.flows[0]) == 1


def test_no_flows_in_that_time_is_said(tmp_path: Path) -> None:
    """A time without flows is wrong use."""
    lake = lake_of(tmp_path, of_the_upstream(), labels=LABELS)
    with pytest.raises(LakeError, match="no flows in that time"):
        measured(lake, Service(UPSTREAM), settings=CaseSettings(since=BEGIN + timedelta(days=400)))


def test_families_that_nobody_listed_are_said(tmp_path: Path) -> None:
    """And what to do."""
    lake = lake_of(tmp_path, of_the_upstream(), labels=LABELS)
    with pytest.raises(LakeError, match="no labelled C2 of family nosuch; add some"):
        measured(lake, Service(UPSTREAM), settings=CaseSettings(families=("NoSuch",)))


def test_few_clients_are_told_where_there_are_many(tmp_path: Path) -> None:
    """Of five clients two are told, the C2s first; three are counted."""
    lake = lake_of(tmp_path, of_the_upstream(), labels=LABELS)
    found = measured(lake, Service(UPSTREAM, 8443, 6), settings=CaseSettings(most_clients=2)).measurements
    assert (addresses_of(found.clients), found.clients_left_out) == (["5.0.0.1", "5.0.1.1"], 3)


@pytest.mark.parametrize("name", ["most_clients", "fan_in_clients", "most_neighbours"])
def test_a_setting_of_nothing_is_refused(name: str) -> None:
    """Numbers of clients and neighbours are positive."""
    nothing: dict[str, Any] = {name: 0}  # Any: settings are of every type
    with pytest.raises(BadSetting, match=name):
        CaseSettings(**nothing)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    """With what to do."""
    with pytest.raises(BadSetting, match="swap them"):
        CaseSettings(since=BEGIN, until=BEGIN)
