"""Tasks and appointments: planned for one or several people, moved, worked on, some forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Customer, Floor, day_of
from services.ingestor.importers.demo.words import PROJECTS, TASK_TYPES, Word
from services.ingestor.translate.moments import utc_text

_HOUR, _DAY = 3600, 86400


def task(floor: Floor, at: datetime, who: Employee) -> None:
    """Plan a task, and let happen to it what happens to tasks."""
    customer = floor.customer_for(who)
    kind = floor.rng.choices(TASK_TYPES, (40, 30, 20, 10))[0]
    _plan_task(floor, at, who, kind, customer if floor.rng.random() < 0.85 else None)


def appointment(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Agree on a meeting with a customer."""
    _plan_task(floor, at, who, TASK_TYPES[0], customer)


def _plan_task(
    floor: Floor, at: datetime, who: Employee, kind: Word, customer: Customer | None
) -> None:
    rng, subject = floor.rng, floor.next_id("cv")
    creator = who.id if rng.random() < 0.8 else floor.company.head_of(who.team)
    data: dict[str, Any] = {
        "created_at": utc_text(at),
        "creator_id": creator,
        "type": kind.id,
        "title": kind.name,
        "assignees": _assignees(floor, who),
        **_plan(floor, at, exact=kind.id == "appointment"),
    }
    if customer is not None:
        data["customer_id"] = customer.id
    if rng.random() < 0.5:
        data["project_id"] = rng.choice(PROJECTS).id
    floor.write("task.created", subject, at, data)
    _change(floor, at, subject, who)
    _progress(floor, at, subject, who)


def _assignees(floor: Floor, who: Employee) -> list[str]:
    extra = floor.rng.choices((0, 1, 2), (78, 16, 6))[0]
    others = [floor.receiver().id for _ in range(extra)]
    return list(dict.fromkeys((who.id, *others)))


def _plan(floor: Floor, at: datetime, *, exact: bool) -> dict[str, Any]:
    """Return when: hours of a day, a day, some days, a start without end, or nothing."""
    rng, today, luck = floor.rng, day_of(at), floor.rng.random()
    if exact or luck < 0.15:
        hour = at.replace(minute=0, second=0, microsecond=0)
        start = hour + timedelta(hours=rng.choice((1, 2, 3, 24, 25, 48)))
        return {
            "start": utc_text(start),
            "end": utc_text(start + timedelta(minutes=rng.choice((30, 60, 90)))),
        }
    start_day = today + timedelta(days=rng.choice((0, 0, 0, 1, 1, 2)))
    if luck < 0.55:
        return {"start": start_day.isoformat(), "end": start_day.isoformat()}
    if luck < 0.82:
        end_day = start_day + timedelta(days=rng.randint(1, 8))
        return {"start": start_day.isoformat(), "end": end_day.isoformat()}
    return {"start": start_day.isoformat()} if luck < 0.95 else {}


def _change(floor: Floor, at: datetime, subject: str, who: Employee) -> None:
    luck = floor.rng.random()

    def change(then: datetime) -> None:
        if luck < 0.06:
            floor.write("task.deleted", subject, then, {"deleted_at": utc_text(then)})
        elif luck < 0.12:
            floor.write("task.updated", subject, then, {"assignees": _assignees(floor, who)})
        else:
            floor.write("task.updated", subject, then, _plan(floor, then, exact=True))

    if luck < 0.2:
        floor.after(at, floor.rng.uniform(0.2 * _HOUR, _DAY) * floor.hurry, change)


def _progress(floor: Floor, at: datetime, subject: str, who: Employee) -> None:
    """Walk through the statuses; one of six stops on the way and becomes overdue."""
    path = floor.rng.choices(
        (
            ("in_progress", "completed"),
            ("completed",),
            ("in_progress", "awaiting_confirmation", "completed"),
            ("in_progress",),
            ("in_progress", "awaiting_confirmation"),
            ("cancelled",),
            (),
        ),
        (34, 26, 14, 6, 5, 4, 11),
    )[0]

    def enter(then: datetime, status: str) -> None:
        data = {"status": status, "changed_at": utc_text(then), "actor_id": who.id}
        floor.write("task.status_changed", subject, then, data)

    elapsed = 0.0
    for status in path:
        elapsed += floor.rng.uniform(0.1 * _HOUR, 20 * _HOUR)
        floor.after(at, elapsed * floor.hurry, partial(enter, status=status))
