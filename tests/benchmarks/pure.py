"""The pure core alone, in a process of its own: from decoded events to facts and figures.

Everything is in memory. The clock runs while a batch is applied and the groups of its ledger are
made, which a commit would write; it stands while the driver takes them over.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from typing import Final

from schemas.envelope import read_event
from tests.benchmarks import mix
from tests.properties.pure_driver import PureDriver

_BATCH: Final = 4000


def run(events: int, repetitions: int) -> list[float]:
    """Return events a second, one number a repetition."""
    rates = []
    for _ in range(repetitions):
        command = [sys.executable, "-m", "tests.benchmarks.pure", str(events)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        rates.append(answer["events"] / answer["seconds"])
    return rates


def main(count: int) -> None:
    """Fold so many events; print {'events', 'seconds'}."""
    events = [read_event(value) for value in mix.events(count)]
    driver, seconds = PureDriver(mix.TENANT), 0.0
    gc.freeze()
    for start in range(0, count, _BATCH):
        began = time.perf_counter()
        for event in events[start : start + _BATCH]:
            driver.apply(event)
        assert list(driver.tenant.ledger.groups())
        seconds += time.perf_counter() - began
        driver.settle()
    print(json.dumps({"events": count, "seconds": seconds}))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
