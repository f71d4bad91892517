"""The answers that boards are made of: their definitions, and what they show of this moment."""

from __future__ import annotations

from pydantic import BaseModel, Field

from schemas.events.boards import BoardDefined
from services.query.answers import Head


class Board(BoardDefined):
    """A board, as its event defines it."""

    id: str


class BoardAnswer(Head):
    """One board."""

    board: Board


class BoardsAnswer(Head):
    """The boards that the caller may see."""

    boards: list[Board]
    hourly: list[str] = Field(description="Figures that have a course of the day.")


class HoursOfDay(BaseModel):
    """A day by the hour."""

    day: str
    hours: list[int | None] = Field(
        description="24 by the tenant's clock, null to come: counts, or minor units of money."
    )


class HoursAnswer(Head):
    """The course of today, and of the same day a week ago."""

    metric: str
    label: str
    unit: str
    currency: str | None = Field(None, description="Of money: that of the tenant.")
    scope: str
    id: str
    sub: bool
    days: list[HoursOfDay] = Field(description="Today, then a week ago.")


class RunningCall(BaseModel):
    """A call that goes on; nothing of whom it is with."""

    call_id: str
    employee_id: str | None
    name: str | None
    direction: str | None
    since: str | None = Field(description="When it began to ring.")
    talking_since: str | None = Field(description="Null while it rings.")


class RunningCallsAnswer(Head):
    """Who is on the telephone."""

    scope: str
    id: str
    sub: bool
    total: int = Field(description="The figure `calls_running`; also those whose row is not shown.")
    calls: list[RunningCall]
