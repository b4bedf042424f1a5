"""Tests that share what is costly to make run in one process."""

import pytest

pytestmark = pytest.mark.xdist_group("groups")


def test_a_group_is_what_processes_are_handed(request: pytest.FixtureRequest) -> None:
    """The runner hands tests out by names that end with their group; without, each process makes everything."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("one process runs all tests: pytest -n 2 --dist loadgroup asks this")
    assert request.node.nodeid.endswith("@groups")
