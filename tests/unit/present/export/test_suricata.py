"""Tests of headwater.present.export.suricata.

Debian 12 has no package of Suricata; where the program is there, it judges too.
"""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from case_samples import dridex_case, hostile_case
from headwater.errors import BadSetting
from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.present.export.settings import ExportSettings, ListSettings, Pap, SidRange
from headwater.present.export.suricata import message, suricata
from hostile_texts import HOSTILE
from unit.present.export.rule_grammar import parsed

SETTINGS = ExportSettings()
FULL = ExportSettings(with_c2s=True, reference="https://reports.example/case/7")
THEN = ListSettings(at=datetime(2020, 3, 1, tzinfo=UTC))


def _rules(case: Case, settings: ExportSettings = SETTINGS, rules: ListSettings = THEN) -> list[str]:
    text = suricata(case, settings=settings, rules=rules).text
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_the_rule_of_the_case() -> None:
    """One rule: from the home network to address and port, with dates, marking and reference."""
    (rule,) = _rules(dridex_case(), replace(FULL, with_c2s=False))
    parts = parsed(rule)
    assert (parts["target"], parts["target_port"], parts["flow"]) == ("203.0.113.77", "38400", "to_server")
    assert parts["metadata"] == "created_at 2020_01_01, valid_until 2020_09_11, tlp amber, role upstream"
    assert parts["reference"] == "url,reports.example/case/7"


@pytest.mark.parametrize("case", [dridex_case(), hostile_case()], ids=["dridex", "hostile"])
def test_every_rule_is_one(case: Case) -> None:
    """22 rules by the user guide's grammar, each with a signature id of its own in the range."""
    found = [parsed(line) for line in _rules(case, FULL)]
    sids = {int(one["sid"]) for one in found}
    assert (len(found), len(sids)) == (22, 22)
    assert (min(sids) >= 1_700_000, max(sids) <= 1_799_999) == (True, True)


@pytest.mark.skipif(shutil.which("suricata") is None, reason="the program suricata is not installed")
def test_suricata_takes_the_rules(tmp_path: Path) -> None:
    """`suricata -T` loads the file without complaint."""
    file = tmp_path / "case.rules"
    file.write_text(suricata(hostile_case(), settings=FULL, rules=THEN).text, encoding="ascii")
    done = subprocess.run(
        ["suricata", "-T", "-S", file, "-l", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "line",
    [
        'alert tcp $HOME_NET any -> 192.0.2.1 80 (msg:"a"; sid:1; rev:1)',
        'alert tcp $HOME_NET any -> 192.0.2.1 80 (msg:"a";b"; sid:1; rev:1;)',
        'alert tcp $HOME_NET any -> nowhere 80 (msg:"a"; sid:1; rev:1;)',
        'alert tcp $HOME_NET any -> 192.0.2.1 80 (msg:"a"; content:"x"; sid:1; rev:1;)',
    ],
)
def test_the_grammar_refuses_what_is_no_rule(line: str) -> None:
    """No last semicolon, a text that breaks out, no address, an option that we never write."""
    with pytest.raises(ValueError):  # noqa: PT011  # whichever part is wrong
        parsed(line)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_cannot_break_out(text: str) -> None:
    """Each text of the corpus stays inside its quotes."""
    line = f'alert ip $HOME_NET any -> 192.0.2.1 any (msg:"{message(text)}"; sid:1; rev:1;)'
    assert parsed(line)["msg"] == f'"{message(text)}"'


def test_message_escapes_what_the_format_reserves() -> None:
    """Semicolon, quote and backslash; what is not plain ASCII is written over."""
    assert message('a;b"c\\d\u202e\n') == 'a\\;b\\"c\\\\d__'


def test_ids_stay_the_same_when_others_come_and_go() -> None:
    """The service's rule keeps its number, with C2s and without."""
    alone = parsed(_rules(dridex_case())[0])["sid"]
    among = parsed(_rules(dridex_case(), FULL)[0])["sid"]
    assert alone == among


def test_the_range_is_the_users() -> None:
    """22 rules fit into 22 numbers and not into 21."""
    tight = replace(THEN, sids=SidRange(5001, 5022))
    found = sorted(int(parsed(line)["sid"]) for line in _rules(dridex_case(), FULL, tight))
    assert found == list(range(5001, 5023))
    with pytest.raises(BadSetting, match="--sids"):
        suricata(dridex_case(), settings=FULL, rules=replace(THEN, sids=SidRange(5001, 5021)))


def test_what_has_expired_stays_out() -> None:
    """On 11 September 2020 the rule still holds, a day later it does not, and the remark says so."""
    days = [datetime(2020, 9, number, tzinfo=UTC) for number in (11, 12)]
    found = [suricata(dridex_case(), settings=SETTINGS, rules=ListSettings(at=day)) for day in days]
    assert ["\nalert " in one.text for one in found] == [True, False]
    assert "1 of 1 indicators had expired on 2020-09-12" in found[1].remarks[-1]


@pytest.mark.parametrize("verdict", ["insufficient", "third-party", "chance", "observer", "sinkhole"])
def test_an_unsupported_verdict_gives_no_rule(verdict: str) -> None:
    """The document says why it is empty."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict=verdict))
    text = suricata(case, settings=SETTINGS, rules=THEN).text
    assert ("\nalert " in text, f"# no indicator for {case.service}" in text) == (False, True)


def test_a_host_that_connects_is_the_source() -> None:
    """In client role the rule looks at what the host sends to the home network, on any port."""
    case = replace(dridex_case(), role=PeerRole.CLIENT)
    parts = parsed(_rules(case, replace(SETTINGS, access_node=True))[0])
    assert (parts["source"], parts["source_port"], parts["target"]) == ("203.0.113.77", "any", "$HOME_NET")


def test_dropping_needs_a_pap_that_allows_it() -> None:
    """PAP:AMBER forbids to block; PAP:GREEN does not, and a rule that drops has no threshold."""
    drop = replace(THEN, action="drop")
    with pytest.raises(BadSetting, match="PAP:AMBER forbids"):
        suricata(dridex_case(), settings=replace(SETTINGS, pap=Pap.AMBER), rules=drop)
    parts = parsed(_rules(dridex_case(), rules=drop)[0])
    assert (parts["action"], "threshold" in parts) == ("drop", False)
