"""Tests of headwater.present.export.blocklist."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from case_samples import dridex_case, hostile_case
from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.model.hypothesis import Hypothesis
from headwater.model.tenancy import Tenancy
from headwater.present.export.blocklist import FORMS, blocklist
from headwater.present.export.settings import ExportSettings, ListSettings, Pap

SETTINGS = ExportSettings()
WITH_C2S = ExportSettings(with_c2s=True)
THEN = ListSettings(at=datetime(2020, 9, 1, tzinfo=UTC))


def _lines(case: Case, form: str, settings: ExportSettings = SETTINGS) -> list[str]:
    text = blocklist(case, settings=settings, rules=THEN, form=form).text
    return [line for line in text.splitlines() if not line.startswith("#")]


def _applies(*command: str) -> bool:
    """Whether a firewall's program is there and may do its work here."""
    return (
        shutil.which(command[0]) is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def test_plain_names_the_end_of_each_entry() -> None:
    """Last contact of 2020-08-12 22:55:46 and 30 days."""
    assert _lines(dridex_case(), "plain") == [
        "203.0.113.77 # until 2020-09-11T22:55:46Z, upstream 203.0.113.77:38400/tcp"
    ]


def test_cidr_is_made_of_hosts() -> None:
    """Every entry is one address as a prefix, IPv4 before IPv6."""
    case = dridex_case()
    early = ListSettings(at=datetime(2020, 1, 1, tzinfo=UTC))
    text = blocklist(case, settings=WITH_C2S, rules=early, form="cidr").text
    found = [ip_network(line.split()[0]) for line in text.splitlines() if not line.startswith("#")]
    assert (len(found), {one.num_addresses for one in found}) == (22, {1})
    assert [one.version for one in found] == [4] * 20 + [6] * 2


def test_timeouts_count_from_the_moment_of_the_list() -> None:
    """From 1 September 00:00 to 11 September 22:55:46 are 946,546 s."""
    nft, ipset = _lines(dridex_case(), "nftables"), _lines(dridex_case(), "ipset")
    assert nft[-1] == (
        "add element inet headwater upstream4 "
        '{ 203.0.113.77 timeout 946546s comment "until 2020-09-11T22:55Z" }'
    )
    assert ipset[-1] == "add headwater4 203.0.113.77 timeout 946546 -exist"


def test_a_timeout_that_ipset_cannot_hold_is_cut() -> None:
    """ipset(8): 2147483 s at most; an entry then ends early, never late."""
    long = replace(SETTINGS, valid_for=timedelta(days=400))
    assert _lines(dridex_case(), "ipset", long)[-1] == "add headwater4 203.0.113.77 timeout 2147483 -exist"


@pytest.mark.skipif(
    not _applies("nft", "-c", "add table inet headwater_probe"), reason="no nft that may check rules here"
)
@pytest.mark.parametrize("case", [dridex_case(), hostile_case()], ids=["dridex", "hostile"])
def test_nft_takes_the_file(case: Case, tmp_path: Path) -> None:
    """`nft --check` finds the file sound; nothing is loaded."""
    file = tmp_path / "list.nft"
    file.write_text(blocklist(case, settings=WITH_C2S, rules=THEN, form="nftables").text, encoding="ascii")
    done = subprocess.run(["nft", "-c", "-f", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(
    not _applies("unshare", "-n", "ipset", "list"), reason="no ipset that works in a network namespace here"
)
@pytest.mark.parametrize("case", [dridex_case(), hostile_case()], ids=["dridex", "hostile"])
def test_ipset_takes_the_file(case: Case, tmp_path: Path) -> None:
    """`ipset restore` takes it, in a network namespace of its own that ends with it."""
    file = tmp_path / "list.ipset"
    file.write_text(blocklist(case, settings=WITH_C2S, rules=THEN, form="ipset").text, encoding="ascii")
    command = ["unshare", "-n", "ipset", "restore", "-f", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_list_is_still_sound(form: str) -> None:
    """A verdict that supports nothing leaves comments, and the sets without elements."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict="insufficient"))
    text = blocklist(case, settings=SETTINGS, rules=THEN, form=form).text
    assert [line for line in text.splitlines() if "203.0.113.77" in line and not line.startswith("#")] == []
    assert "# no indicator for 203.0.113.77:38400/tcp: the case's verdict is insufficient" in text


def test_the_present_holder_is_never_blocked() -> None:
    """The address changed hands in March 2020: a list of September is empty, one of February is not."""
    case = dridex_case()
    since = Hypothesis("passed-on", "tenant", "all", "made up", 0.25, 0.9, 0.8, 0.95, "very likely")
    march, april = datetime(2020, 3, 1, tzinfo=UTC), datetime(2020, 4, 1, tzinfo=UTC)
    begin, end = datetime(2019, 7, 1, tzinfo=UTC), datetime(2020, 12, 1, tzinfo=UTC)
    tenancy = (
        Tenancy("T1", None, begin, march, april, ("K1",)),
        Tenancy("T2", march, april, end, None, ("K2",)),
    )
    case = replace(case, hypotheses=(*case.hypotheses, since), tenancy=tenancy)
    before = ListSettings(at=datetime(2020, 2, 1, tzinfo=UTC))
    found = [blocklist(case, settings=SETTINGS, rules=rules) for rules in (before, THEN)]
    assert ["\n203.0.113.77 " in one.text for one in found] == [True, False]
    assert "whoever holds it now is not who the C2s met" in " ".join(found[1].remarks)


@pytest.mark.parametrize("pap", [Pap.AMBER, Pap.RED])
def test_blocking_needs_a_pap_that_allows_it(pap: Pap) -> None:
    """Both forbid what the other side can notice."""
    with pytest.raises(BadSetting, match="forbids to block"):
        blocklist(dridex_case(), settings=replace(SETTINGS, pap=pap), rules=THEN)


def test_an_unknown_form_is_named() -> None:
    """The message lists those there are."""
    with pytest.raises(BadSetting, match="plain, cidr, nftables, ipset"):
        blocklist(dridex_case(), settings=SETTINGS, rules=THEN, form="rpz")


def test_no_other_client_is_ever_on_a_list() -> None:
    """Not even where others are to be named."""
    case = dridex_case()
    others = {one.address for one in case.contacts if not one.listed}
    lines = _lines(case, "plain", replace(WITH_C2S, name_others=True))
    listed = {str(ip_address(line.split()[0])) for line in lines}
    assert (bool(listed), listed & others) == (True, set())
