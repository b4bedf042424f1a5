"""Does the memory of a run stay the same however large the file is?"""

import subprocess
import sys
from pathlib import Path

import pytest

# Stores `sys.argv[2]` batches of 65,536 flows as one file and prints the process's peak memory in MB.
_STORE = """
import resource, sys
import numpy as np
from pathlib import Path
from headwater.ingest.columns import flow_batch
from headwater.lake.tables import create_lake
from headwater.lake.writer import FlowWriter
random, rows = np.random.default_rng(1), 65_536
with FlowWriter(create_lake(Path(sys.argv[1]))) as writer:
    for number in range(int(sys.argv[2])):
        start = 1_600_000_000_000_000 + (number * rows + np.arange(rows)) * 100
        zeros, hosts = np.zeros(rows, np.int64), random.integers(1, 1 << 40, rows)
        writer.add(flow_batch({
            "start": start, "end": start, "src_hi": zeros, "src_lo": hosts, "dst_hi": zeros,
            "dst_lo": hosts + 1, "src_port": zeros, "dst_port": zeros, "proto": zeros, "packets": hosts,
            "bytes": hosts,
        }), digest="a")
    writer.commit()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _peak_mb(lake: Path, batches: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _STORE, str(lake), str(batches)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file of 7.9 M flows takes at most 50 MB more than one of 2 M, which in Arrow is 600 MB less."""
    small, large = _peak_mb(tmp_path / "small", 30), _peak_mb(tmp_path / "large", 120)
    assert large - small < 50
