"""The shape of the live call view, for the OpenAPI document; handlers build the same as JSON."""

from __future__ import annotations

from pydantic import BaseModel, Field

from services.query.cohorts.models import CohortAnswer, CohortCell, CohortColumn


class CallCell(CohortCell):
    """One figure of the live call view."""

    why: str | None = Field(None, description="Why there is no value.")
    since: str | None = Field(
        None, description="Of the calls per hour: the first call; pages count on from here."
    )


class RunningCall(BaseModel):
    """A call that has not ended; whatever is said of it is provisional."""

    call_id: str
    direction: str | None
    customer_id: str | None
    customers: list[str] = Field(description="Whom it is with, by name or by number.")
    phone: str | None
    since: str | None
    talking_since: str | None = Field(description="Null while it rings.")
    provisional_seconds: int | None = Field(description="Of talk, up to `as_of`.")


class LastCall(BaseModel):
    """The last call of an agent today."""

    call_id: str
    at: str = Field(description="When it began.")
    direction: str | None
    connected: bool
    talk_seconds: int | None
    talking_since: str | None = Field(description="Of a call that has not ended.")
    provisional: bool = Field(description="It has not ended.")


class CallsRow(BaseModel):
    """The calls of one agent, in the order of the columns."""

    id: str = Field(description="Employee id; `-` is nobody.")
    name: str
    department_id: str | None
    active: bool
    cells: list[CallCell]
    running: list[RunningCall]
    last_call: LastCall | None


class CallsTotal(BaseModel):
    """The figures of all rows together, counted anew and not summed up."""

    cells: list[CallCell]


class CallsAnswer(CohortAnswer):
    """The live call view."""

    columns: list[CohortColumn]
    rows: list[CallsRow]
    total: CallsTotal
