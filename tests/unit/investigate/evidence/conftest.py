"""What tests of evidence share: the scopes of facts."""

from collections.abc import Callable

import numpy as np
import pytest

from headwater.investigate.facts import ALL, Facts
from headwater.investigate.rule import Scope

ScopeOf = Callable[..., Scope]


@pytest.fixture
def scope_of() -> ScopeOf:
    """The scope of all C2s of some facts, or of a group."""

    def make(facts: Facts, name: str = ALL) -> Scope:
        listed = facts.measurements.listed
        groups = np.array(listed.groups)[listed.group] if len(listed.hi) else np.array([])
        every = np.ones(len(listed.hi), dtype=np.bool_)
        return Scope(name, every if name == ALL else groups == name)

    return make
