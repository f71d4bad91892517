"""Playing all scenarios at once: a round is one step of each, posted together, then read.

So a run waits for the fold as often as the longest scenario has steps.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from redis.asyncio import Redis

from schemas.changes import CellChange, read_record
from schemas.tables import GenerationKeys, PartitionKeys
from tests.change_records import cells_of
from tests.scenarios import aiming, sight
from tests.scenarios.asking import Asked
from tests.scenarios.oracle import NOT_AVAILABLE
from tests.scenarios.sight import Document
from tests.scenarios.story import Event, Expected, ExpectedChange, Question, Step, Story
from tests.scenarios.viewing import View, difference

AT_ONCE = 8


@dataclass
class Clock:
    """The reader's clock, which a step sets."""

    at_ms: int = 0

    def __call__(self) -> int:
        """Return the time."""
        return self.at_ms


class House(Protocol):
    """A running system, as a round needs it."""

    clock: Clock
    free: asyncio.Semaphore
    """How many figures are read at once."""

    async def post(self, batches: Mapping[str, Sequence[Event]]) -> None:
        """Deliver the events of each story, and return when all are in the figures."""

    async def read(self, story: Story, question: Question) -> Any:
        """Return a figure in the form of the scenario files.

        Errors: AssertionError where something beside the figure is wrong.
        """

    async def get(self, story: Story, url: str) -> Document:
        """Return what an address of the query service answers, a refusal too."""

    async def told(self, story: Story, view: View) -> int | str:
        """Return what somebody is told at a door: a number, or the code of the refusal."""

    async def changes(self, story: Story) -> list[CellChange]:
        """Return what the change stream told of a story so far."""


async def play_all(house: House, stories: Sequence[Story]) -> dict[str, list[str]]:
    """Play all stories; return, by name, what was seen otherwise than expected."""
    wrong: dict[str, list[str]] = {story.name: [] for story in stories}
    for number in range(max(len(story.steps) for story in stories)):
        playing = [story for story in stories if number < len(story.steps)]
        await house.post({story.name: story.steps[number].events for story in playing})
        clocks = {story.steps[number].now_ms for story in playing}
        for house.clock.at_ms in sorted(clocks):
            alike = [s for s in playing if s.steps[number].now_ms == house.clock.at_ms]
            found = await asyncio.gather(*(look(house, s, s.steps[number]) for s in alike))
            for story, texts in zip(alike, found, strict=True):
                wrong[story.name] += [f"step {number + 1}: {text}" for text in texts]
    return wrong


async def look(house: House, story: Story, step: Step) -> list[str]:
    """Return what is seen otherwise than a step says."""
    found = await _figures(house, story, step.expected)
    for texts in await asyncio.gather(*(_report(house, story, asked) for asked in step.reports)):
        found += texts
    for view in step.views:
        found += difference(view, await house.told(story, view))
    for aimed in step.aims:
        found += aiming.difference(aimed, await house.get(story, aimed.address))
    if step.changes:
        found += _missing(await house.changes(story), step.changes)
    return found


async def _figures(house: House, story: Story, expected: Sequence[Expected]) -> list[str]:
    free = house.free

    async def one(each: Expected) -> str | None:
        async with free:
            try:
                seen = await house.read(story, each.question)
            except AssertionError as error:
                return f"{each.text}: {error}"
        is_same = seen == each.value
        return None if is_same else f"{each.text}: {seen!r}, expected {each.value!r}"

    found = await asyncio.gather(*(one(each) for each in expected))
    return [text for text in found if text is not None]


async def _report(house: House, story: Story, asked: Asked) -> list[str]:
    async def get(url: str) -> Document:
        async with house.free:
            return await house.get(story, url)

    seen = sight.cells(asked, await get(sight.address(asked)))
    addresses = sight.lists(asked, seen)
    opened = await asyncio.gather(*map(get, addresses.values()))
    return sight.differences(asked, seen, dict(zip(addresses, opened, strict=True)))


def _missing(told: Sequence[CellChange], expected: Sequence[ExpectedChange]) -> list[str]:
    found: dict[tuple[object, ...], bool] = {}
    for cell in told:
        found[cell["field"], cell["scope"], cell["id"], cell["day"]] = cell["restated"]
    wrong = []
    for each in expected:
        seen = found.get((each.field, each.scope, each.scope_id, each.day))
        if seen is not each.restated:
            wrong.append(f"change {each.text}: {seen}, expected {each.restated}")
    return wrong


def seen(question: Question, figure: Mapping[str, Any], by: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return an answer of the query service in the form of the scenario files."""
    if figure.get("why") == "not_available":
        return NOT_AVAILABLE if figure["value"] is None else figure
    if question.late:
        assert figure["value_at_lock"] == figure["value"] - figure["late"], figure
        return _one(question, {"value": figure["late"], "currency": figure.get("currency")})
    if not question.by:
        return _one(question, figure)
    return {name: _one(question, part) for name, part in by.items() if _is_something(part)}


def _is_something(part: Mapping[str, Any]) -> bool:
    above = part.get("parts", {}).get("numerator", 0)
    return bool(part["value"] or part.get("others") or above)


def _one(question: Question, figure: Mapping[str, Any]) -> Any:
    kpi = question.kpi
    if kpi.additivity == "ratio":
        above, below = figure["parts"]["numerator"], figure["parts"]["denominator"]
        value = figure["value"]
        if not below:
            assert value is None, figure
        elif kpi.unit == "money_mean":
            assert abs(value - above / below) <= 0.5, figure
        else:
            assert abs(value - above / below) < 1e-9, figure
        return f"{above}/{below}"
    others = {each["currency"]: each["value"] for each in figure.get("others", ())}
    if not others:
        return figure["value"]
    own = {figure["currency"]: figure["value"]} if figure["value"] else {}
    return own | others


async def told(redis: Redis, partition: int, tenant: str) -> list[CellChange]:
    """Return every cell change of a tenant that stands in the change stream, oldest first."""
    generation = (await redis.get(PartitionKeys(partition).served)).decode()
    found: defaultdict[str, list[CellChange]] = defaultdict(list)
    for _, fields in await redis.xrange(GenerationKeys(partition, generation).changes):
        for name, change in read_record(fields[b"c"])["tenants"].items():
            found[name] += cells_of(change)
    return found[tenant]
