"""How does a file appear whole or not at all? Written beside its place under a hidden name, then renamed."""

import os
from pathlib import Path
from uuid import uuid4


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file; who reads it meanwhile sees the older one or this one, never half of either.

    Args:
        path: an older file of that name is replaced; its folder exists.
        content: text is written as UTF-8.

    Raises:
        OSError: it cannot be written; an older file is as it was, and nothing is left over.
    """
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(partial, path)  # noqa: PTH105 - Path.replace says the same, os.replace says atomic
    finally:
        partial.unlink(missing_ok=True)
