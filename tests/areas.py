"""`make test`: the areas one after another, each with its time budget, and one line at the end.

    python -m tests.areas [area]

A budget that is passed is said, not punished: machines differ. An area that hangs is ended at
four times its budget, at night at sixteen times, and counts as failed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from tests.brokers import kind_of

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "build" / "junit"
_HANGING = 16 if os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1" else 4


@dataclass(frozen=True, slots=True)
class Part:
    """One run of pytest. Units: budget_s in seconds on two cores."""

    name: str
    folders: tuple[str, ...]
    budget_s: int
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> list[Path]:
        """Return its folders that hold tests."""
        folders = [ROOT / "tests" / folder for folder in self.folders]
        return [folder for folder in folders if any(folder.glob("**/test_*.py"))]


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests went how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )


_BOTH_CORES = ("-n", "2", "--dist", "loadfile")
PARTS = (
    Part("unit", ("unit",), 60, _BOTH_CORES),
    Part("properties", ("properties",), 90, _BOTH_CORES),
    Part("contracts", ("contracts",), 30, _BOTH_CORES),
    Part("scenarios", ("scenarios",), 120),
    Part("mutations", ("mutations",), 90, _BOTH_CORES),
    Part("integration", ("integration",), 480),
    Part("acceptance", ("acceptance",), 90),
    Part("reports", ("reports",), 60),
    Part("access", ("access",), 150),
    Part("changes", ("changes",), 60),
    Part("browser", ("browser",), 120),
    Part("faults", ("faults",), 480),
)
EMBEDDED = Part(
    "integration on the embedded broker",
    ("integration", "acceptance"),
    210,
    ("-m", "not kafka and not browser and not once"),
    {"SALESPULSE_TEST_BROKER": "embedded"},
)


def main(arguments: list[str]) -> int:
    """Run one area or all; return 1 where a test failed or an area is unknown."""
    began = time.monotonic()
    if arguments:
        parts = [part for part in PARTS if part.name == arguments[0]]
        if not parts or not parts[0].paths:
            names = ", ".join(part.name for part in PARTS if part.paths)
            print(f"no area {arguments[0]}: one of {names}")
            return 1
    else:
        parts = [part for part in PARTS if part.paths]
        if kind_of(os.environ) != "embedded":
            parts.append(EMBEDDED)
    total = Count()
    lines = []
    for part in parts:
        count, seconds = _run(part)
        total += count
        over = " OVER BUDGET" if seconds > part.budget_s else ""
        lines.append(
            f"{part.name:<36}{count.passed:>6} passed {count.failed:>4} failed "
            f"{count.skipped:>4} not run {seconds:>6.0f} s of {part.budget_s} s{over}"
        )
    print("\n" + "\n".join(lines))
    minutes, seconds_left = divmod(round(time.monotonic() - began), 60)
    print(f"{total.skipped} not run, {minutes} min {seconds_left} s in all")
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


def _run(part: Part) -> tuple[Count, float]:
    print(f"\n== {part.name} (budget {part.budget_s} s)", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    junit = RESULTS / f"{part.name.replace(' ', '-')}.xml"
    junit.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={junit}", *part.options]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, *map(str, part.paths)], cwd=ROOT, env={**os.environ, **part.environment}
    )
    try:
        code = process.wait(part.budget_s * _HANGING)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)  # its fixtures still stop what they started
        process.wait()
        code = -1
        print(f"{part.name} hangs and was ended")
    except KeyboardInterrupt:
        process.wait()
        raise
    count = _count(junit)
    if code != 0 and count.failed == 0:
        count += Count(failed=1)
    return count, time.monotonic() - began


def _count(junit: Path) -> Count:
    if not junit.exists():
        return Count()
    passed = failed = skipped = 0
    for suite in ET.parse(junit).getroot().iter("testsuite"):
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        idle = int(suite.get("skipped", 0))
        passed += int(suite.get("tests", 0)) - bad - idle
        failed += bad
        skipped += idle
    return Count(passed, failed, skipped)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
