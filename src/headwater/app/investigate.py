"""Who runs this service, since when, and how do we know? From the lake to a case.

measured        the flows of the service, reduced to small tables             (headwater.app.case_measuring)
timelines       when each C2 was one, and when it talked to the service       (headwater.investigate)
tenancy         who may have held the address, and where claims lie to that
judge           the ledger of evidence, hypotheses, and the conclusion in words
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from headwater.app.case_facts import Gathered, case_settings, facts_of, gathered_of, warnings_of
from headwater.app.case_labels import with_labels
from headwater.app.case_measuring import Measured, measured
from headwater.app.case_parts import confirmed_or_none, contacts_of, counts_of, coverage_of
from headwater.app.case_settings import CaseSettings
from headwater.app.case_trail import with_trail
from headwater.app.hypothesis_template import shipped_template
from headwater.app.synthetic import synthetic_said
from headwater.engine.trace import Trace
from headwater.investigate.edits import Edits
from headwater.investigate.facts import Facts
from headwater.investigate.judgement import judge
from headwater.investigate.measurements import Measurements
from headwater.investigate.template import Template
from headwater.investigate.tenancy_settings import TenancySettings
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.investigate.timelines import timelines
from headwater.lake.context import networks
from headwater.lake.labels import list_labels
from headwater.lake.list_contents import Versions, list_versions, read_table
from headwater.model.case import Case
from headwater.model.label import Role
from headwater.model.service import Service

Say = Callable[[str], None]

MOST_OTHERS = 200  # clients that are no listed C2s told one by one in a case; all of them are counted


@dataclass(frozen=True, slots=True)
class Choices:
    """What an analyst decides about the reckoning, beside what is measured.

    Attributes:
        timelines: what timelines assume, and the rule by which C2s are left out.
        tenancy: what is taken for granted about tenants.
        template: questions, hypotheses, rules of evidence; None: the shipped one.
        edits: changes of single items of the ledger.
        beside: other assumptions of timelines; how far they move an answer widens its bounds.
    """

    timelines: TimelineSettings = field(default_factory=TimelineSettings)
    tenancy: TenancySettings = field(default_factory=TenancySettings)
    template: Template | None = None
    edits: Edits | None = None
    beside: tuple[TimelineSettings, ...] = (
        TimelineSettings(listing_median_days=0.5),
        TimelineSettings(listing_median_days=6.0),
        TimelineSettings(near_median_days=4.0, handoff_median_days=14.0),
        TimelineSettings(bayes_cap=8.0),
    )


@dataclass(frozen=True, slots=True)
class Investigated:
    """A case with what it stands on.

    Attributes:
        case: the answer.
        measurements: what was reckoned with.
        facts: the same with what is known from outside the flows.
        trace: every query that ran.
    """

    case: Case
    measurements: Measurements
    facts: Facts
    trace: Trace


def investigate(
    lake_root: Path,
    service: Service,
    *,
    settings: CaseSettings | None = None,
    choices: Choices | None = None,
    versions: Versions | None = None,
    say: Say | None = None,
) -> Investigated:
    """Investigates one service of a lake.

    Args:
        lake_root: the lake's folder.
        service: an address with port and protocol, or an address alone: then the key of that address which
            most listed C2s met.
        settings: what to look at.
        choices: what the reckoning assumes.
        versions: of labels and context, by table; None: the newest.
        say: told each step as it begins.

    Returns:
        The case. A service that was never seen has a case, too: it says what was looked for.

    Raises:
        LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
        BadSetting: a setting is impossible, the engine refuses it, or an edit meets no item of the ledger.
    """
    settings, choices = settings or CaseSettings(), choices or Choices()
    # read once, so that all steps see one state of each table though others write to it meanwhile
    versions = {**list_versions(lake_root), **(versions or {})}
    found = measured(lake_root, service, settings=settings, versions=versions, say=say)
    if say is not None:
        say("drawing timelines, and weighing what there is")
    known = networks(lake_root, version=versions["networks"])
    outside = gathered_of(lake_root, found, known=known, tenancy=choices.tenancy, versions=versions)
    done = reckon(found, outside, settings=settings, choices=choices)
    labels = list_labels(lake_root, roles=(Role.C2,), version=versions["labels"])
    case = replace(done.case, contacts=with_labels(done.case.contacts, labels))
    tables = [read_table(lake_root, id_, version=version) for id_, version in versions.items()]
    said = synthetic_said(lake_root, lake_version=case.lake_version, tables=tables)
    case = replace(case, synthetic=said, warnings=((said, *case.warnings) if said else case.warnings))
    return replace(done, case=with_trail(case, found, outside, tables))


def reckon(found: Measured, outside: Gathered, *, settings: CaseSettings, choices: Choices) -> Investigated:
    """The case of what was measured and gathered; a pure function of its arguments.

    Args:
        found: what the flows say.
        outside: what is known beside the flows.
        settings: what was looked at, for the record.
        choices: what the reckoning assumes.

    Raises:
        BadSetting: an edit meets no item of the ledger.
    """
    tables = found.measurements
    drawn = timelines(tables, settings=choices.timelines)
    facts = facts_of(found, outside, drawn)
    variants = tuple(
        replace(facts, timelines=timelines(tables, settings=other)) for other in choices.beside
    ) if drawn else ()  # fmt: skip
    template = choices.template or shipped_template()
    warnings = warnings_of(found, outside, settings)
    judged = judge(facts, template, edits=choices.edits, variants=variants, warnings=warnings)
    contacts, left_out = contacts_of(tables, most_others=MOST_OTHERS)
    case = Case(
        service=found.service, role=found.role, lake_version=found.lake_version, since=settings.since,
        until=settings.until, settings=case_settings(settings, choices.timelines, choices.tenancy, template),
        counts=counts_of(tables), coverage=coverage_of(tables, found.sensors), contacts=contacts,
        contacts_left_out=left_out + tables.clients_left_out, timelines=drawn,
        with_excluded=judged.with_excluded, neighbours=found.neighbours, chance=facts.chance,
        keys=outside.brackets, tenancy=outside.tenancies, claims=outside.claims, placed=outside.placed,
        evidence=judged.evidence, hypotheses=judged.hypotheses, waterfall=judged.waterfall,
        confirmation=confirmed_or_none(facts.confirmation), conclusion=judged.conclusion, warnings=warnings,
    )  # fmt: skip
    return Investigated(case, tables, facts, found.trace)
