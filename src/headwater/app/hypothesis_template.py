"""Which template and which edits does a case use? The shipped one, or an analyst's files."""

from importlib.resources import files
from pathlib import Path

from headwater.errors import BadSetting
from headwater.investigate.edits import Edits
from headwater.investigate.edits_parsing import parse_edits
from headwater.investigate.template import Template
from headwater.investigate.template_parsing import parse_template

_SHIPPED = "default.toml"


def shipped_template() -> Template:
    """The template that comes with the program."""
    return parse_template(shipped_text(), name=_SHIPPED)


def shipped_text() -> str:
    """Its text, to copy and change."""
    return (files("headwater.investigate") / "templates" / _SHIPPED).read_text(encoding="utf-8")


def template_from(path: Path | None) -> Template:
    """The template in a file; the shipped one where none is given.

    Raises:
        BadSetting: the file cannot be read, or says something impossible.
    """
    return shipped_template() if path is None else parse_template(_text(path, "template"), name=str(path))


def edits_from(path: Path | None, *, template: Template) -> Edits:
    """The analyst's edits in a file; none where none is given.

    Raises:
        BadSetting: the file cannot be read, or says something impossible.
    """
    if path is None:
        return Edits()
    return parse_edits(_text(path, "evidence file"), name=str(path), template=template)


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise BadSetting(f"{path}: cannot read the {what} ({why}); give a TOML file in UTF-8") from None
