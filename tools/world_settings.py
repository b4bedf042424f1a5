"""What does docs/reference/worlds.md say? Prints or writes it, from `headwater.simulate`.

python tools/world_settings.py            print the page
python tools/world_settings.py --write    write it to docs/reference/worlds.md
"""

import sys
from itertools import groupby
from pathlib import Path

from headwater.simulate.knobs import ORIGINS, Knob, knobs
from headwater.simulate.presets import PRESET_NOTES, PRESETS
from headwater.simulate.settings import WorldSettings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "worlds.md"

_HEAD = """\
# Simulated worlds

<!-- Generated from src/headwater/simulate/ by tools/world_settings.py: change that, then run this. -->

`headwater simulate WORLD --out DIR` writes a synthetic world with its truth. What a world is made of, and
what it is not, says [the explanation](../explanation/worlds.md).

## Worlds with names
"""

_FOLDER = """\
## What the folder holds

| file | content |
|---|---|
| `README.txt` | that everything here is synthetic, and how to hunt in it |
| `flows/YYYY-MM-DD.parquet` (or `.csv`) | sampled flow records, a file a day or several, for `ingest` |
| `feeds/feed_a.csv`, `feeds/feed_b.csv` | lists of C2s: late, incomplete, wrong; for `labels add` |
| `networks.csv` | prefix, AS number and name of every network, for `context add` |
| `host_keys.csv` | what scans saw of hosts, in worlds whose upstreams change; for `context add` |
| `hosts.csv` | address, kind and AS number of every host |
| `truth.json` | upstreams, all C2s, decoys by kind, wrong entries of the lists, scanners, settings, seed |

Addresses are columns `src` and `dst` (text) in worlds up to about 2 million records, and the lake's keys
`src_hi`, `src_lo`, `dst_hi`, `dst_lo` in larger ones, where text would take longer than everything else.
All IPv4 addresses come from 240.0.0.0/4, all IPv6 addresses from 2001:db8::/32, AS numbers from 4200000000
upward. Feeds with such addresses are refused and candidates there demoted unless `labels add` and `hunt`
are told `--allow-reserved`.

## Settings

Values of the reference world. "Origin" is explained at the end.
"""


def page() -> str:
    """The page in Markdown."""
    reference = {each.name: each.default for each in knobs(WorldSettings())}
    parts = [_HEAD, "| world | | differs from the reference in |", "|---|---|---|"]
    for name, settings in PRESETS.items():
        changed = [
            f"`{each.name}` = {_value(each.default)}"
            for each in knobs(settings)
            if each.default != reference[each.name] and each.name != "name"
        ]
        parts.append(f"| {name} | {PRESET_NOTES[name]} | {', '.join(changed) or '-'} |")
    parts += ["", _FOLDER]
    for group, found in groupby(knobs(WorldSettings()), key=lambda each: each.name.rpartition(".")[0]):
        parts += [
            f"### {group or 'the world'}",
            "",
            "| setting | value | unit | meaning | origin |",
            "|---|---|---|---|---|",
        ]
        parts += [_row(each) for each in found]
        parts.append("")
    used = {each.origin for each in knobs(WorldSettings())}
    parts += ["## Origins", "", *(f"- {name}: {ORIGINS[name]}." for name in ORIGINS if name in used), ""]
    return "\n".join(parts)


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _row(each: Knob) -> str:
    name = each.name.rpartition(".")[2]
    return f"| `{name}` | {_value(each.default)} | {each.unit or '-'} | {each.meaning} | {each.origin} |"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
