"""The audit of the dependencies: run where a service can be asked, its judgement everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.unit.dependency_audit import Review, Verdict, audit, judge, reviewed

ROOT = Path(__file__).parents[2]
_PINNED = re.compile(r"^[A-Za-z0-9_.-]+==", re.MULTILINE)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_audit_can_read_what_is_locked(lock: str) -> None:
    """Everything is pinned with hashes; `make audit` will ask about every package of it."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--dry-run", "--require-hashes", "--disable-pip"),
        *("--requirement", lock),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = re.search(r"would have audited (\d+) packages", done.stderr)
    assert told is not None, done.stderr
    pinned = len(_PINNED.findall((ROOT / lock).read_text()))
    assert pinned - 15 <= int(told[1]) <= pinned  # markers leave out what is of other systems


def test_nothing_that_is_locked_is_known_to_be_vulnerable() -> None:
    """Where an advisory service can be reached, nothing unreviewed is known of the packages."""
    verdict = audit()
    if verdict.not_run:
        pytest.skip(f"the audit of the dependencies was not run: {verdict.not_run}")
    assert verdict.wrong == ()


def report(*found: dict[str, Any]) -> dict[str, Any]:
    """Return a report of pip-audit about a package with these vulnerabilities, and a good one."""
    good = {"name": "good", "version": "1", "vulns": []}
    return {"dependencies": [good, {"name": "weak", "version": "2.0", "vulns": list(found)}]}


WEAK = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-9"], "fix_versions": ["2.1"]}
TODAY = date(2026, 11, 28)


def review(name: str = "PYSEC-2026-1", package: str = "weak", until: date = TODAY) -> Review:
    """Return a review of the vulnerability."""
    return Review(name, package, "not in the part we use", until)


def test_a_known_vulnerability_is_found() -> None:
    """What nobody has reviewed is named with the version that mends it."""
    (text,) = judge(report(WEAK), [], TODAY).wrong
    assert {"weak 2.0", "PYSEC-2026-1", "2.1"} <= set(re.split("[;:] ?(?:fixed in: )?", text))
    assert judge(report(), [], TODAY) == Verdict(2)


@pytest.mark.parametrize(
    ("reviews", "is_well"),
    [
        ([review()], True),
        ([review("CVE-2026-9")], True),
        ([review(package="good")], False),
        ([review("PYSEC-2026-2")], False),
        ([review(until=date(2026, 11, 27))], False),
    ],
)
def test_a_review_holds_for_its_package_until_its_day(reviews: list[Review], is_well: bool) -> None:
    """A reviewed vulnerability passes by its name or an alias, and not for ever."""
    assert (judge(report(WEAK), reviews, TODAY).wrong == ()) == is_well


def test_an_audit_that_could_ask_nobody_was_not_run() -> None:
    """A service that knows none of the packages is no service: that is not 'nothing found'."""
    skipped = {"dependencies": [{"name": "good", "skip_reason": "not found"}]}
    assert judge(skipped, [], TODAY) == Verdict(not_run="not found")


def test_every_review_gives_a_reason_and_an_end() -> None:
    """The reviewed list is whole, and nothing on it has no reason."""
    for one in reviewed():
        assert one.reason
        assert one.id
        assert isinstance(one.until, date)


def test_the_audit_is_a_command_and_part_of_the_nightly_run() -> None:
    """`make audit` asks by the same judgement, and `make nightly` begins with it."""
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^nightly: .*\baudit\b", makefile, re.MULTILINE)
    assert "-m tests.unit.dependency_audit" in makefile
