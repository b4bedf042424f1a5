"""`headwater export`, as an analyst runs it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from case_samples import dridex_case, hostile_case
from headwater.app.case_files import write_case
from headwater.cli.main import app
from headwater.errors import BadSetting, HeadwaterError
from headwater.model.candidate import PeerRole

THEN = ("--at", "2020-09-01")


class Ran:
    """What a run of the command gave: exit code, stdout, stderr."""

    def __init__(self, *words: str) -> None:
        done = CliRunner().invoke(app, ["export", *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.code, self.out, self.err = done.exit_code, done.stdout, done.stderr


@pytest.fixture
def case(tmp_path: Path) -> str:
    """The folder of the case of 21 C2s."""
    return str(write_case(dridex_case(), tmp_path / "case").parent)


@pytest.mark.parametrize(
    ("to", "begins"),
    [
        ("stix", '{\n  "type": "bundle"'),
        ("stix-opencti", '{\n  "type": "bundle"'),
        ("misp", '{\n  "Event"'),
        ("csv", "address,port,proto,role"),
        ("suricata", "# headwater: case about 203.0.113.77:38400/tcp"),
        ("blocklist", "# headwater: case about 203.0.113.77:38400/tcp"),
    ],
)
def test_each_format_goes_to_stdout(case: str, to: str, begins: str) -> None:
    """Stdout holds the document alone; what was left out is said on stderr."""
    ran = Ran(case, "--to", to, *THEN)
    assert (ran.code, ran.out[: len(begins)]) == (0, begins)
    assert "left out because marked above TLP:AMBER: 1 claim" in ran.err
    assert "headwater: left out" not in ran.out


def test_output_goes_to_a_file(case: str, tmp_path: Path) -> None:
    """Nothing on stdout, the document in the file."""
    file = tmp_path / "event.json"
    ran = Ran(case, "--to", "misp", "--output", str(file))
    assert (ran.code, ran.out, list(json.loads(file.read_text()))) == (0, "", ["Event"])


def test_quiet_says_nothing_beside(case: str) -> None:
    """--quiet silences the remarks, not the document."""
    ran = Ran(case, "--to", "csv", "--quiet")
    assert (ran.err, ran.out != "") == ("", True)


def test_an_unsupported_verdict_is_no_failure(tmp_path: Path) -> None:
    """Exit code 0, an empty list, and a remark that says why."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict="insufficient"))
    folder = write_case(case, tmp_path / "case").parent
    ran = Ran(str(folder), "--to", "blocklist", *THEN)
    assert (ran.code, "the data carry no verdict" in ran.err) == (0, True)
    assert [line for line in ran.out.splitlines() if not line.startswith("#")] == []


def test_hostile_remarks_reach_the_terminal_as_text(tmp_path: Path) -> None:
    """Neither escape sequence nor markup."""
    folder = write_case(hostile_case(), tmp_path / "case").parent
    ran = Ran(str(folder), "--to", "csv")
    assert ("\x1b" in ran.out + ran.err, ran.code) == (False, 0)


def test_an_access_node_is_refused_unless_asked_for(tmp_path: Path) -> None:
    """The message names the option."""
    folder = write_case(replace(dridex_case(), role=PeerRole.CLIENT), tmp_path / "case").parent
    with pytest.raises(BadSetting, match="--access-node"):
        Ran(str(folder), "--to", "csv")
    assert Ran(str(folder), "--to", "csv", "--access-node").code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--to", "yara"), "--to yara"),
        (("--to", "csv", "--tlp", "purple"), "--tlp: unknown TLP"),
        (("--to", "csv", "--pap", "blue"), "--pap blue"),
        (("--to", "csv", "--valid-for", "-1"), "--valid-for -1"),
        (("--to", "suricata", "--sids", "9-3"), "--sids 9-3"),
        (("--to", "suricata", "--sids", "1-99999999999"), "--sids 1-99999999999"),
        (("--to", "suricata", "--action", "reject"), "--action reject"),
        (("--to", "blocklist", "--form", "rpz"), "--form rpz"),
        (("--to", "blocklist", "--pap", "amber"), "forbids to block"),
        (("--to", "blocklist", "--at", "soon"), "--at"),
        (("--to", "stix", "--producer", " "), "--producer"),
        (("--to", "stix", "--reference", "nowhere"), "--reference"),
    ],
)
def test_wrong_use_says_what_is_wrong(case: str, words: tuple[str, ...], why: str) -> None:
    """Each option that says something impossible is named."""
    with pytest.raises(HeadwaterError, match=why):
        Ran(case, *words)


def test_tlp_of_old_and_new(case: str) -> None:
    """TLP:WHITE of version 1 is CLEAR; under it all listed C2s (AMBER) stay out."""
    ran = Ran(case, "--to", "csv", "--tlp", "TLP:WHITE")
    assert ("198.18." in ran.out, "TLP:CLEAR: 21 listed C2s" in ran.err) == (False, True)
