"""Ending a task in the background, whatever it does with the first cancellation."""

from __future__ import annotations

import asyncio

from schemas.ending import end


async def _deaf(times: int) -> None:
    """Wait for ever; take no notice of some cancellations, as a client that closes may."""
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


async def test_a_swallowed_cancellation_is_said_again() -> None:
    """However often one goes unheard, all tasks are over in the end."""
    tasks = [asyncio.create_task(_deaf(times)) for times in (0, 1, 3)]
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await end(*tasks)
    assert all(task.cancelled() for task in tasks)


async def test_what_a_task_came_to_stays_with_it() -> None:
    """One that failed or was done before is left as it is, and keeps nobody waiting."""

    async def fail() -> None:
        raise ValueError("of its own")

    async def answer() -> int:
        return 7

    failed, done = asyncio.create_task(fail()), asyncio.create_task(answer())
    await asyncio.wait({failed, done})
    await end(failed, done)
    await end()
    assert isinstance(failed.exception(), ValueError)
    assert done.result() == 7
