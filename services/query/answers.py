"""The shape of every answer, for the OpenAPI document; handlers build the same as plain JSON."""

from __future__ import annotations

import builtins
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.audit import Action, ActorKind, Detail


class Lag(BaseModel):
    """How far the figures are behind the log."""

    events: int = Field(description="Events accepted and not yet in the figures.")
    seconds: float = Field(description="Age of `as_of`.")


class Head(BaseModel):
    """What every answer carries."""

    as_of: str = Field(description="Up to when everything accepted is in these figures.")
    lag: Lag
    version: str = Field(description="`<generation>.<log offset>`; never goes back.")
    state: Literal["live", "catching_up", "stale", "recovering"]
    reason: str | None = Field(None, description="Why the figures are not live.")
    today: str = Field(description="The tenant's date of this answer.")
    within: list[str] | None = Field(
        None, description="The departments of which this employee's figures are shown; else all."
    )


class FactRow(BaseModel):
    """One fact of a list; beside these members it carries those of its kind."""

    model_config = ConfigDict(extra="allow")

    kind: Literal[
        "customer", "contact", "call", "email", "message", "note", "task", "opportunity",
        "order", "payment", "contract", "voucher",
    ]  # fmt: skip
    id: str
    day: str | None = Field(
        description="The day it counts for, or by which it is scored (birthday, last contact)."
    )
    at: str | None = Field(None, description="The instant by which it is scored.")
    times: int | None = Field(None, description="How often, of a customer who counts once.")
    part: str | None = Field(None, description="Of several lists together: which one.")
    employee_id: str | None
    department_id: str | None
    customer_name: str | None = Field(
        None, description="Beside `customer_id`: null without the right to open the customer."
    )


class BandWindow(BaseModel):
    """What a band means at this moment: days or instants, both included, null is open."""

    band: str
    from_: str | None = Field(alias="from")
    to: str | None


class FactsAnswer(Head):
    """A page of the list behind a figure."""

    metric: str
    list: str = Field(description="The counting KPI whose list this is.")
    scope: str
    id: str
    sub: bool
    from_: str | None = Field(alias="from")
    to: str | None
    basis: str = Field(description="The date by which facts are in the range.")
    dimension: str
    total: int | None = Field(description="Rows of the whole list: the figure of `list`.")
    rows: builtins.list[FactRow]
    next: str | None = Field(description="Cursor of the next page.")
    why: Literal["not_available"] | None = Field(None, description="Why there is no list.")
    windows: builtins.list[BandWindow] | None = Field(None, description="Of a KPI by the clock.")


class JourneyStage(BaseModel):
    """One relationship stage that a customer went through."""

    stage: str
    from_: str = Field(alias="from")
    to: str | None
    seconds: int
    actor_id: str | None


class JourneyTime(BaseModel):
    """How long a customer was in a stage, all times together."""

    stage: str
    times: int
    seconds: int


class JourneyOwner(BaseModel):
    """One owner that a customer had."""

    owner_id: str | None
    from_: str = Field(alias="from")
    to: str | None


class JourneyAnswer(Head):
    """All that happened with a customer."""

    customer: dict[str, Any]
    merged: list[str] = Field(description="Customers that were merged into this one.")
    contacts: list[dict[str, Any]]
    owners: list[JourneyOwner]
    stages: list[JourneyStage]
    time_in_stages: list[JourneyTime]
    events: list[dict[str, Any]]
    truncated: bool


class DoubtRow(BaseModel):
    """Facts in doubt of one code: they are left out of the figures that rest on it."""

    code: str
    count: int
    facts: str | None = Field(None, description="Address of their list, for who may open it.")
    samples: list[FactRow]


class Doubts(BaseModel):
    """The facts in doubt, as of now."""

    total: int
    rows: list[DoubtRow]


class ExtensionHolder(BaseModel):
    """One of several employees who have an extension."""

    id: str
    name: str
    department_id: str
    since: str
    facts: str | None = Field(None, description="Address of the list of today's calls.")


class CheckRow(BaseModel):
    """What of one code does not go together, of one stage, employee or extension."""

    code: Literal["unknown_stage", "owner_left", "extension_shared"]
    of: str = Field(description="The stage, employee or extension.")
    name: str | None = Field(description="Of the employee.")
    count: int = Field(description="Customers; of an extension the employees who have it.")
    facts: str | None = Field(None, description="Address of the list of the customers.")
    samples: list[FactRow]
    employees: list[ExtensionHolder]


class ToCheck(BaseModel):
    """What does not go together now; nothing of it is left out of a figure."""

    total: int
    rows: list[CheckRow]


class RefusedSample(BaseModel):
    """One refused event, without what it carried."""

    event_id: str | None
    at: str
    detail: str
    pointer: str
    offset: int | None = Field(description="In the log, of what the fold refused.")


class RefusedRow(BaseModel):
    """Refused events of one code."""

    code: str
    where: Literal["door", "fold"]
    count: int
    samples: list[RefusedSample]


class Refused(BaseModel):
    """Events that are in no figure."""

    state: Literal["read", "reading"] = Field(
        description="`reading`: what was refused at the door is not counted yet."
    )
    since: str | None = Field(description="The oldest letter that is still kept.")
    at_door: int | None
    in_fold: int
    rows: list[RefusedRow]


class FeedRow(BaseModel):
    """One feed: figures that need it are not available without it."""

    feed: str
    seen: bool
    module: Literal["on", "off"]
    available: bool


class LockedDays(BaseModel):
    """A locked period."""

    from_: str = Field(alias="from")
    to: str


class SourceRow(BaseModel):
    """A system that sends events."""

    source: str = Field(description="The `source` of its events.")
    events: int = Field(description="How many were folded since it was first noted.")
    last_at: str = Field(description="When the last one was accepted.")


class QualityAnswer(Head):
    """What does not fit."""

    in_doubt: Doubts
    to_check: ToCheck
    refused: Refused
    feeds: list[FeedRow]
    sources: list[SourceRow] = Field(description="Heard last first.")
    locked: list[LockedDays]


class RestatementRow(BaseModel):
    """One change of a figure of a locked period after the lock."""

    cause: str = Field(description="Id of the event.")
    day: str
    employee_id: str | None
    department_id: str | None
    metric: str
    basis: str
    dimension: str
    change: int
    currency: str | None = None
    counts_for: list[str]


class RestatementsAnswer(Head):
    """A page of the late changes of a range of days."""

    from_: str = Field(alias="from")
    to: str
    locked: list[LockedDays]
    total: int
    rows: list[RestatementRow]
    next: str | None


class AuditActor(BaseModel):
    """Who did it."""

    kind: ActorKind
    id: str = Field(description="Employee or key id; empty of the holder of the admin token.")
    label: str = Field(description="What the key was called when it was made.")


class AuditRow(BaseModel):
    """One deed of the audit trail, or several alike of one minute."""

    id: str
    at: str
    actor: AuditActor
    actor_name: str = Field(description="The employee's name of now, or the key's label.")
    action: Action
    subject: str
    scope: str
    scope_id: str
    details: dict[str, Detail]
    times: int
    version: str = Field(description="Of the figures that were shown.")
    address: str


class Trail(BaseModel):
    """What is kept here of the audit trail."""

    state: Literal["read", "reading"] = Field(
        description="`reading`: the topic is still being read, records are missing."
    )
    since: str | None = Field(description="The oldest record kept here.")


class AuditAnswer(Head):
    """A page of the audit trail, newest first."""

    from_: str = Field(alias="from")
    to: str
    trail: Trail
    total: int
    rows: list[AuditRow]
    next: str | None


class ProblemDocument(BaseModel):
    """RFC 9457 problem; carries further members that name the limit passed."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
