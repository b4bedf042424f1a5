"""What does `collect` listen on, and how does it keep what it hears? From options or a TOML file."""

import ipaddress
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from headwater.errors import BadSetting

Kind = Literal["netflow", "sflow"]
LOOPBACK = "127.0.0.1"
NETFLOW_PORT, SFLOW_PORT = 9995, 6343  # nfcapd's default; sFlow's by IANA
_INTERVAL_S = (2, 3600)  # nfcapd rotates no faster; slower than hourly nobody would see what comes
_SAMPLING_MAX = 2**31 - 1  # FLOW's column is a signed 32-bit integer


@dataclass(frozen=True, slots=True)
class Listener:
    """One port to listen on.

    Attributes:
        kind: netflow (NetFlow v1, v5, v7, v9 and IPFIX, through nfcapd) or sflow (through sfcapd).
        port: UDP port.
        address: of the interface to listen on; 0.0.0.0 or :: for all of them, which must be asked for.
        sampling: N of 1:N where exporters announce none; None: unknown.
    """

    kind: Kind = "netflow"
    port: int = NETFLOW_PORT
    address: str = LOOPBACK
    sampling: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in {"netflow", "sflow"}:
            raise BadSetting(f"kind {self.kind!r}: is neither netflow nor sflow")
        if not _whole(self.port) or not 1 <= self.port <= 65535:
            raise BadSetting(f"port {self.port!r}: a UDP port is a whole number from 1 to 65535")
        try:
            ipaddress.ip_address(self.address)
        except ValueError:
            raise BadSetting(
                f"address {self.address!r}: is no IP address; give that of an interface of this machine, "
                "such as 127.0.0.1, or 0.0.0.0 for all"
            ) from None
        if self.sampling is not None and (
            not _whole(self.sampling) or not 1 <= self.sampling <= _SAMPLING_MAX
        ):
            raise BadSetting(
                f"sampling {self.sampling!r}: give the N of 1:N sampling, a whole number from 1 up"
            )

    @property
    def name(self) -> str:
        """`netflow 127.0.0.1:9995`, for people."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.kind} {host}:{self.port}"

    @property
    def folder(self) -> str:
        """A name for folders and files: `netflow-127.0.0.1-9995`."""
        return f"{self.kind}-{self.address.replace(':', '_')}-{self.port}"


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """How `collect` works.

    Attributes:
        listeners: what to listen on.
        spool: folder for the collectors' files; None: `spool` in the lake's folder.
        interval_s: a file is closed and stored every so many seconds; flows are as old when a hunt sees them.
        keep_days: how long stored files are kept in the spool's folder `done`; 0 deletes them at once.
        buffer_bytes: socket buffer of each collector. It must hold what arrives while the collector waits for
            a core; the kernel grants at most net.core.rmem_max.
        compress: whether spool files are compressed (LZ4).
    """

    listeners: tuple[Listener, ...] = field(default_factory=lambda: (Listener(),))
    spool: Path | None = None
    interval_s: int = 60
    keep_days: int = 1
    buffer_bytes: int = 4 << 20
    compress: bool = True

    def __post_init__(self) -> None:
        low, high = _INTERVAL_S
        if not _whole(self.interval_s) or not low <= self.interval_s <= high:
            raise BadSetting(f"interval {self.interval_s!r}: give whole seconds from {low} to {high}")
        if not _whole(self.keep_days) or self.keep_days < 0:
            raise BadSetting(f"keep {self.keep_days!r}: give whole days, 0 to delete stored files at once")
        if not _whole(self.buffer_bytes) or self.buffer_bytes < 1 << 16:
            raise BadSetting(f"buffer {self.buffer_bytes!r}: give bytes, at least 65536 (one datagram)")
        if not isinstance(self.compress, bool):
            raise BadSetting(f"compress {self.compress!r}: is neither true nor false")
        if not self.listeners:
            raise BadSetting("nothing to listen on: give a port with --netflow or --sflow")
        ports = [(one.port, one.address) for one in self.listeners]
        if twice := next((one for one in self.listeners if ports.count((one.port, one.address)) > 1), None):
            raise BadSetting(f"{twice.name}: is there twice; each port has one collector")


_KEYS = {"spool": "spool", "interval": "interval_s", "keep": "keep_days", "buffer": "buffer_bytes",
         "compress": "compress"}  # fmt: skip


def settings_from(path: Path) -> CollectSettings:
    """The settings in a TOML file, as docs/reference/collect.md describes it.

    Raises:
        BadSetting: the file cannot be read, is no TOML, or says something unknown or impossible.
    """
    try:
        with path.open("rb") as stream:
            written = tomllib.load(stream)
    except OSError as why:
        raise BadSetting(f"--config {path}: {why.strerror}; check the name and your permissions") from None
    except ValueError as why:  # no TOML, or no UTF-8
        raise BadSetting(f"--config {path}: is no TOML ({why})") from None
    try:
        return _settings(written)
    except BadSetting as why:
        raise BadSetting(f"--config {path}: {why}") from None


def _settings(written: dict[str, Any]) -> CollectSettings:  # Any: what TOML can say
    listed = written.pop("listen", None)
    _known(written, set(_KEYS))
    chosen = {_KEYS[name]: value for name, value in written.items()}
    if "spool" in chosen:
        if not isinstance(chosen["spool"], str):
            raise BadSetting(f"spool {chosen['spool']!r}: is no text; name a folder")
        chosen["spool"] = Path(chosen["spool"])
    if listed is None:
        return CollectSettings(**chosen)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadSetting("listen: write each port as a table [[listen]]")
    for one in listed:
        _known(one, {each.name for each in fields(Listener)})
        if not isinstance(one.get("address", ""), str):
            raise BadSetting(f"address {one['address']!r}: is no text; write it in quotes")
        if one.get("kind") == "sflow":
            one.setdefault("port", SFLOW_PORT)
    return CollectSettings(listeners=tuple(Listener(**one) for one in listed), **chosen)


def _known(written: dict[str, Any], names: set[str]) -> None:  # Any: as in _settings
    if unknown := sorted(set(written) - names):
        raise BadSetting(f"{unknown[0]}: is no setting; there are: {', '.join(sorted(names))}")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
