"""The audit of locked packages: asks advisory services, judges by the reviewed list.

    python -m tests.unit.dependency_audit

exits 1 for a vulnerability that nobody has reviewed, 0 with 'not run' and the reason where no
service can be reached: an audit that could ask nobody about anything has found nothing out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
REVIEWED: Final = ROOT / "deploy" / "advisories.toml"
SERVICES: Final = ("pypi", "osv")
"""As pip-audit calls them; what either of them knows counts."""
_PATIENCE_S: Final = 3
_LONGEST_S: Final = 60


@dataclass(frozen=True, slots=True)
class Review:
    """A vulnerability that somebody looked at."""

    id: str
    package: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit found: `asked` packages were known to a service; else `not_run` says why."""

    asked: int = 0
    wrong: tuple[str, ...] = ()
    not_run: str = ""


def reviewed(path: Path = REVIEWED) -> list[Review]:
    """Return the reviewed list."""
    return [Review(**each) for each in tomllib.loads(path.read_text())["reviewed"]]


def judge(told: Mapping[str, Any], reviews: Sequence[Review], today: date) -> Verdict:
    """Judge the JSON report of pip-audit.

    Laws:   a report in which every package was skipped is no audit.
    """
    packages = told["dependencies"]
    asked = [one for one in packages if "skip_reason" not in one]
    if not asked:
        return Verdict(not_run=packages[0]["skip_reason"] if packages else "nothing is locked")
    known = {(review.package, review.id): review for review in reviews}
    wrong = []
    for package in asked:
        for found in package["vulns"]:
            names = [found["id"], *found.get("aliases", ())]
            by = next(
                (known[key] for name in names if (key := (package["name"], name)) in known), None
            )
            text = f"{package['name']} {package['version']}: {found['id']}"
            fixed = ", ".join(found.get("fix_versions", ())) or "none yet"
            if by is None:
                wrong.append(f"{text}; fixed in: {fixed}; nobody has reviewed it")
            elif by.until < today:
                wrong.append(f"{text}; fixed in: {fixed}; reviewed until {by.until}")
    return Verdict(len(asked), tuple(wrong))


def audit() -> Verdict:
    """Ask the services at once; of the answers the first that is an audit counts."""
    with ThreadPoolExecutor(len(SERVICES)) as pool:
        found = list(pool.map(_asked, SERVICES))
    ran = [each for each in found if not each.not_run]
    if not ran:
        return found[0]
    wrong = dict.fromkeys(text for each in ran for text in each.wrong)
    return Verdict(max(each.asked for each in ran), tuple(wrong))


def _asked(service: str) -> Verdict:
    command = [
        *(sys.executable, "-m", "pip_audit", "--vulnerability-service", service),
        *("--format", "json", "--progress-spinner", "off", "--timeout", str(_PATIENCE_S)),
        *("--require-hashes", "--disable-pip", "--requirement", "requirements.lock"),
    ]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_LONGEST_S
        )
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Verdict(not_run=f"{service} did not answer within {_LONGEST_S} s")
    except ValueError:
        last = done.stderr.strip().rpartition("\n")[2]
        return Verdict(not_run=f"{service} cannot be asked: {last.partition(':')[0]}")
    return judge(told, reviewed(), datetime.now(UTC).date())


def main() -> int:
    """Audit, say what was found, and return the exit code."""
    verdict = audit()
    if verdict.not_run:
        print(f"audit of the dependencies: not run ({verdict.not_run})")  # noqa: T201 - a command
        return 0
    print(f"audit of the dependencies: {verdict.asked} packages asked about")  # noqa: T201
    for text in verdict.wrong:
        print(text)  # noqa: T201
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
