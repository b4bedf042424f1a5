"""Tests of headwater.ingest.answered."""

import numpy as np
import pytest

from headwater.ingest.answered import told_by_flags
from headwater.ingest.columns import flow_batch

SYN, RST, ACK = 2, 4, 16


@pytest.mark.parametrize(
    ("flags", "proto", "packets", "answered"),
    [
        (ACK, 6, 1, True),
        (SYN | ACK, 6, 3, True),
        (ACK | RST, 6, 1, None),
        (SYN, 6, 2, False),
        (SYN, 6, 1, None),
        (ACK, 17, 1, None),
    ],
)
def test_flags_of_a_one_way_record(flags: int, proto: int, packets: int, answered: bool | None) -> None:
    """ACK without RST answers; several SYN alone do not; a single SYN or another protocol says nothing."""
    batch = flow_batch(
        {"tcp_flags": np.array([flags]), "proto": np.array([proto]), "packets": np.array([packets])}
    )
    assert told_by_flags(batch)["answered"].to_pylist() == [answered]


def test_what_the_source_said_stays() -> None:
    """A record that says it was not answered is believed."""
    columns = {"tcp_flags": np.array([ACK]), "proto": np.array([6]), "packets": np.array([9])}
    batch = flow_batch({**columns, "answered": np.array([False])})
    assert told_by_flags(batch)["answered"].to_pylist() == [False]
