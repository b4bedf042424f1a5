"""Tests that share what is costly to make run in one process."""

import pytest

pytestmark = pytest.mark.xdist_group("groups")


def test_a_group_is_what_processes_are_handed(request: pytest.FixtureRequest) -> None:
    """By names that end with their group; without, each process makes what its tests share."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("one process runs all tests: pytest -n 2 --dist loadgroup asks this")
    assert request.node.nodeid.endswith("@groups")
