"""A floor of its own for each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from deploy.local.stack import Stack
from tests.faults.rig import Rig


@pytest.fixture
def rig(new_stack: Callable[..., Stack]) -> Iterator[Rig]:
    """Give topics, a store and an ingestor of their own; no aggregator runs yet."""
    stack = new_stack()
    assert stack.store is not None
    made = Rig(stack, stack.store)
    try:
        made.start()
        yield made
    finally:
        made.stop()
