"""The house: lint, format, types, length of files, nothing of one machine in the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
WRITTEN_BY_HAND = frozenset({".py", ".js", ".css", ".html", ".sql", ".sh", ".yaml", ".toml", ""})
REGISTRIES = re.compile(
    r"pypi\.(org|python)|pythonhosted|--(extra-)?index-url|npmjs|repo1?\.maven|mvnrepository",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w./])/(work|root|home/\w+|Users/\w+)/")
MARKS_OF_WORK = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
OURSELVES = "tests/unit/test_house_style.py"


def tracked() -> list[str]:
    """Return the files of the repository, those not yet added included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str], names: list[str]) -> list[str]:
    """Return `file:line` of every match."""
    found = []
    for name in names:
        if Path(name).suffix in {".png", ".parquet", ".xlsx", ".woff2"} or name == OURSELVES:
            continue
        text = (ROOT / name).read_text(errors="replace")
        found += [
            f"{name}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--quiet", "."],
        ["ruff", "format", "--check", "--quiet", "."],
        ["mypy"],
    ],
    ids=" ".join,
)
def test_the_checkers_find_nothing(command: list[str]) -> None:
    """Lint, format and strict types are clean."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long() -> None:
    """A file that grew past the limit is split by its nouns."""
    lengths = {
        name: len((ROOT / name).read_text(errors="replace").splitlines())
        for name in tracked()
        if Path(name).suffix in WRITTEN_BY_HAND
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_registry_is_named() -> None:
    """Locks and scripts take packages from wherever the machine says."""
    assert lines_with(REGISTRIES, tracked()) == []
    locks = [name for name in tracked() if name.endswith(".lock")]
    assert locks
    assert lines_with(re.compile("://"), locks) == []


def test_no_path_of_a_machine_is_named() -> None:
    """The repository works wherever it is cloned."""
    assert lines_with(MACHINE_PATHS, tracked()) == []


def test_nothing_is_left_for_later() -> None:
    """What is in the code works; what is missing is in the issue tracker."""
    code = [name for name in tracked() if name.endswith((".py", ".js", ".css", ".html"))]
    assert lines_with(MARKS_OF_WORK, code) == []


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "common", "base", "misc"])
def test_modules_carry_names_of_the_trade(word: str) -> None:
    """A module is named by what it holds."""
    allowed = {"schemas/events/base.py"}
    assert [
        name
        for name in tracked()
        if name.endswith(".py") and Path(name).stem == word and name not in allowed
    ] == []


def test_every_lock_entry_has_hashes() -> None:
    """Nothing is installed that was not seen when the lock was made."""
    locks = [name for name in tracked() if name.endswith(".lock")]
    assert {"requirements.lock", "requirements-dev.lock"} <= set(locks)
    for name in locks:
        entries = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
        assert [line for line in entries if "==" in line and "--hash=sha256:" not in line] == []
        assert sum("==" in line for line in entries) > (50 if "/" not in name else 0)
