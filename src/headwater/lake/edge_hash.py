"""Which sample does an address pair belong to? A uniform hash of the unordered pair, stored with every flow.

    mix(x)      the finaliser of SplitMix64
    h(address)  mix(mix(hi) + lo)
    edge_hash   the upper 31 bits of mix(mix(min) + max) over the two address hashes as unsigned integers

Both directions of an edge share the value, so `edge_hash < 2^31 / n` samples one pair in n with all its
flows. It is computed once, here, because engines' own hash functions differ and a plain modulus of the
addresses is far from uniform.

Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the
constants of Java's SplittableRandom (David Stafford's variant 13 of MurmurHash3's finaliser).
"""

import numpy as np
import numpy.typing as npt

EDGE_HASH_BITS = 31  # the largest non-negative range of a signed 32-bit column

Signed = npt.NDArray[np.int64]
_Unsigned = npt.NDArray[np.uint64]


def _mix(x: _Unsigned) -> _Unsigned:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _address_hash(hi: Signed, lo: Signed) -> _Unsigned:
    return _mix(_mix(hi.view(np.uint64)) + lo.view(np.uint64))


def edge_hash(*, src_hi: Signed, src_lo: Signed, dst_hi: Signed, dst_lo: Signed) -> npt.NDArray[np.int32]:
    """The edge hash of each pair of addresses.

    Args:
        src_hi: shape (n,), upper halves of one side, as model/address.py.
        src_lo: shape (n,), lower halves of that side.
        dst_hi: shape (n,), upper halves of the other side.
        dst_lo: shape (n,), lower halves of the other side.

    Returns:
        Shape (n,), uniform in [0, 2^31); the same when the sides change places.
    """
    one, other = _address_hash(src_hi, src_lo), _address_hash(dst_hi, dst_lo)
    pair = _mix(_mix(np.minimum(one, other)) + np.maximum(one, other))
    return (pair >> np.uint64(64 - EDGE_HASH_BITS)).astype(np.int32)
