"""Every scenario, played by the pure core."""

from __future__ import annotations

import pytest

from tests.scenarios.in_memory import play
from tests.scenarios.story import Story, stories

STORIES = stories()
ANY_ORDER = [story for story in STORIES if not story.in_order]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_core_shows_what_the_scenario_says(story: Story) -> None:
    """Every figure of a scenario is what its file says, step by step."""
    assert play(story) == []


@pytest.mark.parametrize("story", ANY_ORDER, ids=lambda story: story.name)
def test_twice_and_in_reverse_order_is_the_same(story: Story) -> None:
    """Every event delivered twice and in reverse order gives the same figures (V22)."""
    assert play(story, is_reversed=True) == []
