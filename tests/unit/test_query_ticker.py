"""When a channel asks the store again: by its clock, after records, and never without a reason."""

from __future__ import annotations

import asyncio

from services.query.stream.ticker import Ticker

GAP_S = 0.02


class Asker:
    """Counts questions; the clock stands where the test puts it."""

    def __init__(self, *answers: bool) -> None:
        self.now_ms = 0
        self.asked = 0
        self.came = asyncio.Event()
        self._answers = iter(answers)
        self.ticker = Ticker(self._ask, lambda: self.now_ms, GAP_S)

    async def _ask(self) -> bool:
        self.asked += 1
        self.came.set()
        return next(self._answers, True)

    async def until(self, count: int) -> None:
        """Wait until there were so many questions."""
        async with asyncio.timeout(10):
            while self.asked < count:
                self.came.clear()
                await self.came.wait()


async def test_an_instant_is_waited_for() -> None:
    """Nothing is asked before the clock shows the instant, even if a timer fires or it is set."""
    asker = Asker()
    asker.ticker.tick_at(60_000)
    asker.ticker.plan()
    await asyncio.sleep(0)
    assert asker.asked == 0
    asker.now_ms = 60_000
    asker.ticker.plan()
    await asker.until(1)
    asker.ticker.stop()


async def test_many_records_are_one_question() -> None:
    """However much arrives, it is asked once at once, and once more after the gap."""
    asker = Asker()
    for _ in range(5):
        asker.ticker.soon()
    await asker.until(1)
    for _ in range(5):
        asker.ticker.soon()
    await asker.until(2)
    asker.ticker.stop()
    assert asker.asked == 2


async def test_without_an_answer_it_is_asked_again() -> None:
    """A store that is away is asked until it answers."""
    asker = Asker(False, False, True)
    asker.ticker.soon()
    await asker.until(3)
    asker.ticker.stop()


async def test_after_the_end_nothing_is_asked() -> None:
    """A channel that nobody listens to asks no more, whatever arrives."""
    asker = Asker()
    asker.ticker.stop()
    asker.ticker.soon()
    asker.ticker.tick_at(0)
    await asyncio.sleep(0)
    assert asker.asked == 0
