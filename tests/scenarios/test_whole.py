"""Every scenario, played by the whole system: HTTP in, HTTP out."""

from __future__ import annotations

import pytest

from deploy.local.apart import run_apart
from deploy.local.stack import Stack
from tests.scenarios.in_whole import play_in_whole
from tests.scenarios.story import Story, stories

STORIES = stories()


@pytest.fixture(scope="module")
def seen_otherwise(stack: Stack) -> dict[str, list[str]]:
    """Play all scenarios once."""
    return run_apart(play_in_whole(stack, STORIES))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_system_shows_what_the_scenario_says(
    story: Story, seen_otherwise: dict[str, list[str]]
) -> None:
    """Every figure, list and change of a scenario is what its file says, over HTTP."""
    assert seen_otherwise[story.name] == []
