"""What does no file of the project say, and do its links lead somewhere?"""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCK = "uv.lock"  # names registries, because that is what it is for

MACHINE_PATH = re.compile(r"(?<![\w.~*)}-])/(?:work|tmp|home|root)\b")
OPEN_ENDS = re.compile(r"\b(?:TO[D]O|FIX[M]E)\b")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|crates\.io|art[i]factory|(?<!\w)/simpl[e]\b"
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)


@cache
def texts() -> dict[str, str]:
    """The project's text files as git knows them, but the lock, by path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("the project is no git checkout here")
    names = [name for name in listed.stdout.decode().split("\0") if name and (PROJECT / name).is_file()]
    contents = {name: (PROJECT / name).read_bytes() for name in names if name != LOCK}
    return {name: content.decode() for name, content in contents.items() if b"\0" not in content}


def said(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs: file, line and its text."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def links() -> Iterator[tuple[str, str]]:
    """Each page with each of its links that stays inside the project."""
    for name, text in texts().items():
        if name.endswith(".md"):
            for target in _LINK.findall(_CODE.sub("", text)):
                if not re.match(r"[a-z]+:", target):
                    yield name, target


def slug(heading: str) -> str:
    """What a link calls a heading: as GitHub does, in lower case, with hyphens and without punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def leads_somewhere(page: str, target: str) -> bool:
    """Whether the link's file exists, and the heading where it names one."""
    path, _, heading = target.partition("#")
    file = (PROJECT / page).parent / path if path else PROJECT / page
    if not heading:
        return file.exists()
    return file.is_file() and heading in map(slug, _HEADING.findall(file.read_text("utf-8")))


@pytest.mark.parametrize("folder", ["work", "tmp", "home", "root"])
def test_a_machine_s_folder_is_seen(folder: str) -> None:
    """The pattern that the test on all files relies on finds what it should."""
    assert MACHINE_PATH.search(f'PATH="/{folder}/somebody"')


@pytest.mark.parametrize("line", ["tests/home/x", "https://example.org/work", "/worker", "~/tmp"])
def test_other_paths_are_no_machine_s_folders(line: str) -> None:
    """Relative paths, addresses on the web and longer names are not taken for one."""
    assert not MACHINE_PATH.search(line)


def test_no_file_names_a_machine_s_folders() -> None:
    """A path that exists on one machine helps nobody on another."""
    assert said(MACHINE_PATH) == []


def test_nothing_is_left_for_later() -> None:
    """What is not done yet is no note in a file."""
    assert said(OPEN_ENDS) == []


def test_only_the_lock_names_registries() -> None:
    """Where packages come from is each user's own setting."""
    assert said(REGISTRY) == []


def test_links_resolve() -> None:
    """Every link of README, CHANGELOG and docs to a file or a heading of the project finds it."""
    assert [f"{page} -> {target}" for page, target in links() if not leads_somewhere(page, target)] == []
