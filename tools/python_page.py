"""What does docs/reference/python.md say? Prints or writes it, from the docstrings of the public interface.

python tools/python_page.py            print the page
python tools/python_page.py --write    write it to docs/reference/python.md
"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import headwater as hw

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "python.md"
# In the order of the work; a public name that stands nowhere here fails the build of the page.
SECTIONS: dict[str, tuple[str, ...]] = {
    "The lake": ("Lake",),
    "Answers": (
        "Part", "Added", "HuntResult", "Explained", "CaseResult", "PivotResult", "ChangesResult",
        "TiersResult", "FlowsResult", "VerifyResult", "CompactResult", "Vacuumed",
    ),
    "Cases from files, and what an analyst decides": ("read_case", "choices_from", "Choices"),
    "SYNTHETIC worlds and stories": ("write_simulation", "simulations", "Simulated", "evaluate"),
    "Settings": (
        "HuntSettings", "CaseSettings", "MeasureSettings", "TimelineSettings", "TenancySettings",
        "TierSettings", "ReadOptions", "Analyst", "CompactSettings",
    ),
    "Reports and exports": ("Reported", "ExportSettings", "Exported", "ListSettings", "Pap", "SidRange"),
    "Words": ("Service", "PeerRole", "Tlp"),
    "Errors": (
        "HeadwaterError", "FormatUnknown", "ToolMissing", "UnreadableSource", "LakeError", "BadSetting",
    ),
}  # fmt: skip
_HEAD = """\
# Python

<!-- Generated from the docstrings of src/headwater/ by tools/python_page.py: change those, then run this. -->

    import headwater as hw

This page describes every public name. [How to work in Python](../how-to/python.md) shows them at work, and
[a notebook](../notebooks/first-case.ipynb) plays a first case. What is not named here may change without
notice.

In signatures, `Paths` is a path (text or `pathlib.Path`) or several, `Names` a name or several, `Moment` a
datetime with a zone or ISO 8601 text, which is UTC unless it says otherwise, and `Say` a function that takes
a line of text.
"""
_GROUPS = {"Args": "Arguments"}
_GROUP = re.compile(r"^(Attributes|Args|Returns|Raises):$")
_ITEM = re.compile(r"^([\w, ]+): (.*)$")


def page() -> str:
    """The page in Markdown.

    Raises:
        ValueError: a public name stands in no section, or one that stands there is not public.
    """
    told = [name for names in SECTIONS.values() for name in names]
    public = [name for name in hw.__all__ if not name.startswith("__")]
    if sorted(told) != sorted(public):
        raise ValueError(f"sections and public names differ: {sorted(set(told) ^ set(public))}")
    parts = [_HEAD]
    for title, names in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += [_described(name) for name in names]
    return "".join(parts)


def _described(name: str) -> str:
    found = getattr(hw, name)
    if not inspect.isclass(found):
        return _callable(f"hw.{name}", found, level=3)
    lines = [f"\n### hw.{name}\n"]
    bases = [base.__name__ for base in found.__bases__ if base.__name__ in hw.__all__]
    lines += [f"\nA [{base}](#hw{base.lower()}).\n" for base in bases]
    if is_dataclass(found) and name in _MADE_BY_USERS:
        lines.append(f"\n    hw.{name}({', '.join(_fields(found))})\n")
    lines.append(_prose(inspect.getdoc(found)))
    if issubclass(found, Enum):
        lines.append("\n" + "\n".join(f"- `hw.{name}.{one.name}`: {one.value!r}" for one in found) + "\n")
    for own, value in _members(found):
        if own.startswith("_") or not (
            inspect.isfunction(value) or isinstance(value, property | classmethod)
        ):
            continue
        if isinstance(value, property):
            lines.append(f"\n#### {name}.{own}\n{_prose(inspect.getdoc(value))}")
        else:
            lines.append(_callable(f"{name}.{own}", getattr(value, "__func__", value), level=4))
    return "".join(lines)


def _members(found: type) -> Iterator[tuple[str, Any]]:
    """What a class has of its own, and what it has from bases that are not public themselves."""
    for kind in reversed(found.__mro__):
        if kind is found or (kind.__module__.startswith("headwater.") and kind.__name__ not in hw.__all__):
            yield from vars(kind).items()


_MADE_BY_USERS = frozenset(
    {"Lake", "Choices", "ListSettings", "SidRange", "Service", *SECTIONS["Settings"], "ExportSettings"}
)


def _fields(found: Any) -> Iterator[str]:  # Any: a dataclass
    """Each field as it is written in the source: name, type, default."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(found))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    written = {
        node.target.id: node for node in body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }  # fmt: skip
    for one in fields(found):
        node = written[one.name]
        default = "" if node.value is None else f" = {_default(node.value)}"
        yield f"{one.name}: {ast.unparse(node.annotation)}{default}"


def _default(node: ast.expr) -> str:
    """A default as it is written; `field(default_factory=X)` as what it gives."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "field":
        factory = next(word.value for word in node.keywords if word.arg == "default_factory")
        return f"{ast.unparse(factory)}()"
    text = ast.unparse(node)
    return text if len(text) < 60 else "..."


def _callable(title: str, found: Any, *, level: int) -> str:  # Any: a function
    tree = ast.parse(textwrap.dedent(inspect.getsource(found))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{title} is no function")
    arguments = tree.args
    arguments.args = [one for one in arguments.args if one.arg not in {"self", "cls"}]
    returns = "" if tree.returns is None else f" -> {ast.unparse(tree.returns).strip(chr(39))}"
    signature = f"    {title}({ast.unparse(arguments)}){returns}"
    return f"\n{'#' * level} {title}\n\n{signature}\n{_prose(inspect.getdoc(found))}"


def _prose(doc: str | None) -> str:
    """A docstring as Markdown: paragraphs as they are, groups of items as lists."""
    lines: list[str] = []
    inside = False
    for line in (doc or "").splitlines():
        group = _GROUP.match(line)
        if group is not None:
            inside = True
            lines += ["", f"**{_GROUPS.get(group[1], group[1])}**", ""]
        elif not inside:
            lines.append(line)
        elif line.startswith("        ") and lines:
            lines[-1] += f" {line.strip()}"
        elif line.strip():
            item = _ITEM.match(line.strip())
            new = f"- `{item[1]}`: {item[2]}" if item else line.strip()
            if item is None and lines[-1] and not lines[-1].startswith("**"):
                lines[-1] += f" {new}"
            else:
                lines.append(new)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return f"\n{text.strip()}\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
