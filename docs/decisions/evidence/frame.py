# ruff: noqa: INP001 - scripts, not a package
"""What a worker costs without a single rule, beside the raw consumer and the whole worker.

    python -m tests.compiled docs.decisions.evidence.frame

Prints events a second of the three, in turns on the log of `make bench` (decision 0050). The one
without rules fetches, decodes, looks for duplicates, remembers the ids and commits under the fence;
it makes no fact and no figure.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from deploy.local.services import Service
from services.aggregator.__main__ import main as aggregator
from services.aggregator.partition import PartitionFolder
from tests.benchmarks import throughput
from tests.benchmarks.peers import running

_EVENTS, _REPETITIONS = 120_000, 3


class Frame(Service):
    """An aggregator that applies nothing."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.child.command = (sys.executable, __file__, "worker")


async def _count_only(self: Any, record: Any, event: Any, work: Any) -> None:
    self._tenants[event.tenant].count(event, record.timestamp_ms)
    work.counts[event.tenant] += 1
    work.outcomes[event.type, "applied"] += 1


def measure() -> None:
    """Print the three rates, repetition by repetition."""
    with (
        tempfile.TemporaryDirectory() as directory,
        patch.object(running, "prepare"),  # no peer of another environment runs
        throughput.Bench(Path(directory), _EVENTS, 1_000) as bench,
    ):
        for _ in range(_REPETITIONS):
            raw = bench.peer("raw_consume")
            with patch.object(throughput, "Service", Frame), patch.object(throughput, "compare"):
                frame = bench.ours(is_rebuilt=False)
            whole = bench.ours(is_rebuilt=False)
            for name, rate in (("raw", raw), ("frame", frame.rate), ("whole", whole.rate)):
                print(f"{name}: {rate:,.0f} events/s, {rate / raw:.3f} of raw")  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        PartitionFolder._apply_one = _count_only  # type: ignore[method-assign]  # noqa: SLF001
        aggregator()
    else:
        measure()
