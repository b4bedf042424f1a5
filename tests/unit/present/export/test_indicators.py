"""Tests of headwater.present.export.indicators."""

from dataclasses import replace

from case_samples import dridex_case
from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.model.service import Service
from headwater.present.export.indicators import Indicators, indicators
from headwater.present.export.settings import ExportSettings
from headwater.present.export.standing import standing

SETTINGS = ExportSettings()


def _found(case: Case, settings: ExportSettings = SETTINGS) -> Indicators:
    return indicators(case, standing(case, settings), settings)


def test_the_service_alone_unless_asked() -> None:
    """One indicator by default, 22 with the C2s; never one for any of the three other clients."""
    case = dridex_case()
    alone, all_ = _found(case), _found(case, replace(SETTINGS, with_c2s=True))
    assert [one.service for one in alone.found] == [case.service]
    assert {one.service.address for one in all_.found} == {
        case.service.address,
        *(one.address for one in case.contacts if one.listed),
    }


def test_no_indicator_says_why() -> None:
    """The remark names the service and the verdict."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict="sinkhole"))
    assert _found(case) == Indicators(
        (), (f"no indicator for {case.service}: the case's verdict is sinkhole: it is taken for a sinkhole",)
    )


def test_a_c2_that_nothing_dates_gets_none() -> None:
    """One of 21 C2s has no interval of activity."""
    case = dridex_case()
    undated = replace(case.timelines[0], activity=None)
    case = replace(case, timelines=(undated, *case.timelines[1:]))
    found = _found(case, replace(SETTINGS, with_c2s=True))
    assert (len(found.found), found.remarks) == (
        21,
        ("no indicator for 1 listed C2s: nothing tells when they were C2s",),
    )


def test_a_host_that_connects_has_no_port_of_its_own() -> None:
    """In client role the case's port is that of the C2s."""
    case = replace(dridex_case(), role=PeerRole.CLIENT)
    one = _found(case).found[0]
    assert (one.service, one.opens) == (Service(case.service.address), True)
