"""How does a case leave as a list of addresses to block? In four forms, each entry with its end.

    plain     one address a line, its end and reason behind a `#`
    cidr      the same as prefixes, /32 and /128
    nftables  a file for `nft -f`: two sets with timeouts that count from the moment the list is made for
    ipset     a file for `ipset restore`, likewise

A firewall forgets nftables and ipset entries by itself; the other two need a new list in time.
"""

from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address

from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.present.export.current import current
from headwater.present.export.indicators import Indicator
from headwater.present.export.settings import Exported, ExportSettings, ListSettings

_LONGEST_IPSET_S = 2_147_483  # ipset(8): the largest timeout


def blocklist(case: Case, *, settings: ExportSettings, rules: ListSettings, form: str = "plain") -> Exported:
    """The case as a block list.

    Args:
        case: the case.
        settings: whom it is for.
        rules: the moment it is made for.
        form: "plain", "cidr", "nftables" or "ipset".

    Returns:
        ASCII text; comments alone where nothing may be blocked.

    Raises:
        BadSetting: unknown form, a PAP that forbids to block; and as
            `headwater.present.export.sharing.shareable`.
    """
    if form not in FORMS:
        raise BadSetting(f"--form {form}: there are {', '.join(FORMS)}")
    if not settings.pap.allows_blocking:
        raise BadSetting(f"PAP:{settings.pap.value.upper()} forbids to block; give --pap green or clear")
    found = current(case, settings, at=rules.at)
    head = [f"# {line}" for line in found.head]
    merged = _by_address(found.indicators)
    return Exported("\n".join([*head, *FORMS[form](merged, rules.at)]) + "\n", found.remarks)


def _by_address(found: tuple[Indicator, ...]) -> list[Indicator]:
    """One entry for each address, the one that holds longest."""
    best: dict[str, Indicator] = {}
    for one in sorted(found, key=lambda one: one.until):
        best[one.service.address] = one
    return sorted(
        best.values(),
        key=lambda one: (ip_address(one.service.address).version, ip_address(one.service.address).packed),
    )


def _plain(found: list[Indicator], at: datetime) -> list[str]:  # noqa: ARG001  # one shape for all forms
    return [f"{one.service.address} # {_told(one)}" for one in found]


def _cidr(found: list[Indicator], at: datetime) -> list[str]:  # noqa: ARG001  # as above
    return [f"{one.service.address}/{_bits(one)} # {_told(one)}" for one in found]


def _nftables(found: list[Indicator], at: datetime) -> list[str]:
    lines = [
        "add table inet headwater",
        "add set inet headwater upstream4 { type ipv4_addr; flags timeout; }",
        "add set inet headwater upstream6 { type ipv6_addr; flags timeout; }",
    ]
    for one in found:
        name = "upstream4" if _bits(one) == 32 else "upstream6"
        entry = (
            f'{one.service.address} timeout {_seconds(one, at)}s comment "until {one.until:%Y-%m-%dT%H:%MZ}"'
        )
        lines += [f"# {_told(one)}", f"add element inet headwater {name} {{ {entry} }}"]
    return lines


def _ipset(found: list[Indicator], at: datetime) -> list[str]:
    lines = [
        "create headwater4 hash:ip family inet timeout 0 -exist",
        "create headwater6 hash:ip family inet6 timeout 0 -exist",
    ]
    for one in found:
        name = "headwater4" if _bits(one) == 32 else "headwater6"
        seconds = min(_seconds(one, at), _LONGEST_IPSET_S)
        lines += [f"# {_told(one)}", f"add {name} {one.service.address} timeout {seconds} -exist"]
    return lines


FORMS: dict[str, Callable[[list[Indicator], datetime], list[str]]] = {
    "plain": _plain,
    "cidr": _cidr,
    "nftables": _nftables,
    "ipset": _ipset,
}


def _told(one: Indicator) -> str:
    return f"until {one.until:%Y-%m-%dT%H:%M:%SZ}, {one.role} {one.service}"


def _bits(one: Indicator) -> int:
    return 32 if ip_address(one.service.address).version == 4 else 128


def _seconds(one: Indicator, at: datetime) -> int:
    return max(int((one.until - at).total_seconds()), 1)
