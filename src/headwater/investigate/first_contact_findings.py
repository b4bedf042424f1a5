"""What is told of a family's first contact with a service? Findings with their reasons."""

from headwater.investigate.change_findings import moment_in, role_of, service_of
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.first_contacts import FirstContact
from headwater.model.change import Change, ChangeKind


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
    return Change(
        kind=ChangeKind.FIRST_CONTACT, service=service_of(tables, one.key), role=role_of(tables, one.key),
        other=None, family=(tables.c2s.families[one.family],), since=moment_in(tables, one.since),
        until=moment_in(tables, one.first), probability=one.weekly, words="",
        reasons=_reasons(tables, one, settings), alternatives=(), numbers=_numbers(one),
    )  # fmt: skip


def _reasons(tables: ChangeTables, one: FirstContact, settings: ChangeSettings) -> tuple[str, ...]:
    family = tables.c2s.families[one.family]
    new = (
        f"{one.users} of the {one.after} C2s of {family} at work after the first contact met it, none of the "
        f"{one.before} at work before; the chance that they used it all the same is {one.unseen:.2g}"
    )
    return new, _unusual(family, one, settings)


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
    return {
        "users": one.users, "c2s_after": one.after, "c2s_before": one.before,
        "chance_used_before": one.unseen, "earlier_services": one.earlier, "history_weeks": one.weeks,
        "needed_weeks": one.needed_weeks, "first_contact_days": one.first, "second_c2_days": one.second,
    }  # fmt: skip
