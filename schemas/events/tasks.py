"""Tasks and appointments: planned, reassigned, worked on, completed."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import DateOrTime, EventData, Id, Ids, Text, Timestamp

TaskStatus = Literal["open", "in_progress", "awaiting_confirmation", "completed", "cancelled"]


class _Plan(EventData):
    """What can be planned of a task; an absent field stays as it was, null clears it.

    Laws:   `start` and `end` are dates, or instants; a date as end means the end of that day.
            `type` is free but for `appointment`, which telesales count (T-27).
    Errors: `end_before_start` where both are dates, or both instants, and the end comes first.
    """

    type: Text | None = None
    title: Text | None = None
    start: DateOrTime | None = None
    end: DateOrTime | None = None
    assignees: Ids | None = None
    customer_id: Id | None = None
    project_id: Id | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end = self.start, self.end
        if start and end and len(start) == len(end) and end < start:
            raise PydanticCustomError("end_before_start", "the end of a task lies before its start")
        return self


class TaskCreated(_Plan):
    """A task was created. Subject: task id."""

    event_type: ClassVar[str] = "task.created"

    created_at: Timestamp
    creator_id: Id | None = None


class TaskUpdated(_Plan):
    """The plan of a task changed. Subject: task id."""

    event_type: ClassVar[str] = "task.updated"


class TaskStatusChanged(EventData):
    """A task went to another status. Subject: task id."""

    event_type: ClassVar[str] = "task.status_changed"

    status: TaskStatus
    changed_at: Timestamp
    actor_id: Id | None = None


class TaskDeleted(EventData):
    """A task was deleted: it counts nowhere any more. Subject: task id."""

    event_type: ClassVar[str] = "task.deleted"

    deleted_at: Timestamp | None = None
