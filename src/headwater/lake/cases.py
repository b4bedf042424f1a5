"""Which cases has the lake, and which versions of its flows do they stand on? One JSON file for each service.

DIR/cases/<address>_<port>_<protocol>.json      the newest case about a service
"""

import json
from pathlib import Path

from headwater.errors import LakeError
from headwater.lake.tables import open_lake
from headwater.model.service import Service, protocol_name
from headwater.whole_files import write_whole

CASES = "cases"


def case_path(lake_root: Path, service: Service) -> Path:
    """Where the lake keeps the case about a service; it need not exist."""
    port = f"_{service.port}_{protocol_name(service.proto)}" if service.port else ""
    return lake_root / CASES / f"{service.address.replace(':', '-')}{port}.json"


def store_case(lake_root: Path, service: Service, text: str) -> Path:
    """Keeps a case, in place of an older one about the same service; a reader never sees half of it.

    Args:
        lake_root: the lake's folder.
        service: what the case is about.
        text: the case as JSON.

    Returns:
        Where it lies now.

    Raises:
        LakeError: there is no lake, or it cannot be written.
    """
    open_lake(lake_root)
    path = case_path(lake_root, service)
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, text)
    except OSError as why:
        raise LakeError(
            f"{path}: {why.strerror}; check the permissions and space of the lake's folder"
        ) from None
    return path


def versions_in_use(lake_root: Path) -> frozenset[int]:
    """Versions of the flow table that some case stands on, which nothing may remove.

    Raises:
        LakeError: there is no lake, or a case in it is damaged.
    """
    open_lake(lake_root)
    found = set()
    for path in sorted((lake_root / CASES).glob("*.json")):
        try:
            version = json.loads(path.read_text(encoding="utf-8")).get("lake_version")
        except (OSError, ValueError, AttributeError):
            raise LakeError(
                f"{path}: the case is damaged; investigate its service again, or remove it"
            ) from None
        if isinstance(version, int):
            found.add(version)
    return frozenset(found)
