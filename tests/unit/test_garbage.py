"""What batches leave behind: set aside while catching up, and looked through now and then."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from services.aggregator.garbage import Garbage, seldom


class _Knot:
    """Something that only the collector can take apart."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Let the collector look at everything again after a test."""
    yield
    gc.unfreeze()


def test_a_small_batch_changes_nothing() -> None:
    """Live, the collector looks when it always does."""
    before = gc.get_freeze_count()
    garbage = Garbage()
    for _ in range(1000):
        garbage.after(events=200)
    assert gc.get_freeze_count() == before


def test_what_a_large_batch_leaves_is_not_looked_at() -> None:
    """It is set aside: a collection does not find it."""
    knot = weakref.ref(_Knot())
    Garbage().after(events=4000)
    gc.collect()
    assert knot() is not None


def test_nothing_unreachable_stays_for_ever() -> None:
    """A million events later everything was looked through."""
    garbage = Garbage()
    garbage.after(events=4000)
    knot = weakref.ref(_Knot())
    for _ in range(250):
        garbage.after(events=4000)
    assert knot() is None


def test_afterwards_it_looks_as_before() -> None:
    """The threshold is the one of before again, and what was set aside is looked at."""
    before = gc.get_threshold()
    with seldom():
        assert gc.get_threshold() != before
        knot = weakref.ref(_Knot())
        Garbage().after(events=4000)
    assert gc.get_threshold() == before
    gc.collect()
    assert knot() is None
