"""Which C2s are no independent witnesses? Those of one /24 (IPv4) or /64 (IPv6) are rented together."""

from ipaddress import IPv4Address, ip_address

import numpy as np

from headwater.investigate.measurements import Int64s, Listed


def block_of(address: str) -> str:
    """The /24 or /64 of an address, as text; IPv4 inside IPv6 is taken for IPv4."""
    parsed = ip_address(address)
    inner = parsed if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped
    if inner is not None:
        return f"v4/{int(inner) >> 8}"
    return f"v6/{int(parsed) >> 64}"


def blocks(listed: Listed, rows: Int64s) -> int:
    """How many different blocks some listed C2s lie in."""
    hi, lo = listed.hi[rows], listed.lo[rows]
    v4 = (hi == 0) & (lo >> 32 == 0xFFFF)
    return len(np.unique(np.column_stack([hi, np.where(v4, lo >> 8, 0)]), axis=0)) if len(rows) else 0
