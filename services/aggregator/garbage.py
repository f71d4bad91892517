"""When the garbage collector looks: seldom, and not at what is there to stay.

A batch makes some hundred thousand objects and hardly a cycle: most are gone by themselves when it
is over, the others are facts that stay in memory. So nobody looks while a batch is folded, what a
large one leaves is set aside unseen, and once in many batches everything is looked through.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_THRESHOLD: Final = (400_000, 20, 100)
_LARGE: Final = 1_000
"""Events of a batch from which it counts as catching up: there, a pause delays nobody."""
_LOOKED_THROUGH_EVERY: Final = 250
"""Large batches: up to a million events, for a second of looking."""


@contextmanager
def seldom() -> Iterator[None]:
    """Let the collector look seldom, and not at what is there already; as before at the end."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLD)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


class Garbage:
    """What the batches of one folder leave behind."""

    def __init__(self) -> None:
        self._large = 0

    def after(self, events: int) -> None:
        """Set aside what a batch of so many events has left, if it was a large one.

        Laws:   what became unreachable is found after a bounded number of large batches.
        """
        if events < _LARGE:
            return
        self._large += 1
        if self._large % _LOOKED_THROUGH_EVERY == 0:
            gc.unfreeze()
            gc.collect()
        gc.freeze()
