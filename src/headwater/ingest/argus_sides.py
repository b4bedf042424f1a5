"""What did each side of an Argus record send, and was it answered?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.delimited import Lines

Bools = npt.NDArray[np.bool_]

# ra(1), "state": the TCP flags of the source, "_", those of the destination. E is ECE, C is CWR.
_FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128}
_FIN, _SYN, _RST, _PSH, _TCP = 1, 2, 4, 8, 6
_ASKING = (
    _TCP,
    17,
    33,
    132,
    136,
)  # TCP, UDP, DCCP, SCTP, UDP-Lite: a packet of one side alone went unanswered
_BOTH_FLAGS = r"^(?P<src>[FSRPAUEC]*)_(?P<dst>[FSRPAUEC]*)$"
# The states (ra(1)) that say that both sides spoke, and that only one did, where no counter does.
_SPOKE_BOTH = frozenset({"CON", "EST", "ACC", "FIN", "CLO"})
_SPOKE_ONE = frozenset({"INT", "REQ"})


@dataclass(frozen=True, slots=True)
class Sides:
    """What the two sides of each record sent; all of shape (records,).

    Attributes:
        src_packets, src_bytes, dst_packets, dst_bytes: Arrow int64, null where a share is not known.
        src_sent, dst_sent: whether the side sent anything.
        src_state, dst_state: the side's TCP flags in Argus's letters, null where State holds none.
        dst_opened: whether the arrow points from the destination alone (`<-`, `<?`).
        told: False where the record does not say whether both sides sent, or one alone did and its
            protocol may ask for no answer (ICMP errors, IGMP).
    """

    src_packets: pa.Array
    src_bytes: pa.Array
    dst_packets: pa.Array
    dst_bytes: pa.Array
    src_sent: Bools
    dst_sent: Bools
    src_state: pa.Array
    dst_state: pa.Array
    dst_opened: Bools
    told: Bools


def sides_of(found: Lines, proto: npt.NDArray[np.int16]) -> Sides:
    """What each side of each record sent.

    Args:
        found: columns of `ra`, of which SrcBytes, DstBytes, TotBytes, SrcPkts, DstPkts, TotPkts, State and
            Dir are used where they are printed.
        proto: protocol numbers, shape (records,).

    Returns:
        Counters and flags by side.
    """
    src_bytes, dst_bytes, all_bytes = _split(found, "Bytes")
    src_packets, dst_packets, all_packets = _split(found, "Pkts")
    arrow = _text(found, "Dir")
    flags = pc.extract_regex(_text(found, "State"), _BOTH_FLAGS)
    tcp = pa.array(proto == _TCP)
    src_state, dst_state = (
        pc.if_else(tcp, pc.struct_field(flags, side), pa.scalar(None, pa.string())) for side in ("src", "dst")
    )
    from_dst = np.asarray(pc.match_substring_regex(arrow, r"^<[^>]*$"))
    src_sent, told = _sent(src_bytes, src_packets, src_state)
    dst_sent, dst_told = _sent(dst_bytes, dst_packets, dst_state)
    told &= dst_told
    guess_src, guess_dst = _guess(found, arrow, from_dst)
    some = np.asarray(pc.fill_null(pc.not_equal(all_packets, 0), True)) & np.asarray(
        pc.fill_null(pc.not_equal(all_bytes, 0), True)
    )
    src_sent, dst_sent = (
        np.where(told, src_sent, guess_src & some),
        np.where(told, dst_sent, guess_dst & some),
    )
    told |= np.asarray(pc.is_in(_text(found, "State"), pa.array(sorted(_SPOKE_BOTH | _SPOKE_ONE))))
    asks = np.isin(proto, _ASKING) | np.asarray(pc.equal(_text(found, "State"), "ECO"))
    told &= asks | (src_sent & dst_sent)
    src_bytes, dst_bytes = _shares(src_bytes, dst_bytes, all_bytes, src_sent, dst_sent)
    src_packets, dst_packets = _shares(src_packets, dst_packets, all_packets, src_sent, dst_sent)
    one_each = pa.array(src_sent & dst_sent & np.asarray(pc.fill_null(pc.equal(all_packets, 2), False)))
    src_packets, dst_packets = (
        pc.if_else(pc.and_(one_each, pc.is_null(packets)), pa.scalar(1, pa.int64()), packets)
        for packets in (src_packets, dst_packets)
    )
    return Sides(
        src_packets, src_bytes, dst_packets, dst_bytes, src_sent, dst_sent, src_state, dst_state, from_dst,
        told,
    )  # fmt: skip


def tcp_flags(state: pa.Array, proto: npt.NDArray[np.int16]) -> pa.Array:
    """FLOW's tcp_flags of one side: Arrow int16, null where it is not TCP or State holds no flags."""
    coded = state.dictionary_encode()
    known = [sum(_FLAGS[letter] for letter in set(text)) for text in coded.dictionary.to_pylist()]
    flags = pa.array(known, pa.int16()).take(coded.indices)
    return pc.if_else(pa.array(proto == _TCP), flags, pa.scalar(None, pa.int16()))


def answered(sides: Sides, proto: npt.NDArray[np.int16]) -> pa.Array:
    """FLOW's answered: both sides sent, and for TCP the other side did more than refuse (RST, no SYN).

    Returns:
        Arrow bool; null where the record does not say whether both sides sent.
    """
    both = sides.src_sent & sides.dst_sent
    other = pc.if_else(pa.array(sides.dst_opened), sides.src_state, sides.dst_state)
    opener = pc.if_else(pa.array(sides.dst_opened), sides.dst_state, sides.src_state)
    reply = np.asarray(pc.fill_null(tcp_flags(other, proto), 0))
    first = np.asarray(pc.fill_null(tcp_flags(opener, proto), 0))
    # only where the opener's SYN was seen: in the middle of a connection a lone RST ends a real exchange
    refused = (reply & (_FIN | _SYN | _RST | _PSH) == _RST) & (first & _SYN != 0)
    return pa.array(both & ~refused, mask=~sides.told)


def _text(found: Lines, name: str) -> pa.Array:
    return found.columns[name] if name in found.columns else pa.array([""] * len(found), pa.string())


def _number(found: Lines, name: str) -> pa.Array:
    texts = _text(found, name)
    plain = pc.match_substring_regex(texts, r"^\d{1,18}$")
    return pc.if_else(plain, texts, pa.scalar(None, pa.string())).cast(pa.int64())


def _split(found: Lines, unit: str) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Source's, destination's and total count; null where neither printed nor the others' difference."""
    src, dst, total = (_number(found, side + unit) for side in ("Src", "Dst", "Tot"))
    return (
        pc.coalesce(src, _difference(total, dst)),
        pc.coalesce(dst, _difference(total, src)),
        pc.coalesce(total, pc.add(src, dst)),
    )


def _difference(total: pa.Array, part: pa.Array) -> pa.Array:
    rest = pc.subtract(total, part)
    return pc.if_else(pc.less(rest, 0), pa.scalar(None, pa.int64()), rest)


def _sent(octets: pa.Array, packets: pa.Array, state: pa.Array) -> tuple[Bools, Bools]:
    """Whether a side sent anything, and whether that is known."""
    more = pc.or_kleene(pc.greater(octets, 0), pc.greater(packets, 0))
    more = pc.coalesce(more, pc.greater(octets, 0), pc.greater(packets, 0), pc.not_equal(state, ""))
    return np.asarray(pc.fill_null(more, False)), np.asarray(pc.is_valid(more))


def _guess(found: Lines, arrow: pa.Array, from_dst: Bools) -> tuple[Bools, Bools]:
    """Who sent, by the arrow and State alone: `<->` and states such as CON say both."""
    both = np.asarray(pc.match_substring_regex(arrow, "^<.*>$"))
    both |= np.asarray(pc.is_in(_text(found, "State"), pa.array(sorted(_SPOKE_BOTH))))
    return ~from_dst | both, from_dst | both


def _shares(
    src: pa.Array, dst: pa.Array, total: pa.Array, src_sent: Bools, dst_sent: Bools
) -> tuple[pa.Array, pa.Array]:
    """The sides' counts, with the total given to the only side that sent."""
    only_src, only_dst = pa.array(src_sent & ~dst_sent), pa.array(dst_sent & ~src_sent)
    return (
        pc.coalesce(src, pc.if_else(only_src, total, pa.scalar(None, pa.int64()))),
        pc.coalesce(dst, pc.if_else(only_dst, total, pa.scalar(None, pa.int64()))),
    )
