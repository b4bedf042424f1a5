"""One cycle of a watch in Python: what is new as rows, once."""

from datetime import timedelta
from pathlib import Path

import headwater as hw
from hand_made_flows import BEGIN, lake_of
from watching import C2S, SERVICE, watched_flows, watched_labels

CONFIG = '[alerts]\nsure = 0.8\n[leads]\nevery = 0\n[[sink]]\nname = "log"\nkind = "json"\n'


def test_what_is_new_is_a_row_and_no_longer_new_afterwards(tmp_path: Path) -> None:
    """The upstream with its C2s, in the settings' sink as well; an hour later nothing."""
    lake = hw.Lake(lake_of(tmp_path, watched_flows(), labels=watched_labels(*C2S)))
    config = tmp_path / "watch.toml"
    config.write_text(CONFIG + f"file = {str(tmp_path / 'events.jsonl')!r}\n")
    first = lake.watch(config=config, now=BEGIN + timedelta(days=6)).to_dicts()
    second = lake.watch(config=config, now=BEGIN + timedelta(days=6, hours=1))
    assert [(row["kind"], row["subject"], row["c2s"]) for row in first] == [("new-upstream", SERVICE, 10)]
    assert len((tmp_path / "events.jsonl").read_text().splitlines()) == 1
    assert (len(second), "Nothing was new" in second.said[0]) == (0, True)
