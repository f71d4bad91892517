"""What goes through a folder: records of the log, and the work of one batch on them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.changes import Occurrence
from schemas.envelope import LogEvent
from schemas.rejection import Rejection
from services.aggregator.core.occurrences import RECENT, Sighting


class Record(NamedTuple):
    """One record of the log. Units: timestamp_ms since 1970 UTC."""

    offset: int
    timestamp_ms: int
    value: bytes


class Gap(RuntimeError):  # noqa: N818 - read as a sentence
    """The records do not start at the fence."""


DeadLetters = Callable[[Sequence[tuple[Record, str, Rejection]]], Awaitable[None]]
"""Keeps records that were not folded; returns when they are safe."""


@dataclass(slots=True)
class FoldLimits:
    """How large things may grow."""

    batch_events: int = 4000
    commit_commands: int = 120_000
    cached_facts: int = 200_000
    cached_cells: int = 50_000
    kept_changes: int = 5_000
    kept_bytes: int = 64 << 20
    bugs: int = 100


class TooManyBugs(RuntimeError):  # noqa: N818 - read as a sentence
    """More events than the limit could not be folded: a bad deploy must not bury the stream."""


class Bugs:
    """The records of a partition that cannot be folded: offset -> (tenant or '', why)."""

    def __init__(self, partition: int, limit: int) -> None:
        self.found: dict[int, tuple[str, str]] = {}
        self._partition = partition
        self._limit = limit

    def note(self, offset: int, tenant: str, reason: str) -> None:
        """Remember one; raises TooManyBugs, past the limit none may be dropped any more."""
        self.found[offset] = (tenant, reason)
        if len(self.found) > self._limit:
            raise TooManyBugs(
                f"{len(self.found)} records of partition {self._partition} could not be "
                f"folded, the last one at offset {offset}: {reason}"
            )


@dataclass(slots=True)
class Work:
    """What one batch has done so far; becomes one commit."""

    events: list[tuple[Record, LogEvent]] = field(default_factory=list)
    new_ids: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    seen: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    dead: list[tuple[Record, str, Rejection]] = field(default_factory=list)
    outcomes: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    last: defaultdict[str, deque[Sighting | Occurrence]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=RECENT))
    )
    erased: list[str] = field(default_factory=list)
    """Tenants that the batch erases."""
    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


class Poison(Exception):  # noqa: N818 - control flow of the folder
    """One record cannot be folded."""

    def __init__(self, offset: int, tenant: str, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.tenant = tenant
        self.reason = reason


def expect_run(part: Sequence[Record], position: int) -> None:
    """Check that records start at the fence and that none is missing between them."""
    if part[0].offset != position:
        raise Gap(f"expected offset {position}, got {part[0].offset}")
    if part[-1].offset != position + len(part) - 1:
        raise Gap(f"records are missing after offset {position}")
