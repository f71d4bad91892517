"""Write a sequence of items into one tenant, in order, at a pace, with a count of what was refused.

One batch is under way at a time: that keeps the order, also when a batch has to be sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from services.ingestor.importers.poster import Poster
from services.ingestor.importers.progress import Shown
from services.ingestor.importers.resume import Mark
from services.ingestor.translate.item import Event, Item, Unreadable, addressed

BATCH = 500
_PACED_SLICE_S = 0.1
_MOST_PRINTED = 20
_START = Mark()


class Outcome(NamedTuple):
    """What became of the items: `done` were handled, `refused` of them are not in the log."""

    done: int
    refused: int


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut a sequence into lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def paced_size(rate: float, size: int) -> int:
    """Return how many events go into one batch at a rate per second: a tenth of a second's."""
    return max(1, min(size, int(rate * _PACED_SLICE_S))) if rate else size


class Feed:
    """One run of a writer: where to, how fast, and who is told."""

    def __init__(
        self,
        poster: Poster,
        tenant: str,
        show: Shown,
        *,
        rate: float = 0,
        size: int = BATCH,
        on_batch: Callable[[Mark], None] = lambda _: None,
    ) -> None:
        self._poster, self._tenant, self._show = poster, tenant, show
        self._rate, self._size = rate, paced_size(rate, size)
        self._on_batch = on_batch
        self._printed = 0

    async def run(self, items: Iterable[Item], start: Mark = _START) -> Outcome:
        """Write the items that follow the mark.

        Errors: PostError as the poster raises it; what was acknowledged stays acknowledged.
        """
        clock = asyncio.get_running_loop().time
        began, done, refused, sent = clock(), start.acknowledged, start.refused, 0
        self._show.update(done)
        for batch in batches(islice(items, done, None), self._size):
            if self._rate:
                await asyncio.sleep(max(0.0, began + sent / self._rate - clock()))
            refused += await self._post(batch, done)
            done += len(batch)
            sent += len(batch)
            self._on_batch(Mark(done, refused))
            self._show.update(done)
        return Outcome(done, refused)

    async def _post(self, batch: list[Item], place: int) -> int:
        events: list[Event] = []
        refused = 0
        for number, item in enumerate(batch, start=place + 1):
            ready = addressed(item, self._tenant, f"item {number}")
            if isinstance(ready, Unreadable):
                refused += 1
                problem = ready.rejection
                self._say(f"{ready.where} {problem.code} {problem.pointer} {problem.detail}")
            else:
                events.append(ready)
        if events:
            for answer in await self._poster.post(events):
                refused += 1
                self._say(f"{answer.id} {answer.code} {answer.pointer} {answer.detail}")
        return refused

    def _say(self, text: str) -> None:
        self._printed += 1
        if self._printed <= _MOST_PRINTED:
            self._show.say(f"refused: {text}")
        elif self._printed == _MOST_PRINTED + 1:
            self._show.say("refused: more of them, counted but not printed")
