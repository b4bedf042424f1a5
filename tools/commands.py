"""What does docs/reference/commands.md say? Prints or writes it, from the verbs of `headwater.cli`.

python tools/commands.py            print the page
python tools/commands.py --write    write it to docs/reference/commands.md
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from headwater.cli.main import VERBS, app, declared

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"

_COMMON = ("--json", "--csv", "--output", "--quiet")  # of headwater.cli.output
_HEAD = """\
# Commands

<!-- Generated from src/headwater/cli/ by tools/commands.py: change that, then run this. -->

    headwater [--lake DIR] VERB ...

`python -m headwater` is the same. `headwater VERB --help` says on a terminal what this page says.

| option | meaning |
|---|---|
"""
_EVERY_VERB = """
PATH is a file, a folder, a glob (quote it; `**` spans folders) or `-` for standard input. A folder stands
for all files under it but hidden ones and those of a lake. T is ISO 8601, such as `2020-01-31` or
`2020-01-31T12:00Z`, and UTC unless it says otherwise. TZ is an IANA name such as `Europe/Prague`.

## Every verb

| option | meaning |
|---|---|
"""
_EXIT_CODES = """
stdout holds the answer and nothing else; progress, remarks and refusals go to stderr.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | done, but something was left out: the answer says what, how often and why |
| 2 | wrong use, or nothing could be done: one line on stderr says what to do |
"""
_INGEST_ANSWER = """
### The answer of `ingest --json`

    {"files": [{"path": "conn.log", "format": "zeek", "flows": 18204,
                "rejected": {"end before start": 2},
                "first_bad": {"offset": 311, "why": "end before start"}, "already": false,
                "start": "2020-09-14T00:00:01Z", "end": "2020-09-14T23:59:58.500000Z", "notes": []}],
     "flows": 18204, "rejected": 2, "lake_version": 7}

In `files` is one entry a file:

- `path`: the file as it was named, `-` for standard input.
- `format`: the [reader's name](formats.md), empty where none recognised it, and where `--format` was given
  for a file that was stored before.
- `flows`: flows that this run stored from it. A record of both directions gives two.
- `rejected`: how many records were left out, by [reason](formats.md#reasons).
- `first_bad`: the first place that could not be read, and why; null where all was well. `offset` is a line
  from 1, or a record or byte from 0, as the [format's](formats.md) positions count.
- `already`: the lake holds exactly these bytes; nothing was added, and options change nothing,
  which `notes` then says.
- `start`, `end`: first start and last end of the flows stored; null where there are none.
- `notes`: what was noticed though nothing was lost.

Beside it, `flows` and `rejected` are sums over the files, and `lake_version` is the version of the lake's
flows afterwards. The exit code is 1 where `rejected` is not 0. A file that cannot be read at all, because no
reader recognises it or because it is empty, counts as one rejected record; it does not stop the others.
"""
_BEHIND = {"ingest": _INGEST_ANSWER}


def page() -> str:
    """The page in Markdown."""
    common = {
        option: _meaning(each) for option, each in _options(declared("ingest")) if each.opts[0] in _COMMON
    }
    parts = [
        _HEAD + "\n".join(_row(option, each) for option, each in _options(get_command(app))) + "\n",
        _EVERY_VERB + "\n".join(f"| `{option}` | {said} |" for option, said in common.items()) + "\n",
        _EXIT_CODES,
    ]
    for verb in VERBS:
        parts += [_section(name, command) for name, command in _commands(verb)]
        parts += [_BEHIND[verb]] if verb in _BEHIND else []
    return "".join(parts)


def _commands(verb: str) -> Iterator[tuple[str, Any]]:  # Any: Typer keeps the types of commands to itself
    """What can be called: the verb, or each command of a verb that is a group of them."""
    found = declared(verb)
    if isinstance(found, TyperGroup):
        yield from ((f"{verb} {name}", command) for name, command in found.commands.items())
    else:
        yield verb, found


def _section(name: str, command: Any) -> str:  # Any: as in _commands
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = dict(_options(command))
    own = {option: each for option, each in options.items() if each.opts[0] not in _COMMON}
    lines = [f"## headwater {name}", "", f"    headwater {' '.join([name, *map(_called, arguments)])}", ""]
    lines += [_sentence(command.help), ""]
    lines += [f"- {_called(each)}: {each.help}" for each in arguments]
    lines += [""] * bool(arguments)
    if own:
        lines += ["| option | meaning |", "|---|---|"]
        lines += [_row(option, each) for option, each in own.items()]
        lines += [""]
    known = {each.opts[0] for each in options.values()}
    missing = [f"`{option}`" for option in _COMMON if option not in known]
    if missing:
        lines += [f"Without {', '.join(missing)}.", ""]
    if command.epilog:
        lines += [f"- {line}" for line in command.epilog.split("\n\n")] + [""]
    return "\n" + "\n".join(lines).rstrip("\n") + "\n"


def _options(command: Any) -> Iterator[tuple[str, TyperOption]]:  # Any: as in _commands
    """Each option as it is written, with its value: `--since T`."""
    for each in command.params:
        if isinstance(each, TyperOption) and not each.hidden:
            yield each.opts[0] if each.is_flag else f"{each.opts[0]} {_called(each)}", each


def _called(each: TyperOption | TyperArgument) -> str:
    """What stands for the value."""
    return each.metavar or str(each.opts[0]).lstrip("-").replace("-", "_").upper()


def _meaning(each: TyperOption) -> str:
    said = [_sentence(each.help)]
    if each.required:
        said.append("Required.")
    elif each.show_default and not each.is_flag and each.default is not None:
        said.append(f"Default: `{each.default}`.")
    return " ".join(said)


def _row(option: str, each: TyperOption) -> str:
    return f"| `{option}` | {_meaning(each)} |".replace("\n", " ")


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
