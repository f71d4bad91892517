"""What leaves Salespulse as messages: on topics, on the stream, by webhook.

The models describe; the hot paths write plain dictionaries, and tests hold those against these.
The AsyncAPI document (schemas/asyncapi.py) is made from them. Additive evolution only: a reader
has to let pass members that it does not know.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.audit import Action
from schemas.events.base import Timestamp
from schemas.tables import Scope

State = Literal["live", "catching_up", "stale", "recovering"]
VersionText = Annotated[str, Field(pattern=r"^.+\.\d+$", examples=["g1-1.1042"])]
EventName = Literal[
    "snapshot", "change", "occurrence", "alerts", "heartbeat", "reset", "denied"
]  # fmt: skip


class Message(BaseModel):
    """Base of every message: frozen; what is not described is not sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KpiChange(Message):
    """One cell of a figure has another value: topic `kpi-changes` and webhooks.

    Units:  value and previous as stored: counts, minor units of money, thousandths of pieces,
            seconds. `day` is a day of the tenant, or 'now' for what is as of now.
    Laws:   absolute; of two of one key (tenant, metric, scope, id, day, dimension) the one of the
            later version (generation, offset) holds; one that is not later may be dropped.
            `cause` is an event id, or '' where the current value is published again.
    """

    tenant: str
    metric: str
    scope: Scope
    id: str
    day: Annotated[str, Field(pattern=r"^(now|\d{4}-\d\d-\d\d)$")]
    dimension: str
    value: int
    previous: int
    version: VersionText
    cause: str
    restated: bool
    as_of: Timestamp


class TargetCrossed(Message):
    """A threshold, in percent, of the target of a figure was crossed: topic `kpi-events`.

    Laws:   told at least once; `id` is the same however often, and in every replay. It tells how
            many percent, never how much. `cause` is an event id; `at` is that event's time.
    """

    type: Literal["kpi.target_crossed"]
    id: str
    tenant: str
    metric: str
    scope: Scope
    scope_id: str
    period: str
    threshold: int
    cause: str
    at: Timestamp
    version: VersionText


class DeadLetter(Message):
    """An event that was not folded, raw, with the reason: topic `crm-dead-letters`."""

    code: str
    detail: str
    pointer: str
    event_id: str
    topic: str
    partition: int
    offset: int
    at_ms: int
    tenant: str
    raw: str
    raw_base64: bool = False


class DirectoryEntry(Message):
    """Where the log of a tenant is: topic `tenant-directory`."""

    tenant: str
    partition: int
    name: str
    created_at: Timestamp


class AuditActor(Message):
    """Who did something."""

    kind: Literal["person", "machine", "kiosk", "administrator"]
    id: str
    label: str


class AuditEntry(Message):
    """A deed: topic `audit`."""

    tenant: str
    id: str
    at: Timestamp
    actor: AuditActor
    action: Action
    subject: str
    scope: str
    scope_id: str
    details: dict[str, str | int | bool]
    times: int
    version: str
    address: str


class Lag(Message):
    """How much is accepted and not in the figures yet."""

    events: int
    seconds: float


class Freshness(Message):
    """How fresh figures are: a member of every answer and heartbeat."""

    as_of: Timestamp
    lag: Lag
    version: VersionText
    state: State
    reason: str | None = None


class Amount(Message):
    """Money of another currency than the tenant's."""

    value: int
    currency: str


class Value(Message):
    """A figure as people are shown it."""

    value: float | int | None
    currency: str | None = None
    others: list[Amount] | None = None
    parts: dict[str, float | int | None] | None = None
    why: str | None = None
    by: list[dict[str, Any]] | None = None


class StreamFigure(Value):
    """A figure in a snapshot; `day` is 'now' for what is as of now."""

    metric: str
    unit: str
    day: str | None = None


class StreamEmployee(Message):
    """A person of the scope, with the figures of today."""

    id: str
    name: str
    department_id: str | None
    figures: list[StreamFigure]


class StreamOccurrence(Message):
    """What happened, in one line."""

    event_id: str
    type: str
    subject: str
    at_ms: int
    employee: str
    department: str
    customer: str
    amount: int
    currency: str
    seconds: int


class StreamSnapshot(Freshness):
    """Everything as it stands; it replaces all that came before."""

    today: str
    scope: Scope
    id: str
    sub: bool
    figures: list[StreamFigure]
    employees: list[StreamEmployee]
    occurrences: list[StreamOccurrence]


class StreamCell(Value):
    """A figure that has another value now."""

    metric: str
    scope: Scope
    id: str
    day: str
    previous: float | int | None = None
    cause: str
    restated: bool


class StreamChange(Message):
    """What has changed since the last message, with absolute values."""

    version: VersionText
    as_of: Timestamp
    cells: list[StreamCell]


class StreamAlert(Message):
    """An alert that is open and that nobody takes care of.

    Units:  value and limit in `unit`, that of the figure; 'minutes' of silence.
    """

    id: str
    name: str
    rule: Literal["value", "silence", "age"]
    metric: str | None
    scope: Scope
    scope_id: str
    sub: bool
    window: Literal["now", "today", "week", "month"]
    state: Literal["warn", "critical"]
    since: Timestamp
    occurrence: str
    value: float | None
    operator: Literal["<", "<=", ">", ">="]
    limit: float | None
    unit: str
    may_take: bool


class StreamAlerts(Message):
    """All alerts that are open, the most urgent first; it replaces the one before.

    Shape:  `more` are open beside those told.
    """

    rows: list[StreamAlert]
    more: int


class StreamHeartbeat(Freshness):
    """Each two seconds: how fresh what was told is."""

    today: str | None = None


class StreamReset(Message):
    """Forget everything, a snapshot follows."""


class StreamDenied(Message):
    """The last message: the right to look was lost."""

    code: str
    detail: str
    reason: str


STREAM: dict[EventName, type[Message]] = {
    "snapshot": StreamSnapshot,
    "change": StreamChange,
    "occurrence": StreamOccurrence,
    "alerts": StreamAlerts,
    "heartbeat": StreamHeartbeat,
    "reset": StreamReset,
    "denied": StreamDenied,
}
"""Name of a server-sent event of `/v1/stream` -> what its data is."""
