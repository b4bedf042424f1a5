"""The public interface: what it names, that it is lazy, and that type checkers see what is there."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import headwater as hw

SOURCE = Path(str(hw.__file__))


def test_importing_it_loads_nothing() -> None:
    """`import headwater` is free: no other module of the package and no library comes with it."""
    program = (
        "import sys; before = set(sys.modules); import headwater; new = set(sys.modules) - before\n"
        "print(*sorted(name for name in new if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["headwater"]


@pytest.mark.parametrize("name", [name for name in hw.__all__ if name != "__version__"])
def test_each_name_is_there(name: str) -> None:
    """Every public name can be used and has a docstring."""
    assert (getattr(hw, name).__doc__ or "").strip()


def test_type_checkers_see_the_same() -> None:
    """The imports for type checkers name each part with the module that has it, and nothing else."""
    tree = ast.parse(SOURCE.read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        one.name: str(node.module).removeprefix("headwater.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    assert seen == hw._WHERE


def test_all_is_what_is_public() -> None:
    """`__all__`, which `from headwater import *` and editors read, names the same."""
    assert sorted(hw.__all__) == sorted([*hw._WHERE, "__version__"])


def test_no_name_is_a_folder_of_the_package() -> None:
    """A public function called as a folder would be replaced by that folder once it is imported."""
    assert {one.name for one in iter_modules(hw.__path__)} & set(hw._WHERE) == set()


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'hunt_all'"):
        hw.hunt_all  # noqa: B018  # that is the test


def test_folders_can_still_be_imported() -> None:
    """What is not public is imported by its own path."""
    assert import_module("headwater.model.window").Window is not None
