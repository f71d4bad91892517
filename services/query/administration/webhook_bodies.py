"""What is sent about webhooks, and what is shown of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from schemas.events.base import Id, Text, Timestamp
from schemas.events.notices import Mail, Scope, Told, Url
from services.query.administration.answers import Changed
from services.query.answers import Head


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebhookBody(_Body):
    """A webhook, whole: what is left out is not kept from before."""

    url: Url = Field(description="Where it is called; public, unless a setting of the service.")
    label: Text = ""
    events: Annotated[list[Told], Field(min_length=1, max_length=2)]
    metrics: Annotated[list[Id], Field(min_length=1, max_length=200)] | None = Field(
        None, description="KPIs with cells that it is told of; null: all."
    )
    scope: Scope | None = Field(None, description="null: all three.")
    scope_id: Id | None = None
    sub: StrictBool = Field(False, description="Of a department: also those below it, each.")
    has_parts: StrictBool = Field(False, description="Also parts by source, stage and so on.")
    alerts: Annotated[list[Id], Field(min_length=1, max_length=200)] | None = None
    contact: Mail | None = Field(None, description="Who hears by e-mail that it was disabled.")


class RotateBody(_Body):
    """How a secret is replaced."""

    overlap_hours: float = Field(24, ge=0, le=720, description="So long both sign.")


class ReplayBody(_Body):
    """From where on deliveries are sent again; one of both."""

    since: Timestamp | None = None
    message: Id | None = Field(None, description="Id of a message, this one included.")


class SecretAnswer(Changed):
    """What was done; the secret is shown this once."""

    secret: str | None = Field(
        None, description="Of a webhook that is new, or was rotated: verify signatures with it."
    )


class WebhookRow(WebhookBody):
    """A webhook as it stands; never its secret."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    rotation: int
    previous_until: str | None = None
    defined_at: str
    defined_by: str | None = None
    state: Literal["active", "failing", "disabled"]
    failing_since: str | None
    failures: int
    reason: str = Field(description="Why it is disabled.")
    waiting: int = Field(description="Messages that are not delivered yet.")


class WebhooksAnswer(Head):
    """All webhooks."""

    rows: list[WebhookRow]


class DeliveryRow(BaseModel):
    """One attempt."""

    entry: str
    message: str
    kind: str
    key: str
    at: str
    attempt: int
    status: int = Field(description="HTTP status; 0 where nobody answered.")
    milliseconds: int
    outcome: Literal["delivered", "failed", "given_up"]
    error: str


class DeliveriesAnswer(Head):
    """Attempts of one webhook, newest first."""

    webhook: str
    rows: list[DeliveryRow]
    next: str | None = Field(description="`before` of the next page.")


def attempt_of(entry: bytes, fields: dict[bytes, bytes], at: str) -> dict[str, Any]:
    """Return a row of the delivery log."""
    text = {name.decode(): value.decode() for name, value in fields.items()}
    return {
        "entry": entry.decode(),
        "message": text["m"],
        "kind": text["t"],
        "key": text["k"],
        "at": at,
        "attempt": int(text["number"]),
        "status": int(text["status"]),
        "milliseconds": int(text["took_ms"]),
        "outcome": text["outcome"],
        "error": text["error"],
    }
