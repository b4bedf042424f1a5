"""What do all parts of a report need? The case as it may be shown, its provenance, its anchors."""

from dataclasses import dataclass, replace

from headwater.model.case import Case
from headwater.model.hypothesis import Evidence
from headwater.model.label import Tlp
from headwater.present.export.harmless import harmless_record
from headwater.present.export.settings import ExportSettings
from headwater.present.export.sharing import Shared, shareable
from headwater.present.report.rows import Links
from headwater.present.report.trail import COUNTS, Trail, trail

PRIOR = "prior"  # where a waterfall begins
_UNNAMED = "left out by marking"  # an item of a waterfall that may not be shown; its number stays
_MOST_LINKS = 8  # queries and lists behind one sentence; more hide what it says
# What a sentence may rest on beside evidence: the table that shows it, and what that is called.
NUMBERS = {
    "counts": ("groups", "clients by group"), "contacts": ("c2s", "C2s one by one"),
    "coverage": ("coverage", "coverage"), "chance": ("chance-numbers", "chance"),
    "confirmation": ("chance-numbers", "confirmation"), "timelines": ("intervals", "timelines"),
    "hypotheses": ("hypotheses", "answers"), "tenancy": ("tenancies", "tenancies"),
    "keys": ("keys", "keys"), "claims": ("claims", "claims"), "placed": ("claims", "claims"),
    "neighbours": ("neighbours", "neighbours"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """Choices of one report.

    Attributes:
        tlp: whom it is for; what is marked above stays out, and the report is marked with this.
        name_others: name hosts that nobody listed and nothing speaks against, instead of their networks.
    """

    tlp: Tlp = Tlp.AMBER
    name_others: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What the parts are written from.

    Attributes:
        case: as it may be shown.
        shared: how much of it stays out.
        settings: the choices of this report.
        trail: the provenance.
        anchors: id of each item of evidence, tenancy and key to its anchor. Ids may be an analyst's text.
    """

    case: Case
    shared: Shared
    settings: ReportSettings
    trail: Trail
    anchors: dict[str, str]

    def links(self, names: tuple[str, ...]) -> Links:
        """Links to what a sentence rests on, each once; to the queries of its numbers where they are few.

        The tables that it links to name them all.
        """
        found: list[tuple[str, str]] = []
        ids: list[str] = []
        for name in names:
            if name in self.anchors:
                found.append((self.anchors[name], name))
            elif (link := NUMBERS.get(name.partition(".")[0])) is not None:
                found.append(link)
                ids += self.case.given_by(name)
        behind = self.trail.links(ids)
        return (*dict.fromkeys(found), *(behind if len(behind) <= _MOST_LINKS else ()))

    def source(self, one: Evidence) -> Links:
        """Links to the provenance of an item of evidence; none where a person said so."""
        entry = self.trail.of_evidence.get(one.id, "")
        return (((entry, entry),) if entry else ()) + self.trail.links(one.provenance.sources)

    def given(self, *paths: str) -> Links:
        """Links to what gave parts of the case: the investigation, queries, and lists that were read."""
        ids = (id_ for path in paths for id_ in self.case.given_by(path))
        return ((COUNTS, COUNTS), *self.trail.links(ids))


def framed(case: Case, settings: ReportSettings) -> Frame:
    """The frame of a case's report.

    Raises:
        UnreadableSource: a time in the case has no zone.
    """
    chosen = ExportSettings(tlp=settings.tlp, name_others=settings.name_others, access_node=True)
    shared = shareable(case, chosen)
    shown = _with_reckoning(shared.case, case)
    anchors = {one.id: f"e{number}" for number, one in enumerate(shown.evidence, 1)}
    anchors |= {one.id: f"t{number}" for number, one in enumerate(shown.tenancy, 1)}
    anchors |= {one.id: f"k{number}" for number, one in enumerate(shown.keys, 1)}
    return Frame(shown, shared, settings, trail(shown), anchors)


def _with_reckoning(shown: Case, whole: Case) -> Case:
    """The case with its waterfall and its second run, which exports do not carry, of what may be shown.

    Args:
        shown: the case as it may be shown.
        whole: the case before anything was left out.
    """
    whole = harmless_record(whole)
    asked = {(one.question, one.scope, one.id): one for one in shown.hypotheses}
    items = {PRIOR, *(one.id for one in shown.evidence)}
    beside = tuple(
        replace(one, statement=asked[one.question, one.scope, one.id].statement, for_ids=(), against_ids=())
        for one in whole.with_excluded
        if (one.question, one.scope, one.id) in asked
    )
    steps = tuple(
        step if step.evidence in items else replace(step, evidence=_UNNAMED)
        for step in whole.waterfall
        if (step.question, step.scope, step.hypothesis) in asked
    )
    return replace(shown, with_excluded=beside, waterfall=steps)
