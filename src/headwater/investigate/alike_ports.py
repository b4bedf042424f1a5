"""What does a service's port say for its being the successor of another? A server set up anew may keep it.

    v = s / a   with the same port,     v = (1 - s) / (1 - a)   with another one

s is the share of upstreams that keep their port when they move, assumed, and a the share of the other
upstreams of these records on that port, with half a one added for it and one and a half for all others.
"""

import numpy as np

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeKeys

_SAME, _OTHER = 0.5, 1.5  # pseudo-counts


def port_ratio(keys: ChangeKeys, key: int, other: int, *, settings: ChangeSettings) -> float:
    """Natural log of v; 0 for two services of one address, where the port must be another.

    Args:
        keys: with the probability of each that it is an upstream.
        key: the old service.
        other: the one that may have taken over.
        settings: the share that keeps its port.
    """
    if keys.hi[key] == keys.hi[other] and keys.lo[key] == keys.lo[other]:
        return 0.0
    rest = (keys.role == keys.role[key]) & (np.arange(len(keys.hi)) != key)
    alike = float(keys.upstream[rest & (keys.port == keys.port[key])].sum())
    chance = (alike + _SAME) / (float(keys.upstream[rest].sum()) + _SAME + _OTHER)
    kept = settings.same_port
    if keys.port[key] == keys.port[other]:
        return float(np.log(kept / chance))
    return float(np.log((1.0 - kept) / (1.0 - chance)))
