"""Tests of headwater.intel.own_exports: what an export says does not come back as evidence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from case_samples import dridex_case
from headwater.app.export import Wanted, exported
from headwater.app.labels import add_labels, listed_labels
from headwater.intel.labels.feed import Analyst
from headwater.intel.own_exports import role_in_case, role_tag
from headwater.present.export.settings import ExportSettings, ListSettings

WANTED = ExportSettings(with_c2s=True, name_others=True)
NOW = ListSettings(at=datetime(2020, 3, 1, tzinfo=UTC))


def test_a_tag_and_back() -> None:
    """Other tags say nothing."""
    assert role_in_case(["tlp:amber", role_tag("upstream")]) == "upstream"
    assert role_in_case(["headwater:role=<b>", "role=c2", ""]) == ""


@pytest.mark.parametrize("to", ["stix", "stix-opencti", "misp"])
def test_only_listed_c2s_come_back(to: str, tmp_path: Path) -> None:
    """Neither the upstream nor any client becomes a label; each C2 does, with its family and window."""
    case = dridex_case()
    file = tmp_path / "case.json"
    file.write_text(exported(case, Wanted(to, WANTED, NOW)).text)
    add_labels([str(file)], lake=tmp_path / "lake", format_name=None, analyst=Analyst(allow_reserved=True))
    labels = listed_labels(tmp_path / "lake", families=(), roles=(), at=None)
    assert {(one.address, one.family, one.role.value) for one in labels} == {
        (one.address, one.family, "c2") for one in case.contacts if one.listed
    }
    starts = {one.address: one.window.start for one in labels}
    known = {one.address: one.activity.start for one in case.timelines if one.activity}
    assert starts == known
