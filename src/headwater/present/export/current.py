"""Which indicators hold at a moment? For rules and lists, which do not end by themselves."""

from dataclasses import dataclass
from datetime import datetime

from headwater.model.case import Case
from headwater.present.export.exercise import remark_of
from headwater.present.export.indicators import Indicator, indicators
from headwater.present.export.settings import ExportSettings
from headwater.present.export.sharing import shareable
from headwater.present.export.standing import standing


@dataclass(frozen=True, slots=True)
class Current:
    """What a list made for one moment may hold.

    Attributes:
        case: what may leave of the case.
        indicators: those that hold at the moment or later.
        head: lines for the head of the document, each harmless in a comment.
        remarks: what the user should know.
    """

    case: Case
    indicators: tuple[Indicator, ...]
    head: tuple[str, ...]
    remarks: tuple[str, ...]


def current(case: Case, settings: ExportSettings, *, at: datetime) -> Current:
    """The indicators of a case that have not expired.

    Args:
        case: the case.
        settings: whom the document is for.
        at: the moment.

    Raises:
        BadSetting, UnreadableSource: as `headwater.present.export.sharing.shareable`.
    """
    shared = shareable(case, settings)
    stands = standing(shared.case, settings)
    allowed = indicators(shared.case, stands, settings)
    holding = tuple(one for one in allowed.found if one.until > at)
    expired = len(allowed.found) - len(holding)
    remarks = [*remark_of(shared.case), shared.withheld.text(settings.tlp), *shared.remarks, *allowed.remarks]
    if expired:
        latest = max(one.until for one in allowed.found)
        remarks.append(
            f"{expired} of {len(allowed.found)} indicators had expired on {at:%Y-%m-%d} (the last ends on "
            f"{latest:%Y-%m-%d}) and stay out; --at makes the list for another moment"
        )
    told = tuple(text for text in remarks if text)
    head = (
        f"headwater: case about {shared.case.service}, verdict {shared.case.conclusion.verdict}",
        f"TLP:{settings.tlp.value.upper()} PAP:{settings.pap.value.upper()}",
        f"made for {at:%Y-%m-%dT%H:%M:%SZ}",
        "an entry past its last day must not be used: addresses change hands",
        *told,
    )
    return Current(shared.case, holding, tuple(_ascii(line) for line in head), told)


def _ascii(line: str) -> str:
    return "".join(one if " " <= one <= "~" else "_" for one in line)
