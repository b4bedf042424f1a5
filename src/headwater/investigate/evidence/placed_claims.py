"""Where does a claim lie against the tenancy of the contact, and how probably before it?"""

from headwater.investigate.facts import Facts
from headwater.model.tenancy import PlacedClaim, Placing
from headwater.model.window import micros_of


def placed_of(facts: Facts, claim: int) -> PlacedClaim | None:
    """How the claim is placed against the tenancy of the contact; None where there is no such tenancy."""
    for placed in facts.placed:
        if placed.claim == claim and placed.tenancy == facts.held.tenancy:
            return placed
    return None


def before_share(facts: Facts, claim: int) -> float | None:
    """Probability that the claim is from before the tenancy of the contact; None where nobody can say."""
    placed = placed_of(facts, claim)
    return None if placed is None else placed.probability


def barred(facts: Facts, claim: int) -> str:
    """Id of the tenancy whose edge bars the claim; "" where it counts."""
    placed = placed_of(facts, claim)
    if placed is not None and placed.placing is Placing.BEFORE:
        return placed.tenancy
    until = facts.held.until_us
    return facts.held.tenancy if until is not None and micros_of(facts.claims[claim].date) >= until else ""


def about_service(facts: Facts) -> list[int]:
    """Numbers of the claims about the service's address."""
    return [number for number, claim in enumerate(facts.claims) if claim.address == facts.service.address]
