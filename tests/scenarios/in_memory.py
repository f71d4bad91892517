"""The first driver of scenarios: the pure core; what is read is read by the oracle."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from schemas.envelope import LogEvent, parse_event, read_event
from tests.properties.crossing_driver import CrossingDriver
from tests.properties.pure_driver import TENANT
from tests.scenarios import aiming, aiming_in_memory
from tests.scenarios.oracle import answer
from tests.scenarios.reports_in_memory import look
from tests.scenarios.story import Event, Story
from tests.scenarios.viewing import difference
from tests.scenarios.viewing_in_memory import purely


def log_event(event: Event) -> LogEvent:
    """Return an event as the log keeps it."""
    written = parse_event(orjson.loads(orjson.dumps(event.body(TENANT))), TENANT)
    assert isinstance(written, bytes), f"{written}: {event}"
    return read_event(written)


def play(story: Story, *, is_reversed: bool = False) -> list[str]:
    """Play a story; return what was seen otherwise than expected.

    `is_reversed`: every event of a step comes twice, and the steps' events in reverse order.
    """
    driver, wrong = CrossingDriver(), []
    for number, step in enumerate(story.steps, start=1):
        events: Iterable[Event] = step.events
        if is_reversed:
            events = [*reversed(step.events), *reversed(step.events)]
        driver.fold(log_event(each) for each in events)
        for each in step.expected:
            seen = answer(driver, each.question, step.now_ms)
            if seen != each.value:
                wrong.append(f"step {number}: {each.text}: {seen!r}, expected {each.value!r}")
        wrong += [f"step {number}: {text}" for text in look(driver, step.reports, step.now_ms)]
        for aimed in step.aims:
            found = aiming.difference(aimed, aiming_in_memory.purely(driver, aimed, step.now_ms))
            wrong += [f"step {number}: {text}" for text in found]
        for view in step.views:
            found = difference(view, purely(driver, view, step.now_ms))
            wrong += [f"step {number}: {text}" for text in found]
    return wrong
