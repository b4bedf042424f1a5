"""What does docs/reference/stories.md say? Prints or writes it, from `headwater.simulate.stories`.

python tools/story_settings.py            print the page
python tools/story_settings.py --write    write it to docs/reference/stories.md
"""

import sys
from dataclasses import fields
from pathlib import Path

from headwater.simulate.knobs import ORIGINS, Knob, knobs
from headwater.simulate.stories.catalogue import STORIES
from headwater.simulate.stories.counter import CounterStory
from headwater.simulate.stories.story import Story, tell

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "stories.md"

_HEAD = """\
# Simulated stories

<!-- Generated from src/headwater/simulate/stories by tools/story_settings.py: change that, run this. -->

`headwater simulate STORY --out DIR --seed N` writes a synthetic case with its truth: the records, lists,
networks, host keys and reports that an investigation of one service reads. What each story is for, what its
source states and what was invented says [the explanation](../explanation/stories.md).

## Stories
"""

_FOLDER = """\
## What the folder holds

| file | content |
|---|---|
| `README.txt` | that everything here is synthetic, what is stated by a source, and how to investigate |
| `flows/YYYY-MM.parquet` (or `.csv`) | sampled flow records, a file a month, for `ingest` |
| `feeds/feed_a.csv`, `feeds/feed_b.csv` | lists of C2s, late, incomplete, wrong; for `labels add` |
| `networks.csv` | prefix, AS number and name of every network, for `context add` |
| `host_keys.csv` | by what hosts were recognised, and when, for `context add` |
| `reports.csv` | what open sources say, for `context add` |
| `hosts.csv` | address, kind and AS number of every host |
| `truth.json` | what is planted and what must come out; see below |

## truth.json

| field | meaning |
|---|---|
| `service` | what to investigate, its role, its network, how many other hosts are in contact |
| `expected.question`, `.hypothesis` | what must come out on top, or `insufficient` |
| `expected.tenant` | the same for the question who held the address; empty where the story asks for none |
| `expected.barred_after` | evidence on the tie from this moment on must not count |
| `.by_group`, `.excluded`, `.since_from`, `.since_until`, `.closest_group` | the published case only |
| `facts` | what the story says, each "the source states it" or "invented" |
| `c2s` | each C2 in contact: its true life; its contact, exchanges in all, exchanges and sessions seen |
| `background_c2s` | all other C2s, listed or not |
| `story_settings`, `world_settings` | every number behind it |

`sessions_seen` counts by the rule of six hours of silence from the starts of the exchanges that sampling
keeps. Where exporters cut one long exchange in two, records may show one session more.

The number of sessions that a story promises holds at its own sampling rate. `--sampling` looks at the same
exchanges at another rate: finer sampling sees more of them.

## Settings

A pair such as `c2s_low` and `c2s_high` is a range; the seed decides where in it a story lies. Everything else
of a story's world is as in [worlds](worlds.md), with the changes that `truth.json` lists.
"""


def page() -> str:
    """The page in Markdown."""
    parts = [_HEAD, "| story | | must come out |", "|---|---|---|"]
    parts += [f"| {name} | {story.note} | {_wanted(story)} |" for name, story in STORIES.items()]
    parts += ["", _FOLDER]
    shared = {
        each.name: Knob(each.name, each.default, **dict(each.metadata)) for each in fields(CounterStory)
    }
    parts += ["### what the counter-stories share", "", *_table(list(shared.values())), ""]
    for name, story in STORIES.items():
        own = [each for each in knobs(story) if shared.get(each.name) != each]
        parts += [f"### {name}", "", *_table(own), ""]
    parts += ["## Origins", "", *(f"- {name}: {ORIGINS[name]}." for name in _used()), ""]
    return "\n".join(parts)


def _wanted(story: Story) -> str:
    """What must come out, as any seed says it."""
    expected = tell(story, 1).stage.expected
    tenant = f"; tenant: `{expected.tenant}`" if expected.tenant else ""
    return f"`{expected.hypothesis}`{tenant}"


def _used() -> list[str]:
    found = {each.origin for story in STORIES.values() for each in knobs(story)}
    return [name for name in ORIGINS if name in found]


def _table(found: list[Knob]) -> list[str]:
    return [
        "| setting | value | unit | meaning | origin |",
        "|---|---|---|---|---|",
        *(
            f"| `{each.name}` | {_value(each.default)} | {each.unit or '-'} "
            f"| {each.meaning} | {each.origin} |"
            for each in found
        ),
    ]


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
