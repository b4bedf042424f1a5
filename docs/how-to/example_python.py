"""Who is behind these C2s? An example of the Python interface: from files to a case, tables and a report.

    python example_python.py LAKE FLOWS LABELS OUT

Everything here is typed: a type checker and an editor know what each call gives.
"""

import sys
from pathlib import Path

import polars as pl

import headwater as hw


def promising(found: hw.HuntResult, *, least: float) -> pl.DataFrame:
    """The candidates that are upstreams with at least this probability, with the reasons as one text."""
    told = pl.col("reasons").list.join("; ")
    likely = found.to_polars().filter(pl.col("posterior") >= least)
    return likely.select("rank", "address", "port", "verdict", "posterior", "c2s", told)


def longest_in_contact(case: hw.CaseResult) -> pl.DataFrame:
    """The C2s that count, those longest in contact first; one that was met once has no span."""
    days = (pl.col("contact_end") - pl.col("contact_start")).dt.total_days().alias("days")
    timeline = case.timeline().to_polars().filter("included")
    return timeline.select("address", "family", days).drop_nulls("days").sort("days", descending=True)


def main(lake: hw.Lake, flows: Path, labels: Path, out: Path, *, least: float = 0.8) -> int:
    """Adds files, hunts, and writes case, report and indicators of the best candidate into a folder."""
    for added in (lake.ingest(flows), lake.add_labels(labels)):
        if added.left_out:
            print(added.to_polars().select("path", "notes"))
    try:
        found = lake.hunt(since="2024-01-01", settings=hw.HuntSettings(engine="duckdb://?memory=4GB"))
    except hw.LakeError as why:  # no flows in that time, or no label
        print(why, file=sys.stderr)
        return 2
    best = promising(found, least=least)
    if best.is_empty():
        print(found.text(top=3))
        return 1
    case = lake.investigate(found.service(best["rank"][0]))
    print(case.conclusion)
    print(longest_in_contact(case))
    case.write(out)
    case.report(out, tlp="green")
    exported = case.export("stix", settings=hw.ExportSettings(tlp=hw.Tlp.GREEN, producer="Example CERT"))
    (out / "case.stix.json").write_text(exported.text, encoding="utf-8")
    for remark in exported.remarks:
        print(remark, file=sys.stderr)
    return 0


if __name__ == "__main__":
    root, flow_files, label_files, folder = map(Path, sys.argv[1:5])
    raise SystemExit(main(hw.Lake(root), flow_files, label_files, folder))
