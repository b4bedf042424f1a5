"""How is a case kept in a file and read again? As case.json, whose fields are those of model/case.py."""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from headwater.errors import BadSetting, UnreadableSource
from headwater.lake.cases import case_path
from headwater.model.case import Case
from headwater.model.service import Service
from headwater.present.case_document import FORMAT, document
from headwater.whole_files import write_whole

NAME = "case.json"
_HALVES = re.compile("[\ud800-\udfff]")


def case_text(case: Case) -> str:
    """The case as the text of a JSON file; halves of surrogate pairs, which UTF-8 cannot say, are escaped."""
    text = json.dumps(document(case), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return _HALVES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def write_case(case: Case, folder: Path) -> Path:
    """Writes case.json; a reader never sees half of it.

    Args:
        case: the case.
        folder: made where it does not exist.

    Returns:
        The file.

    Raises:
        BadSetting: the folder cannot be written.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, case_text(case))
    except OSError as why:
        raise BadSetting(f"--out {folder}: {why.strerror}; choose a folder that can be written") from None
    return path


def found_case(named: str, *, lake_root: Path) -> Path:
    """The file behind what a user calls a case: a file, a folder with case.json, or a service of the lake.

    Raises:
        BadSetting: there is no such case; the message says what can be named.
    """
    path = Path(named)
    if path.is_dir() and (path / NAME).is_file():
        return path / NAME
    if path.is_file():
        return path
    try:
        kept = case_path(lake_root, Service.parse(named))
    except ValueError:
        kept = None
    if kept is not None and kept.is_file():
        return kept
    raise BadSetting(
        f"{named}: no case there; name a case.json, a folder that holds one, or a service that was "
        f"investigated in the lake {lake_root} (headwater investigate SERVICE)"
    )


def read_case(path: Path) -> Case:
    """The case in a file.

    Args:
        path: a case.json, or a folder that holds one.

    Raises:
        UnreadableSource: the file cannot be read, is no case, is damaged, or of a newer format.
    """
    file = path / NAME if path.is_dir() else path
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as why:
        raise UnreadableSource(
            f"{file}: {why.strerror}; name a case.json or a folder that holds one"
        ) from None
    except ValueError as why:
        raise UnreadableSource(
            f"{file}: no JSON ({why}); write it again with `headwater investigate`"
        ) from None
    if not isinstance(found, dict) or not isinstance(found.get("format"), int) or "service" not in found:
        raise UnreadableSource(f"{file}: no case; write one with `headwater investigate SERVICE --out DIR`")
    if found["format"] != FORMAT:
        raise UnreadableSource(
            f"{file}: a case of format {found['format']}, and this headwater reads {FORMAT}; install a newer "
            "headwater, or investigate again"
        )
    try:
        return TypeAdapter(Case).validate_python(_restored(found))
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as why:
        raise UnreadableSource(
            f"{file}: a damaged case ({_first(why)}); write it again with `headwater investigate`"
        ) from None


def _restored(found: dict[str, Any]) -> dict[str, Any]:  # Any: JSON in, fields of Case out
    """The document with the names and shapes of model/case.py."""
    rows = {key: value for key, value in found.items() if key not in ("format", "window")}
    rows |= {"since": found["window"]["since"], "until": found["window"]["until"]}
    rows["service"] = Service.parse(rows["service"])
    rows["neighbours"] = [row | {"service": Service.parse(row["service"])} for row in rows["neighbours"]]
    for name in ("hypotheses", "with_excluded"):
        rows[name] = [
            {key: value for key, value in row.items() if key not in ("for", "against")}
            | {"for_ids": row["for"], "against_ids": row["against"]}
            for row in rows[name]
        ]
    rows["conclusion"] = {key: value for key, value in rows["conclusion"].items() if key != "text"}
    return rows


def _first(why: Exception) -> str:
    """Where and what, of the first thing that is wrong."""
    if isinstance(why, ValidationError):
        error = why.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
    return f"{type(why).__name__}: {why}"
