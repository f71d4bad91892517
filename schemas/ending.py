"""Ending tasks that run in the background.

`asyncio.wait_for` of Python 3.11 swallows a cancellation that arrives in the moment its inner
future is done (fixed in 3.12), and the clients of store and broker are full of it: a task that is
cancelled once may go on for ever, and whoever awaits it with it.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

_AGAIN_S: Final = 2.0
"""Long enough for a task to close what it has open."""


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks until they are done.

    Laws:   returns when all are done, whatever each came to: what one raised stays with it.
    """
    while running := {task for task in tasks if not task.done()}:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=_AGAIN_S)
