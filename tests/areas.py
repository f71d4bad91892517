"""`make test`: all areas, each with its time budget, and one line at the end.

    python -m tests.areas [area]

One area alone says what it does as it goes, on both cores where it can. All together run three at
a time, the longest first and the integration tests in two processes; each says what it did when it
is through: much of a test of running services is waiting, so a few share two cores well.

A budget that is passed is said, not punished: machines differ. A test that hangs is ended after
five minutes and shows where it hung, an area after six times its budget; both count as failed.
At night they have much longer.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from tests.brokers import kind_of

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "build" / "junit"
_NIGHTLY = os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"
_HANGING = 16 if _NIGHTLY else 6
_HANGING_TEST_S = 3600 if _NIGHTLY else 300


@dataclass(frozen=True, slots=True)
class Part:
    """One run of pytest. Units: budget_s in seconds on two cores.

    Shape:  options of pytest: always, and those of a part that has the machine for itself.
    """

    name: str
    folders: tuple[str, ...]
    budget_s: int
    options: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def paths(self) -> list[Path]:
        """Return its folders that hold tests."""
        folders = [ROOT / "tests" / folder for folder in self.folders]
        return [folder for folder in folders if any(folder.glob("**/test_*.py"))]

    @property
    def junit(self) -> Path:
        """Return where its results are written."""
        return RESULTS / f"{self.name.replace(' ', '-')}.xml"


@dataclass(frozen=True, slots=True)
class Took:
    """How long a part ran. Units: seconds, of the clock and of processors."""

    wall_s: float
    cpu_s: float


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
_AT_A_TIME = 3
_LOOK_S = 0.1
PARTS = (
    Part("unit", ("unit",), 240, alone=_BOTH_CORES),
    Part("properties", ("properties",), 180, alone=_BOTH_CORES),
    Part("contracts", ("contracts",), 60, alone=_BOTH_CORES),
    Part("scenarios", ("scenarios",), 120),
    Part("mutations", ("mutations",), 180, alone=_BOTH_CORES),
    Part("integration", ("integration",), 600, _BOTH_CORES),
    Part("acceptance", ("acceptance",), 180),
    Part("reports", ("reports",), 120),
    Part("access", ("access",), 300),
    Part("changes", ("changes",), 120),
    Part("browser", ("browser",), 540),
    Part("faults", ("faults",), 540),
)
EMBEDDED = Part(
    "integration on the embedded broker",
    ("integration", "acceptance") if _NIGHTLY else ("integration",),
    120,
    ("-m", "not kafka and not browser and not once" + ("" if _NIGHTLY else " and not long")),
    environment={"SALESPULSE_TEST_BROKER": "embedded"},
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
    done = {parts[0]: _run_alone(parts[0])} if arguments else _run_all(parts)
    total = Count()
    lines = []
    for part in parts:
        count, took = done[part]
        total += count
        over = " OVER BUDGET" if took.wall_s > part.budget_s else ""
        lines.append(
            f"{part.name:<36}{count.passed:>6} passed {count.failed:>4} failed "
            f"{count.skipped:>4} not run {took.wall_s:>6.0f} s of {part.budget_s} s, "
            f"{took.cpu_s:.0f} s of processor{over}"
        )
    print("\n" + "\n".join(lines))
    minutes, seconds_left = divmod(round(time.monotonic() - began), 60)
    print(f"{total.skipped} not run, {minutes} min {seconds_left} s in all")
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


def _run_all(parts: Sequence[Part]) -> dict[Part, tuple[Count, Took]]:
    """Run parts three at a time, the longest first."""
    order = sorted(parts, key=lambda part: -part.budget_s)
    with ThreadPoolExecutor(_AT_A_TIME) as lanes:
        promises = {part: lanes.submit(_run_beside, part) for part in order}
        return {part: promise.result() for part, promise in promises.items()}


def _run_beside(part: Part) -> tuple[Count, Took]:
    """Run a part and show what it said, whole, once it is through."""
    said = RESULTS / f"{part.junit.stem}.log"
    RESULTS.mkdir(parents=True, exist_ok=True)
    with said.open("w+") as output:
        found = _run(part, output)
        output.seek(0)
        print(output.read(), flush=True)
    return found


def _run_alone(part: Part) -> tuple[Count, Took]:
    return _run(replace(part, options=(*part.options, *part.alone)))


def _run(part: Part, output: TextIO | None = None) -> tuple[Count, Took]:
    print(f"\n== {part.name} (budget {part.budget_s} s)", file=output, flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    part.junit.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={part.junit}"]
    command += [f"--timeout={_HANGING_TEST_S}", *part.options]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, *map(str, part.paths)],
        cwd=ROOT,
        env={**os.environ, **part.environment},
        stdout=output,
        stderr=output,
    )
    try:
        code, cpu_s = _ended(process, began + part.budget_s * _HANGING)
    except KeyboardInterrupt:
        process.wait()
        raise
    if code is None:
        print(f"{part.name} hangs and was ended", file=output, flush=True)
    count = _count(part.junit)
    if code != 0 and count.failed == 0:
        count += Count(failed=1)
    return count, Took(time.monotonic() - began, cpu_s)


def _ended(process: subprocess.Popen[bytes], deadline: float) -> tuple[int | None, float]:
    """Wait for a process; return its exit code, None where it had to be ended, and its processor s.

    `wait4` tells what a process and all it waited for have used; Popen does not.
    """
    is_asked = False
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            code = None if is_asked else process.returncode
            return code, usage.ru_utime + usage.ru_stime
        if not is_asked and time.monotonic() > deadline:
            is_asked = True
            process.send_signal(signal.SIGINT)  # its fixtures still stop what they started
        time.sleep(_LOOK_S)


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
