"""The audit of the dependencies: what can be seen of it without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_audit_is_part_of_the_nightly_run() -> None:
    """`make nightly` asks for known vulnerabilities of the locked packages."""
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^nightly: .*\baudit\b", makefile, re.MULTILINE)
    assert "pip-audit --require-hashes --disable-pip --requirement requirements.lock" in makefile
