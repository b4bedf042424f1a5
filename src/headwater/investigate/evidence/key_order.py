"""Did the address change hands between what is claimed and the contact, or since the contact?

Rests on keys by which the host was recognised. A key that sits on other hosts as well came with an image
and says less about who set it.
"""

from headwater.investigate.evidence.named_actor import actor_claims
from headwater.investigate.evidence.placed_claims import before_share
from headwater.investigate.facts import Facts, contact_span_us
from headwater.investigate.rule import TENANT, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence
from headwater.model.tenancy import Tenancy
from headwater.model.window import micros_of, moment_of

_REASONS = {
    "changed-between": "A new key after the claim and before the contact is what a new tenant brings; "
    "the same operator sets one only when the host is set up anew.",
    "changed-before": "A new key before the contact is what a new tenant brings.",
    "changed-since": "A new key after the contact is what the next tenant brings.",
    "one-key": "The same key before, during and after the contact is the same host, set up once.",
    "kept-since": "The key of the contact was still there after it: nobody has taken over since.",
}


def _held(facts: Facts) -> Tenancy | None:
    return next((tenancy for tenancy in facts.tenancies if tenancy.id == facts.held.tenancy), None)


def _trusted(facts: Facts, rule: Rule, tenancy: Tenancy) -> float:
    """Less where every key of the tenancy sits on other hosts as well."""
    keys = [bracket for bracket in facts.brackets if bracket.id in tenancy.evidence]
    shared = bool(keys) and all(bracket.elsewhere for bracket in keys)
    return rule.numbers["shared_key"] if shared else 1.0


def _findings(facts: Facts, tenancy: Tenancy) -> list[tuple[str, float, str]]:
    """Findings with the probability that each holds, and what was observed.

    A change of keys counts by the probability that it is a change of hands, which the tenancy states.
    """
    begins = 1.0 if tenancy.start_probability is None else tenancy.start_probability
    ends = 1.0 if tenancy.end_probability is None else tenancy.end_probability
    span = contact_span_us(facts)
    if span is None:
        return []
    first, last = span
    found = []
    low, high = tenancy.start_low, tenancy.start_high
    if low is not None and micros_of(low) < first:
        shares = [share for claim in actor_claims(facts) if (share := before_share(facts, claim)) is not None]
        told = (
            f"A new key was set between {low:%Y-%m-%d} and {high:%Y-%m-%d}; "
            f"contact begins on {moment_of(first):%Y-%m-%d}"
        )
        if shares:
            said = f"{told}. What is claimed is from before that with a probability of {max(shares):.2f}."
            found.append(("changed-between", begins * max(shares), said))
        else:
            found.append(("changed-before", begins, f"{told}."))
    if tenancy.end_high is not None:
        when = f"between {tenancy.end_low:%Y-%m-%d} and {tenancy.end_high:%Y-%m-%d}"
        said = f"Another key was set {when}; contact ends on {moment_of(last):%Y-%m-%d}."
        found.append(("changed-since", ends, said))
    elif micros_of(tenancy.end_low) >= last:
        whole = low is None and micros_of(high) <= first
        said = f"The key of the contact's time was last seen on {tenancy.end_low:%Y-%m-%d}, after the contact"
        found.append(("one-key" if whole else "kept-since", 1.0, f"{said}{', and before it' * whole}."))
    return found


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    tenancy = _held(facts)
    if tenancy is None:
        return ()
    trusted = _trusted(facts, rule, tenancy)
    sources = "observations of the host"
    return tuple(
        measured(
            rule,
            facts,
            question=TENANT,
            scope=scope.name,
            statement=statement,
            reason=_REASONS[finding] + ("" if trusted == 1.0 else " Its keys sit on other hosts, too."),
            weights=rule.told(finding, factor=trusted * share),
            source=sources,
            at_us=micros_of(tenancy.start_high),
        )
        for finding, share, statement in _findings(facts, tenancy)
    )


KEY_ORDER = Kind(
    "key-order",
    "when the keys of the host changed",
    TENANT,
    _look,
    numbers={"shared_key": (0.0, 1.0)},
    findings=tuple(_REASONS),
)
