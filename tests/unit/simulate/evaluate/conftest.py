"""A small background made by hand: a network of a few hosts, and hosts outside that talk to them."""

from ipaddress import IPv4Network

import numpy as np
import pyarrow as pa
import pytest

from headwater.ingest.columns import flow_batch
from headwater.model.address import IPV4_PREFIX, key_of
from headwater.simulate.evaluate.capture import Capture, capture_of

START_US = 1_313_674_775_000_000  # 2011-08-18 13:39:35 UTC
SECOND_US = 1_000_000
INSIDE = IPv4Network("192.88.99.0/24")  # a public range that no server has used since RFC 7526


def _exchange(number: int, outsider: int, insider: int) -> list[dict[str, int]]:
    """Both flows of one TCP connection from outside, 30 s long, opened in second `number`."""
    begin = START_US + number * SECOND_US
    one = {
        "start": begin, "end": begin + 30 * SECOND_US, "proto": 6, "pair_id": number, "answered": 1,
    }  # fmt: skip
    there = one | {
        "src_lo": outsider, "dst_lo": insider, "src_port": 2000 + number, "dst_port": 80, "bytes": 400,
        "tcp_flags": 0x1B,
    }  # fmt: skip
    back = one | {
        "src_lo": insider, "dst_lo": outsider, "src_port": 80, "dst_port": 2000 + number,
        "bytes": 30_000 + number, "tcp_flags": 0x1B,
    }  # fmt: skip
    return [there, back]


@pytest.fixture(scope="module")
def capture() -> Capture:
    """30 hosts, three in each of ten /16s, each in contact with four of the five hosts inside."""
    outsiders = [
        IPV4_PREFIX | (20 + block) << 24 | place << 8 | 7 for block in range(10) for place in range(3)
    ]
    insiders = [key_of(f"192.88.99.{host}")[1] for host in range(1, 6)]
    rows = [
        flow
        for number, (outsider, insider) in enumerate(
            (outsider, insiders[(place + step) % 5])
            for place, outsider in enumerate(outsiders)
            for step in range(4)
        )
        for flow in _exchange(number, outsider, insider)
    ]
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    columns["answered"] = columns["answered"].astype(np.bool_)
    zero = np.zeros(len(rows), dtype=np.int64)
    flows = pa.Table.from_batches([flow_batch(columns | {"src_hi": zero, "dst_hi": zero})])
    return capture_of(flows, inside=INSIDE, packet_totals=dict.fromkeys(range(120), 40))
