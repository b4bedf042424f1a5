"""Where does a world's chance come from? Streams named by what they decide, and hashes.

Every part of a world draws from a stream of its own, so parts do not depend on the order in which they
are made. What must stay the same on every day (which service a client prefers, whether a network pair is
visible) is a hash of the things it is about: nothing has to be kept in memory, and two sampling rates of
one seed see the same world.
"""

from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", section 5)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def _number(part: str | int) -> int:
    return crc32(part.encode()) if isinstance(part, str) else part


def stream(seed: int, *name: str | int) -> np.random.Generator:
    """A generator for one decision of one world.

    Args:
        seed: the world's seed.
        name: what is decided, e.g. ("flows", day, slice); the same name gives the same numbers.

    Returns:
        A generator that is independent of those with other names (NumPy's SeedSequence, spawn keys).
    """
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=tuple(_number(part) for part in name))
    return np.random.Generator(np.random.SFC64(sequence))


def salt(seed: int, *name: str | int) -> int:
    """A 63-bit number for `hashed`, different for each name."""
    return int(stream(seed, "salt", *name).integers(1 << 63))


def hashed(salt_value: int, *columns: npt.NDArray[np.integer]) -> Floats:
    """Uniform numbers in [0, 1) that depend on the salt and the rows of `columns` alone.

    Args:
        salt_value: from `salt`.
        columns: integer arrays of shapes that broadcast; equal rows give equal numbers.

    Returns:
        Array of the broadcast shape.
    """
    state = np.atleast_1d(np.uint64(salt_value))
    for column in columns:
        state = state ^ column.astype(np.uint64)
        state = state * _GOLDEN + _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * _MIX_1
        state = (state ^ (state >> np.uint64(27))) * _MIX_2
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53


def lognormal(rng: np.random.Generator, *, median: float, spread: float, size: int) -> Floats:
    """Log-normal draws given by their median and the standard deviation of their natural logarithm."""
    return median * np.exp(spread * rng.standard_normal(size))
