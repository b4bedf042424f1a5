"""What does a case take for granted about tenants? How often servers change hands, and their keys without it.

Nobody publishes these rates for rented servers. They are choices, made to be argued with: they are written
into every answer that stands on them, and each can be set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class KindRates:
    """How one kind of key behaves.

    Attributes:
        routine_a_year: how often the same tenant changes it without setting up the host anew.
        on_reinstall: chance in [0, 1] that the same tenant's reinstall changes it.
        on_new_tenant: chance in [0, 1] that a new tenant changes it; below 1, for images share keys.
    """

    routine_a_year: float
    on_reinstall: float
    on_new_tenant: float


# An SSH host key is made once, when the system is installed (sshd(8), ssh-keygen(1) -A). A certificate that
# lives 90 days (Let's Encrypt) is renewed four times a year or more. Banners change with every update, pages
# when somebody edits them.
USUAL_RATES: Mapping[str, KindRates] = MappingProxyType(
    {
        "ssh": KindRates(routine_a_year=0.05, on_reinstall=0.9, on_new_tenant=0.95),
        "tls": KindRates(routine_a_year=4.0, on_reinstall=0.5, on_new_tenant=0.9),
        "banner": KindRates(routine_a_year=2.0, on_reinstall=0.3, on_new_tenant=0.7),
        "http": KindRates(routine_a_year=6.0, on_reinstall=0.3, on_new_tenant=0.9),
    }
)
OTHER_KIND = KindRates(routine_a_year=4.0, on_reinstall=0.5, on_new_tenant=0.7)


@dataclass(frozen=True, slots=True)
class TenancySettings:
    """What decides about tenants.

    Attributes:
        new_tenants_a_year: how often an address of a hoster changes hands.
        reinstalls_a_year: how often one tenant sets up the host anew.
        rates: kind before its slash ("ssh") to how it behaves; kinds not named behave as OTHER_KIND.
        boundary_from: least probability of a change of hands at which a change of keys bounds a tenancy.
        least_ratio: how many times likelier than routine a new tenant must make the change, for it to bound a
            tenancy. Certificates seen a year apart differ anyway: without this, the yearly rate of new
            tenants alone would draw a boundary between them.
        narrow_below: a second kind narrows a boundary only where the chance that it changed by routine just
            then is below this.
    """

    new_tenants_a_year: float = 0.5
    reinstalls_a_year: float = 0.3
    rates: Mapping[str, KindRates] = field(default_factory=lambda: USUAL_RATES)
    boundary_from: float = 0.2
    least_ratio: float = 3.0
    narrow_below: float = 0.2

    def of(self, family: str) -> KindRates:
        """How a kind behaves, by its name before the slash."""
        return self.rates.get(family, OTHER_KIND)
