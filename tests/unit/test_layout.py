"""Which tables this version may read, by the name of their generation."""

from __future__ import annotations

import pytest

from schemas.layout import LAYOUT, layout_of, unreadable
from services.aggregator.generation import definitions, next_build


def test_what_the_worker_names_is_read() -> None:
    """A generation of our own says our layout, whichever its definitions and its number."""
    served = next_build(next_build(None))
    assert served == f"{definitions()}-2"
    assert layout_of(served) == LAYOUT
    assert unreadable(served) == unreadable(f"{LAYOUT}_00000000-12") == ""


@pytest.mark.parametrize("name", ["0a1b2c3d-1", "4_0a1b2c3d-1", f"{LAYOUT + 1}_0a1b2c3d-30"])
def test_another_layout_is_named(name: str) -> None:
    """Older ones, which did not say it, and newer ones: the reason names the command that helps."""
    assert layout_of(name) != LAYOUT
    assert name in unreadable(name)
    assert "salespulse rebuild" in unreadable(name)


def test_a_name_of_another_form_says_nothing() -> None:
    """What no worker has named is left to whoever made it."""
    assert layout_of("g1") is None
    assert unreadable("g1") == ""
