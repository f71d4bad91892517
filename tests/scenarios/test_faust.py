"""Every scenario, played by the real worker on the embedded broker and store."""

from __future__ import annotations

import pytest

from tests.scenarios.in_faust import play_in_faust
from tests.scenarios.story import Story, stories

STORIES = stories()


@pytest.fixture(scope="module")
def seen_otherwise(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Play all scenarios once."""
    return play_in_faust(tmp_path_factory.mktemp("scenarios"), STORIES)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_worker_shows_what_the_scenario_says(
    story: Story, seen_otherwise: dict[str, list[str]]
) -> None:
    """Every figure and change of a scenario is what its file says, through worker and store."""
    assert seen_otherwise[story.name] == []
