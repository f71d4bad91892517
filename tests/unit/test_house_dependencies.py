"""What the code imports is what the package declares: a fresh machine has nothing else."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.unit.test_house_imports import OURS, imported, modules

ROOT = Path(__file__).parents[2]


@cache
def project() -> dict[str, list[str]]:
    """Return the declared distributions by group; '' is what every installation has."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {"": declared["dependencies"], **declared["optional-dependencies"]}
    return {group: [name_of(each) for each in listed] for group, listed in groups.items()}


def name_of(requirement: str) -> str:
    """Return the normalised name of a distribution."""
    match = re.match(r"[\w.-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def beside(path: Path) -> set[str]:
    """Return what the environment of a program's own has, where there is one for its folder."""
    listed = path.with_name("requirements.in")
    if not listed.exists():
        return set()
    return {name_of(line) for line in listed.read_text().splitlines() if line[:1].isalpha()}


def undeclared(folders: tuple[str, ...], groups: tuple[str, ...]) -> dict[str, str]:
    """Return the imported packages that no group declares, with a file that imports each."""
    declared = {name for group in groups for name in project()[group]}
    offered = packages_distributions()
    found = {}
    for path in (path for folder in folders for path in modules(folder)):
        allowed = declared | beside(path)
        for name, _ in imported(ast.parse(path.read_text())):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top in OURS or not top:
                continue
            if not {name_of(each) for each in offered.get(top, (top,))} & allowed:
                found[top] = str(path.relative_to(ROOT))
    return found


def test_what_runs_needs_only_what_it_declares() -> None:
    """Services and schemas import nothing that came in by chance with something else."""
    assert undeclared(("schemas", "services", "salespulse_client"), ("",)) == {}


def test_the_local_stack_needs_only_what_it_declares() -> None:
    """The embedded broker and store are an extra; the tests' tools are no part of either."""
    assert undeclared(("deploy",), ("", "embedded")) == {}


def test_the_tests_need_only_what_they_declare() -> None:
    """The dev extra is enough to run every test."""
    assert undeclared(("tests",), ("", "embedded", "dev")) == {}


def test_every_declared_distribution_is_locked() -> None:
    """The lock is as new as pyproject.toml: make lock."""
    for lock, groups in (
        ("requirements.lock", ("", "build", "embedded")),
        ("requirements-dev.lock", ("", "build", "embedded", "dev")),
    ):
        locked = {
            name_of(line)
            for line in (ROOT / lock).read_text().splitlines()
            if line and not line.startswith((" ", "#"))
        }
        wanted = {name for group in groups for name in project()[group]}
        assert wanted - locked == set(), "run: make lock"
