"""Every KPI of the catalogue has its golden scenario, with its retraction and its arithmetic."""

from __future__ import annotations

import re
from typing import Any

import pytest

from schemas.kpis import CATALOGUE, Kpi
from tests.scenarios.story import FOLDER, Expected, Story, expectations, stories

STORIES = stories()
FOUND = list(expectations(STORIES))
SEEN = [line for story in STORIES for step in story.steps for q in step.reports for line in q.lines]
every_kpi = pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.name)
RETRACTED = [kpi for kpi in CATALOGUE.values() if kpi.retracts_on]
REQUIRED = {f"V{number}" for number in range(1, 25)}
_HEAD = re.compile(
    r"^(?:- )?(events|say|now|steps|title|rows|zone|in_order|expect|changes|reports|views"
    r"|attainment):"
)
_NUMBER = re.compile(r"^[a-z_|:A-Z]+ \S+.*:( |$)")
_SEEN = re.compile(r"^[\w\"-].*: \S")
_COMMENTED = {
    "expect": _NUMBER,
    "changes": _NUMBER,
    "reports": _SEEN,
    "views": _SEEN,
    "attainment": _SEEN,
}


def _is_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_something, value.values()))
    if isinstance(value, str):
        return bool(re.fullmatch(r"[1-9]\d*/[1-9]\d*", value))
    return bool(value)


@every_kpi
def test_a_kpi_has_a_scenario(kpi: Kpi) -> None:
    """Some scenario shows the figure as something else than nothing."""
    own = [each for _, _, each in FOUND if each.question.kpi is kpi]
    assert any(_is_something(each.value) for each in own), f"no scenario shows {kpi.name}"


@pytest.mark.parametrize("kpi", RETRACTED, ids=lambda kpi: kpi.name)
def test_a_kpi_is_taken_back_in_a_scenario(kpi: Kpi) -> None:
    """Some scenario shows the figure fall by an event that takes it back."""
    assert any(_falls(story, kpi) for story in STORIES), f"nothing takes back {kpi.name}"


def _falls(story: Story, kpi: Kpi) -> bool:
    last: dict[str, Any] = {}
    for step in story.steps:
        takes_back = {event.type for event in step.events} & set(kpi.retracts_on)
        for each in step.expected:
            if each.question.kpi is kpi:
                before = last.get(each.text)
                last[each.text] = each.value
                if takes_back and before is not None and _is_less(each.value, before):
                    return True
    return False


def _is_less(value: Any, before: Any) -> bool:
    if isinstance(before, dict):
        names = before.keys() if isinstance(value, dict) else ()
        return any(_is_less(value.get(name, 0), before[name]) for name in names)
    return isinstance(value, int | float) and isinstance(before, int | float) and value < before


@every_kpi
def test_each_dimension_is_shown(kpi: Kpi) -> None:
    """Every breakdown of a stored figure stands in a scenario."""
    if kpi.additivity == "ratio":
        return
    own = [each.question for _, _, each in FOUND if each.question.kpi is kpi]
    assert set(kpi.dimensions) <= {question.by for question in own}


def test_the_examples_of_the_requirements_are_scenarios() -> None:
    """V1 to V24 of the requirements are there."""
    assert {row for story in STORIES for row in story.rows} >= REQUIRED


def test_the_arithmetic_stands_beside_each_number() -> None:
    """Every expected figure has a comment on its line."""
    bare = []
    for path in sorted(FOLDER.glob("*.yaml")):
        number_of: re.Pattern[str] | None = None
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            stripped = line.strip()
            if head := _HEAD.match(stripped):
                number_of = _COMMENTED.get(head[1])
            elif number_of and number_of.match(stripped) and " # " not in line:
                bare.append(f"{path.name}:{number}: {stripped}")
    assert bare == []


def test_expected_figures_are_many() -> None:
    """A scenario file that is not found, or read as empty, is seen."""
    assert len(STORIES) > 40
    assert len(FOUND) > 400
    assert len(SEEN) > 300
    assert all(isinstance(each, Expected) for _, _, each in FOUND)
