"""nfcapd files that nfcapd and nfdump wrote, checked against what nfdump says of them."""

import gzip
import os
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from headwater.errors import ToolMissing, UnreadableSource
from headwater.ingest import nfcapd
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.nfcapd_blocks import Layout, layout_of
from headwater.ingest.reader import Chunk, ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile

pytestmark = pytest.mark.skipif(
    shutil.which("nfdump") is None, reason="nfdump is not installed: apt-get install nfdump"
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GENERATED = "nfcapd/nemea_nfcap_6000_gener_flows.dat"  # 6,000 flows, layout 1


def _nfdump(*arguments: object) -> str:
    command = ["nfdump", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, check=True, text=True, env={**os.environ, "TZ": "UTC"}
    ).stdout


def _chunks(path: Path, rejects: Rejects) -> list[Chunk]:
    source = SourceFile(path, path.name)
    reader = recognise(source)
    assert reader.name == "nfcapd"
    return list(reader.read(source, ReadOptions(), rejects))


def _read(path: Path) -> tuple[pa.Table, Rejects]:
    rejects = Rejects()
    batches = [chunk.batch for chunk in _chunks(path, rejects)]
    return pa.Table.from_batches(batches) if batches else pa.table({"packets": []}), rejects


@pytest.fixture(scope="session")
def generated(real_data: Path) -> Path:
    """The file of 6,000 generated flows."""
    return real_data / GENERATED


@pytest.fixture(scope="session")
def blocks(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """30,000 flows in several blocks of layout 2, for each compression that nfdump writes."""
    folder = tmp_path_factory.mktemp("nfcapd")
    many = folder / "many"
    many.mkdir()
    for number in range(5):
        (many / f"nfcapd.20150602000{number}").symlink_to(generated)
    written = {}
    for name, option in {"none": [], "lzo": ["-z"], "lz4": ["-y"], "bzip2": ["-j"]}.items():
        written[name] = folder / name
        _nfdump("-R", many, *option, "-w", written[name])
    return written


def test_every_record_is_read_and_the_absurd_ones_rejected(generated: Path) -> None:
    """6,000 records as nfdump counts them; packet counters near 2^64 end as rejects, not as overflows.

    `nfdump -o csv` prints 15 records with more than 2^53 packets.
    """
    rejects = Rejects()
    chunks = _chunks(generated, rejects)
    kept = sum(screen(chunk, rejects, now=NOW).num_rows for chunk in chunks)
    assert (sum(chunk.batch.num_rows for chunk in chunks), kept) == (6000, 5985)
    assert rejects.counts == {"absurd count of packets": 15}


def test_values_are_those_that_nfdump_prints(generated: Path) -> None:
    """Times to the millisecond, addresses of both families, ports, protocol and counts, record by record."""
    printed = _nfdump(
        "-r", generated, "-q", "-N", "-6", "-o", "fmt:%ts;%te;%sa;%da;%sp;%dp;%pr;%byt"
    ).splitlines()
    table, _ = _read(generated)
    text = {
        side: text_from_keys(table[f"{side}_hi"].to_numpy(), table[f"{side}_lo"].to_numpy()).to_pylist()
        for side in ("src", "dst")
    }
    wrong = []
    for row, line in enumerate(printed):
        start, end, src, dst, src_port, dst_port, proto, size = (part.strip() for part in line.split(";"))
        icmp = proto in {"1", "58"}
        expected = (
            start,
            end,
            src,
            dst,
            0 if icmp else int(src_port),
            0 if icmp else int(dst_port),
            int(proto),
        )
        times = [table[name][row].as_py().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] for name in ("start", "end")]
        ports = [table[name][row].as_py() for name in ("src_port", "dst_port", "proto")]
        if (*times, text["src"][row], text["dst"][row], *ports) != expected:
            wrong.append(line)
        if int(size) < 2**63 and table["bytes"][row].as_py() != int(size):
            wrong.append(line)
    assert (len(printed), wrong) == (6000, [])


@pytest.mark.parametrize("compression", ["none", "lzo", "lz4", "bzip2"])
def test_every_compression_gives_the_same_flows(
    blocks: dict[str, Path], generated: Path, compression: str
) -> None:
    """Layout 2 in all of nfdump's compressions holds what the layout 1 files held."""
    table, rejects = _read(blocks[compression])
    original, _ = _read(generated)
    assert table.equals(pa.concat_tables([original] * 5))
    assert rejects.counts == {}


def test_a_compressed_archive_of_an_nfcapd_file_is_read(generated: Path, tmp_path: Path) -> None:
    """Old files are often packed once more."""
    packed = tmp_path / "nfcapd.201506020515.gz"
    packed.write_bytes(gzip.compress(generated.read_bytes()))
    table, rejects = _read(packed)
    assert (table.num_rows, rejects.counts) == (6000, {})


def _damage(path: Path, layout: Layout, kind: str, *, seed: int) -> tuple[bytes, int]:
    """The file with one block damaged, and how many records lie in the others."""
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    number = int(rng.integers(len(layout.blocks)))
    block = layout.blocks[number]
    if kind == "cut":
        place = block.offset + int(rng.integers(1, block.size))
        return bytes(content[:place]), sum(each.records for each in layout.blocks[:number])
    content[block.offset + 12 : block.offset + block.size] = rng.bytes(block.size - 12)
    return bytes(content), sum(each.records for each in layout.blocks) - block.records


@pytest.mark.parametrize("kind", ["cut", "junk"])
@pytest.mark.parametrize("compression", ["none", "lzo", "lz4", "bzip2"])
def test_a_damaged_block_costs_itself_alone(
    blocks: dict[str, Path], tmp_path: Path, compression: str, kind: str
) -> None:
    """All whole blocks are read, what is lost is counted; nfdump alone gives nothing of a cut file."""
    layout = layout_of(blocks[compression], name="whole")
    assert len(layout.blocks) > 2
    for seed in range(2):
        damaged = tmp_path / f"damaged{seed}"
        content, whole = _damage(blocks[compression], layout, kind, seed=seed)
        damaged.write_bytes(content)
        table, rejects = _read(damaged)
        assert table.num_rows == whole
        assert set(rejects.counts) == {"file cut off" if kind == "cut" else "block damaged"}
        assert rejects.first_bad is not None
        assert "at byte" in rejects.first_bad.why


def test_junk_in_a_block_is_counted_to_the_record(blocks: dict[str, Path], tmp_path: Path) -> None:
    """What was read and what was lost add up to what the block headers name."""
    layout = layout_of(blocks["lz4"], name="whole")
    damaged = tmp_path / "damaged"
    content, _ = _damage(blocks["lz4"], layout, "junk", seed=7)
    damaged.write_bytes(content)
    table, rejects = _read(damaged)
    assert table.num_rows + rejects.total == 30_000


def test_a_cut_file_of_layout_1_is_told(generated: Path, tmp_path: Path) -> None:
    """It has one block: nothing can be read, and the block's 6,001 records (one is no flow) are counted."""
    cut = tmp_path / "cut"
    cut.write_bytes(generated.read_bytes()[:50_000])
    table, rejects = _read(cut)
    assert (table.num_rows, rejects.counts) == (0, {"file cut off": 6001})


def test_a_file_cut_within_its_header_is_refused(generated: Path, tmp_path: Path) -> None:
    """Nothing is known of it but its kind."""
    cut = tmp_path / "cut"
    cut.write_bytes(generated.read_bytes()[:100])
    with pytest.raises(UnreadableSource, match="cut off within its file header"):
        _read(cut)


def test_the_other_byte_order_is_refused_with_a_remedy(tmp_path: Path) -> None:
    """Nfdump reads its own byte order alone."""
    swapped = tmp_path / "swapped"
    swapped.write_bytes(bytes.fromhex("a50c0002") + bytes(300))
    with pytest.raises(UnreadableSource, match="other byte order"):
        _read(swapped)


def test_without_nfdump_the_message_names_the_package(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without it still gets every other format."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ToolMissing, match="apt-get install nfdump"):
        _read(generated)


def test_closing_the_reader_ends_nfdump(blocks: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is given up leaves no child behind."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*args: object, **settings: object) -> subprocess.Popen[bytes]:
        child: subprocess.Popen[bytes] = popen(*args, **settings)  # type: ignore[call-overload]  # passed on
        started.append(child)
        return child

    monkeypatch.setattr(subprocess, "Popen", remembered)
    source = SourceFile(blocks["none"], "flows")
    chunks = recognise(source).read(source, ReadOptions(), Rejects())
    next(iter(chunks))
    chunks.close()  # type: ignore[attr-defined]  # readers are generators
    assert started
    assert all(child.returncode is not None for child in started)


def _send(payloads: Path, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for payload in sorted(payloads.iterdir()):
            content = payload.read_bytes()
            if len(content) < 60_000:  # the largest is no single datagram
                out.sendto(content, ("127.0.0.1", port))
                time.sleep(0.004)  # the collector's buffer is small


def _collect(payloads: Path, folder: Path, *options: str) -> Path:
    """What a real nfcapd writes of other vendors' exports."""
    if shutil.which("nfcapd") is None:
        pytest.skip("nfcapd is not installed: apt-get install nfdump")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["nfcapd", "-w", str(folder), "-p", str(port), "-b", "127.0.0.1", "-t", "3600", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as collector:
        time.sleep(0.7)
        _send(payloads, port)
        time.sleep(0.3)
        collector.terminate()
        collector.wait(timeout=20)
    return next(folder.glob("nfcapd.2*"))


@pytest.fixture(scope="session")
def collected(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Exports of some 25 vendors as nfcapd stored them: unsampled, and with a sampling rate of 1:10 given."""
    folder = tmp_path_factory.mktemp("collected")
    files = {}
    for name, options in {"plain": ["-y"], "sampled": ["-z", "-s", "10"]}.items():
        (folder / name).mkdir()
        files[name] = _collect(real_data / "netflow-payloads", folder / name, *options)
    return files


def test_exporters_become_sensors(collected: dict[str, Path]) -> None:
    """Each record names the exporter that `nfdump -E` lists for it: address and observation domain."""
    table, _ = _read(collected["plain"])
    count = table.group_by("sensor").aggregate([("packets", "count")]).num_rows
    known = set(table["sensor"].to_pylist())
    assert known <= {"127.0.0.1", "127.0.0.1/1", "127.0.0.1/512"}
    assert count > 1


def test_counts_come_back_as_the_exporters_sent_them(collected: dict[str, Path]) -> None:
    """Nfcapd -s 10 multiplies by 10 when it stores; headwater stores what was sent, and the interval."""
    plain, _ = _read(collected["plain"])
    sampled, rejects = _read(collected["sampled"])
    sent = sorted(zip(plain["packets"].to_pylist(), plain["bytes"].to_pylist(), strict=True))
    again = sorted(zip(sampled["packets"].to_pylist(), sampled["bytes"].to_pylist(), strict=True))
    assert again == sent
    assert (set(sampled["sampling"].to_pylist()), set(plain["sampling"].to_pylist())) == ({10}, {None})
    assert "divided again" in rejects.notes[0]


def test_icmp_of_both_families_has_no_ports(collected: dict[str, Path]) -> None:
    """Nfdump shows ICMP's type and code in the place of the port."""
    table, _ = _read(collected["plain"])
    proto = table["proto"].to_numpy()
    icmp = np.isin(proto, (1, 58))
    assert set(proto[icmp]) == {1, 58}
    assert not table["src_port"].to_numpy()[icmp].any()
    assert not table["dst_port"].to_numpy()[icmp].any()


def test_counts_taken_on_the_way_out_are_the_flow_s_own(collected: dict[str, Path]) -> None:
    """Three IGMP records have OUT_PKTS and no IN_PKTS: those counts are theirs, and nothing came back."""
    printed = _nfdump("-r", collected["plain"], "-q", "-N", "-o", "fmt:%ipkt %opkt %obyt").splitlines()
    counts = [tuple(map(int, line.split())) for line in printed]
    table, _ = _read(collected["plain"])
    rows = [row for row, (_, packets, _) in enumerate(counts) if packets]
    read = [(table["packets"][row].as_py(), table["bytes"][row].as_py()) for row in rows]
    assert [counts[row] for row in rows] == [(0, 1, 32)] * 3
    assert (read, table.num_rows, table["pair_id"].null_count) == ([(1, 32)] * 3, 255, 255)


def test_both_outputs_of_nfdump_give_the_same_flows(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain numbers of `pipe` and the text of `fmt` say the same, so that newer nfdumps do too."""
    quick, _ = _read(generated)
    monkeypatch.setattr(nfcapd, "has_pipe", lambda _: False)
    other, _ = _read(generated)
    assert other.equals(quick)
