"""What did exporters do while a file was written? What the tap reports, kept until the file is stored.

Reports come each second, files close each interval, and packets reach the tap and the collector not quite at
the same moment: what changes within MARGIN_S of a file's beginning or end counts as having changed in it.
"""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from headwater.exporters.exporter import SEVERAL
from headwater.exporters.sequence import Counts
from headwater.ingest.nfcapd_exporters import UNHEARD

MARGIN_S = 1.0
_REPORTS, _PERIODS, _EXPORTERS = 1_000, 64, 8_192  # kept; a lake that cannot be written makes files wait

Key = tuple[str, str, int]  # listener, sensor, version


@dataclass(slots=True)
class Found(Counts):
    """What one exporter did in some time: the numbers of its sequence, and more.

    `lost` is in packets of version 9, else in flows; below 0 where what was lost in a time before came late.

    Attributes:
        packets: that came.
        undecoded: data sets whose template was not known.
        unknown: those templates that were still unknown at the end.
        pending: whether, at the end, its next packet was to tell if it had restarted.
    """

    packets: int = 0
    undecoded: int = 0
    unknown: tuple[int, ...] = ()
    pending: bool = False

    def plus(self, other: "Found") -> "Found":
        """Both together; what holds at the end is what the later packets say."""
        numbers = {name: getattr(self, name) + getattr(other, name) for name in _NUMBERS}
        unknown = other.unknown if other.packets else self.unknown
        return Found(**numbers, unknown=unknown, pending=other.pending)


_NUMBERS = tuple(each.name for each in fields(Found) if each.name not in {"unknown", "pending"})


@dataclass(slots=True)
class _Period:
    """From when until when flows came under one sampling: N, SEVERAL, or None for none announced."""

    start_s: float
    end_s: float | None
    sampling: int | None


@dataclass(slots=True)
class Findings:
    """What the tap has reported. One thread gives, others take.

    Attributes:
        since_s: when the tap began to listen; None while there is none.
        lost: datagrams that it lost itself, by listener.
        blind_to_templates: listeners whose collector may know templates that the tap does not.
    """

    since_s: float | None = None
    lost: dict[str, int] = field(default_factory=dict)
    blind_to_templates: set[str] = field(default_factory=set)
    _until_s: float = 0.0
    _reports: dict[Key, deque[tuple[float, Found]]] = field(default_factory=dict)
    _periods: dict[Key, list[_Period]] = field(default_factory=dict)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def begin(self, now_s: float) -> None:
        """A tap begins to listen."""
        with self._news:
            self.since_s = self.since_s or now_s
            self._until_s = now_s

    def end(self, *, in_order: bool) -> None:
        """It ended; where it died, what it knew of samplings may be wrong from here on."""
        with self._news:
            for periods in self._periods.values():
                if not in_order and periods[-1].sampling is not None:
                    _change(periods, self._until_s, self._until_s, None)
            self._until_s = float("inf")
            self._news.notify_all()

    def take(self, report: Mapping[str, Any], listeners: list[str]) -> None:  # Any: what JSON can say
        """Takes a report of the tap whose ports are these listeners."""
        with self._news:
            for said in report["exporters"]:
                domain = f"/{said['domain']}" if said["domain"] else ""
                key = (listeners[said["port"]], said["address"] + domain, said["version"])
                self._keep(key, report["at"], said)
            for port, count in report["lost"].items():
                self.lost[listeners[int(port)]] = count
            self._until_s = report["at"]
            self._news.notify_all()

    def wait(self, until_s: float, *, patience_s: float) -> None:
        """Waits until the tap has reported on everything until then, but not forever."""
        with self._news:
            self._news.wait_for(lambda: self.since_s is None or self._until_s >= until_s, patience_s)

    def taken(self, key: Key, until_s: float) -> Found | None:
        """What an exporter did until then that nobody has asked for; None where the tap does not know it."""
        with self._news:
            reports = self._reports.get(key)
            if reports is None:
                return None
            found = Found()
            while reports and reports[0][0] <= until_s:
                found = found.plus(reports.popleft()[1])
            return found

    def sampling_now(self, key: Key) -> int | None:
        """N that it announces, SEVERAL, or None."""
        with self._news:
            return self._periods[key][-1].sampling if key in self._periods else None

    def sampling_in(self, listener: str, start_s: float, end_s: float) -> dict[str, int | None]:
        """Under which sampling flows came between two moments.

        Args:
            listener: where.
            start_s: the first moment.
            end_s: the last one.

        Returns:
            By sensor, of all that sent flows: N; UNHEARD where nothing was announced for all or some of them;
            None where samplers or moments do not agree.
        """
        with self._news:
            values: dict[str, set[int | None]] = {}
            for (where, sensor, _), periods in self._periods.items():
                if where == listener:
                    values.setdefault(sensor, set()).update(
                        period.sampling for period in periods if _meets(period, start_s, end_s)
                    )
        return {sensor: _only(each) for sensor, each in values.items() if each}

    def _keep(self, key: Key, at_s: float, said: Mapping[str, Any]) -> None:  # Any: as above
        found = Found(
            **{name: said[name] for name in _NUMBERS}, unknown=tuple(said["unknown"]), pending=said["pending"]
        )
        if key[0] in self.blind_to_templates:
            found = replace(found, undecoded=0, unknown=())
        reports = self._reports.pop(key, None)
        if reports is None and len(self._reports) >= _EXPORTERS:
            silent = next(iter(self._reports))
            del self._reports[silent], self._periods[silent]
        reports = self._reports[key] = reports or deque()  # at the end: who is silent longest stands first
        if len(reports) >= _REPORTS:
            found = reports.pop()[1].plus(found)
        reports.append((at_s, found))
        periods = self._periods.setdefault(key, [_Period(self.since_s or 0.0, None, None)])
        for change_s, data_s, sampling in said["sampling"]:
            _change(periods, change_s, data_s, sampling)


def _change(periods: list[_Period], at_s: float, data_s: float | None, sampling: int | None) -> None:
    """Ends the last period where its last flows came, or takes it away if none came; begins another."""
    last = periods[-1]
    if data_s is None or data_s < last.start_s:
        periods.pop()
    else:
        last.end_s = min(data_s, at_s)
    periods.append(_Period(at_s, None, sampling))
    if len(periods) > _PERIODS:
        periods[:2] = [_Period(periods[0].start_s, periods[1].end_s, SEVERAL)]


def _meets(period: _Period, start_s: float, end_s: float) -> bool:
    return period.start_s <= end_s + MARGIN_S and (
        period.end_s is None or period.end_s >= start_s - MARGIN_S
    )  # fmt: skip


def _only(values: set[int | None]) -> int | None:
    """What holds where these do: one N; UNHEARD where one came after none; None where they do not agree."""
    known = values - {None}
    if len(known) > 1 or SEVERAL in known:
        return None
    return UNHEARD if None in values else known.pop()
