"""Packets and packet captures, byte by byte, for tests that run real meters over them."""

import struct
from ipaddress import IPv6Address, ip_address

BEGIN_S = 1_600_000_000
SYN, SYN_ACK, ACK, PSH_ACK = 0x02, 0x12, 0x10, 0x18
UDP, TCP, ICMP = 17, 6, 1


def packet(src: str, dst: str, proto: int, payload: bytes) -> bytes:
    """An Ethernet frame with an IP packet (RFC 791, RFC 8200); checksums are left 0, nfpcapd reads none."""
    one, other = ip_address(src).packed, ip_address(dst).packed
    if isinstance(ip_address(src), IPv6Address):
        header = struct.pack(">IHBB", 6 << 28, len(payload), proto, 64) + one + other
        return bytes(12) + b"\x86\xdd" + header + payload
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, proto, 0) + one + other
    return bytes(12) + b"\x08\x00" + header + payload


def tcp(src_port: int, dst_port: int, flags: int, data: bytes = b"") -> bytes:
    """A TCP segment (RFC 9293)."""
    return struct.pack(">HHIIBBHHH", src_port, dst_port, 1, 1, 0x50, flags, 1000, 0, 0) + data


def udp(src_port: int, dst_port: int, data: bytes) -> bytes:
    """A UDP datagram (RFC 768)."""
    return struct.pack(">HHHH", src_port, dst_port, 8 + len(data), 0) + data


def pcap_of(packets: list[tuple[float, bytes]], *, order: str = "<") -> bytes:
    """A pcap file of Ethernet frames (draft-ietf-opsawg-pcap)."""
    out = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for after_s, frame in packets:
        seconds, micros = divmod(round((BEGIN_S + after_s) * 1_000_000), 1_000_000)
        out += struct.pack(order + "IIII", seconds, micros, len(frame), len(frame)) + frame
    return out


def pcapng_of(packets: list[tuple[float, bytes]]) -> bytes:
    """The same as pcapng: section header, interface, enhanced packets (draft-ietf-opsawg-pcapng)."""
    out = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    out += struct.pack("<IIHHII", 1, 20, 1, 0, 65535, 20)
    for after_s, frame in packets:
        micros = round((BEGIN_S + after_s) * 1_000_000)
        padded = frame + bytes(-len(frame) % 4)
        size = 32 + len(padded)
        out += struct.pack("<IIIIIII", 6, size, 0, micros >> 32, micros & 0xFFFFFFFF, len(frame), len(frame))
        out += padded + struct.pack("<I", size)
    return out
