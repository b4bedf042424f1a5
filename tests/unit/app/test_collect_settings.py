from pathlib import Path

import pytest

from headwater.app.collect_settings import CollectSettings, Listener, settings_from
from headwater.errors import BadSetting

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference"


def _written(folder: Path, text: str) -> Path:
    path = folder / "collect.toml"
    path.write_text(text)
    return path


def test_nothing_said_is_nfcapd_s_port_on_loopback() -> None:
    """Who listens on more than this machine must ask for it."""
    assert CollectSettings().listeners == (Listener("netflow", 9995, "127.0.0.1", None),)


def test_a_file_says_all_there_is(tmp_path: Path) -> None:
    """Each key reaches its setting; sFlow's port is 6343 unless given."""
    path = _written(
        tmp_path,
        'interval = 30\nkeep = 7\nbuffer = 1000000\ncompress = false\nspool = "/var/spool/headwater"\n'
        '[[listen]]\nkind = "netflow"\nport = 2055\naddress = "0.0.0.0"\nsampling = 1000\n'
        '[[listen]]\nkind = "sflow"\naddress = "::1"\n',
    )
    assert settings_from(path) == CollectSettings(
        (Listener("netflow", 2055, "0.0.0.0", 1000), Listener("sflow", 6343, "::1")),  # noqa: S104  # asked for
        Path("/var/spool/headwater"), 30, 7, 1_000_000, compress=False,
    )  # fmt: skip


def test_the_file_in_the_docs_is_the_defaults(tmp_path: Path) -> None:
    """The commented example can be used as it stands, and says what happens without it."""
    page = (DOCS / "collect.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert settings_from(_written(tmp_path, example)) == CollectSettings()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("intervall = 5", "intervall: is no setting; there are: buffer"),
        ("interval = 1", "interval 1: give whole seconds from 2 to 3600"),
        ("interval = true", "interval True: give whole seconds"),
        ("keep = -1", "keep -1: give whole days"),
        ("buffer = 10", "buffer 10: give bytes"),
        ("compress = 1", "compress 1: is neither true nor false"),
        ("spool = 5", "spool 5: is no text"),
        ("listen = 5", r"listen: write each port as a table \[\[listen\]\]"),
        ("listen = []", "nothing to listen on"),
        ('[[listen]]\nkind = "ipfix"', "kind 'ipfix': is neither netflow nor sflow"),
        ("[[listen]]\nport = 70000", "port 70000: a UDP port"),
        ('[[listen]]\nport = "9995"', "port '9995': a UDP port"),
        ('[[listen]]\naddress = "localhost"', "address 'localhost': is no IP address"),
        ("[[listen]]\naddress = 5", "address 5: is no text"),
        ("[[listen]]\nsampling = 0", "sampling 0: give the N"),
        ("[[listen]]\nport = 2055\n[[listen]]\nport = 2055", "netflow 127.0.0.1:2055: is there twice"),
        ("[[listen", "is no TOML"),
    ],
)
def test_what_is_impossible_is_named(tmp_path: Path, text: str, why: str) -> None:
    """File, setting and remedy."""
    with pytest.raises(BadSetting, match=rf"^--config .*collect\.toml: {why}"):
        settings_from(_written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With what to check."""
    with pytest.raises(BadSetting, match=r"nothing\.toml: No such file"):
        settings_from(tmp_path / "nothing.toml")


def test_names_of_listeners() -> None:
    """IPv6 stands in brackets for people and without colons in file names."""
    one = Listener("sflow", 6343, "2001:db8::1")
    assert (one.name, one.folder) == ("sflow [2001:db8::1]:6343", "sflow-2001_db8__1-6343")
