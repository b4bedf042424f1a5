"""What is told of a family's first contact with a service? Findings with their reasons."""

from headwater.investigate.change_findings import moment_in, role_of, service_of
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.first_contacts import FirstContact
from headwater.model.change import Change, ChangeKind
from headwater.score.words import icd203

UNDECIDED = "undecided"


def first_contact_findings(
    tables: ChangeTables, found: tuple[FirstContact, ...], *, settings: ChangeSettings
) -> tuple[Change, ...]:
    """One finding for each first contact.

    Args:
        tables: what there is.
        found: as from `first_contacts`.
        settings: what counts as unusual.
    """
    return tuple(_told(tables, one, settings) for one in found)


def _told(tables: ChangeTables, one: FirstContact, settings: ChangeSettings) -> Change:
    probability = one.probability
    return Change(
        kind=ChangeKind.FIRST_CONTACT, service=service_of(tables, one.key), role=role_of(tables, one.key),
        other=None, family=(tables.c2s.families[one.family],), since=moment_in(tables, one.since),
        until=moment_in(tables, one.new.first), probability=probability,
        words=UNDECIDED if probability is None else icd203(probability),
        reasons=_reasons(tables, one, settings), alternatives=(), numbers=_numbers(one),
    )  # fmt: skip


def _reasons(tables: ChangeTables, one: FirstContact, settings: ChangeSettings) -> tuple[str, ...]:
    family, verdict = tables.c2s.families[one.family], tables.keys.upstreams[one.key]
    place = (
        "it is taken for an upstream"
        if verdict
        else "the hunt calls it associated, and at least half of all hosts seen with it are listed C2s"
    )
    return (_new(family, one), _before(family, one), place, _unusual(family, one, settings))


def _new(family: str, one: FirstContact) -> str:
    new = one.new
    work = "only one C2 was" if new.before == 1 else f"only {new.before} C2s were"
    if one.decided:
        return (
            f"new to {family}: had it been in use before, the chance that nothing of it was seen is "
            f"{new.unseen:.2g}"
        )
    return (
        f"whether it was new to {family} is undecided: {work} at work before for the {new.usual_days:.1f} "
        f"days that a C2 usually takes to come to it; had it been in use, it would have been missed with a "
        f"chance of {new.unseen:.2g}"
    )


def _before(family: str, one: FirstContact) -> str:
    new = one.new
    waited = (
        f"{new.waited} of these {new.before} met it afterwards, which says that the service came, not the C2"
    )
    said = (
        f"{new.users} of the {new.after} C2s of {family} at work after the first contact met it, none of the "
        f"{new.before} at work before"
    )
    if new.waited:
        said += f"; {waited}"
    if one.others is not None:
        hosts = f"{one.others} host{'s' * (one.others != 1)}" if one.others else "no host"
        said += f"; {hosts} of any kind had met it before"
    return said


def _unusual(family: str, one: FirstContact, settings: ChangeSettings) -> str:
    came = f"{family} came to {one.earlier} such services in {one.weeks:.1f} covered weeks before"
    needed = (
        f"with as many, {one.needed_weeks:.0f} weeks would be needed before one within a week is unusual "
        f"(below {settings.unusual_below:.0%})"
    )
    if one.weekly is None:
        return f"history too short: {came}; {needed}"
    if one.weekly >= settings.unusual_below:
        return f"{came}, so one within a week has a chance of {one.weekly:.2f}: not unusual; {needed}"
    return f"{came}, so one within a week has a chance of {one.weekly:.3f}: new to this family until now"


def _numbers(one: FirstContact) -> dict[str, float]:
    new = one.new
    known = {} if one.weekly is None else {"chance_in_a_week": one.weekly}
    seen = {} if one.others is None else {"hosts_before": float(one.others)}
    return {
        "users": new.users, "c2s_after": new.after, "c2s_before": new.before,
        "c2s_before_that_met_it": new.waited, "chance_missed_before": new.unseen,
        "usual_days_to_contact": new.usual_days,
        "earlier_services": one.earlier, "history_weeks": one.weeks, "needed_weeks": one.needed_weeks,
        "first_contact_days": new.first, "second_c2_days": new.second,
    } | known | seen  # fmt: skip
