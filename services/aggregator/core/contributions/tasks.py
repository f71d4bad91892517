"""What tasks contribute: planned, created, completed, standing now, due."""

from __future__ import annotations

from typing import Final

from schemas.calendar import NOW
from schemas.facts import Task
from services.aggregator.core.contributions.doubts import doubt, is_task_live
from services.aggregator.core.contributions.place import (
    SCORE,
    Contributions,
    People,
    Place,
    add,
    named,
    places_of,
    survivor_of,
    visited,
)

_STANDING: Final = {
    "open": "tasks_open",
    "in_progress": "tasks_in_progress",
    "awaiting_confirmation": "tasks_awaiting",
}
_DUE: Final = f"{SCORE}tasks_due"


def task(fact: Task, people: People, found: Contributions) -> None:
    """Add what a task contributes, for each assignee."""
    if fact.created is None or not is_task_live(fact):
        return
    status, at, day = ("open", 0, 0) if fact.status is None else fact.status[1:]
    assignees = () if fact.assignees is None else fact.assignees[1]
    _count(found, places_of(people, assignees, fact.created[2]), "tasks_created")
    if doubt(fact, people) is None:
        _planned(fact, assignees, people, found)
    ends = 0 if fact.end is None else fact.end[2]
    now = places_of(people, assignees, NOW)
    if status == "completed":
        done = places_of(people, assignees, day)
        _count(found, done, "tasks_completed")
        for name, register in (("project", fact.project), ("type", fact.type)):
            value = "" if register is None else register[1] or ""
            _count(found, done, named("tasks_completed", **{name: value}))
        if 0 < ends < at:
            _count(found, done, "tasks_completed_late")
        return
    _count(found, now, _STANDING[status])
    was_submitted_in_time = status == "awaiting_confirmation" and at <= ends
    if ends and not was_submitted_in_time:
        for place in now:
            found[place, _DUE] = ends


def _count(found: Contributions, places: list[Place], name: str) -> None:
    for place in places:
        add(found, place, name, 1)


def _planned(fact: Task, assignees: tuple[str, ...], people: People, found: Contributions) -> None:
    """Add starts and ends, from which the spanning figure is made (D-35)."""
    start = 0 if fact.start is None else fact.start[1]
    end = 0 if fact.end is None else fact.end[1]
    customer = survivor_of(people, fact.customer[1] if fact.customer else None)
    metrics = ("tasks", "tasks_linked") if customer is not None else ("tasks",)
    for way, day in (("starting", start), ("ending", end)):
        if not day:
            continue
        for place in places_of(people, assignees, day):
            for metric in metrics:
                add(found, place, f"{metric}_{way}", 1)
                if end and way == "starting":
                    add(found, place, named(f"{metric}_starting", end=str(end)), 1)
            visited(found, place, f"tasks_{way}", customer)
