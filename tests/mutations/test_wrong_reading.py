"""The wrong rules of reading: a store with every step of every scenario is read by each mutant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from deploy.local.apart import run_apart
from deploy.local.services import Meeting
from tests.mutations.mutant import Mutation, imported, listed, planted
from tests.scenarios.in_faust import play_on, running
from tests.scenarios.story import Story, stories

READING = [mutation for mutation in listed() if mutation.family == "reading"]


def shelves(found: Sequence[Story]) -> list[Story]:
    """Return each step as a story of its own, with all that happened up to it.

    Laws:   so every figure of every step can be read from a store that stands still. Reports of
            cohorts are left to the rules that are played in memory.
    """
    made = []
    for story in found:
        for number, step in enumerate(story.steps, start=1):
            past = tuple(event for each in story.steps[:number] for event in each.events)
            reports = step.reports if story.name.startswith("journey") else ()
            only = replace(step, events=past, reports=reports)
            made.append(replace(story, name=f"{story.name}-step-{number}", steps=(only,)))
    return made


SHELVES = shelves(stories())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """Fold every step of every scenario, once; read right, all is as the files say."""
    with running(tmp_path_factory.mktemp("reading")) as meeting:
        seen = run_apart(play_on(meeting, SHELVES))
        assert [text for texts in seen.values() for text in texts] == []
        yield meeting


async def noticed(meeting: Meeting) -> str | None:
    """Return the first figure that is read otherwise than expected; None if all are right."""
    house_of, look = imported("tests.scenarios.in_faust"), imported("tests.scenarios.rounds").look
    house = house_of.FaustHouse(meeting, None)
    try:
        for story in SHELVES:
            house.clock.at_ms = story.steps[0].now_ms
            wrong: list[str] = await look(house, story, story.steps[0])
            if wrong:
                return f"{story.name}: {wrong[0]}"
    finally:
        await house.redis.aclose()
    return None


@pytest.mark.parametrize("mutation", READING, ids=lambda m: m.name)
def test_wrong_reading_is_noticed(mutation: Mutation, store: Meeting) -> None:
    """With the wrong rule some figure of some scenario is read as another one."""
    with planted(mutation):
        found = run_apart(noticed(store))
    assert found, f"no scenario notices: {mutation.name}"
