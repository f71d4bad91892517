"""Webhooks by the Standard Webhooks form: what is sent, how it is signed, what a secret is.

A secret stands nowhere in the log: it is derived from a secret of the service, so whoever reads
log or store learns none. `rotation` counts; of two rotations both sign for a while.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from schemas.events.base import Timestamp
from schemas.messages import KpiChange, Message
from schemas.tables import Scope

ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - says what it is a secret of
_SECRET_BYTES: Final = 32

Kind = Literal["kpi.changed", "alert.changed", "webhook.test", "webhook.disabled"]
Level = Literal["ok", "warn", "critical"]


class AlertChange(Message):
    """An alert has another state.

    Laws:   `occurrence` is the same for all that is told of one state of one alert.
    """

    tenant: str
    alert: str
    name: str
    occurrence: str
    state: Level
    before: Level
    metric: str
    scope: Scope
    id: str
    sub: bool
    value: float | None
    at: Timestamp
    version: str


class TestDelivery(Message):
    """Somebody pressed the test button."""

    webhook: str
    text: str = "This is a test of your webhook; no figure has changed."


class Disabled(Message):
    """Nothing more is sent to this URL until the webhook is defined again."""

    webhook: str
    reason: str
    since: Timestamp


class KpiChanged(Message):
    """A figure has another value."""

    type: Literal["kpi.changed"]
    timestamp: Timestamp
    data: KpiChange


class AlertChanged(Message):
    """An alert has another state."""

    type: Literal["alert.changed"]
    timestamp: Timestamp
    data: AlertChange


class WebhookTest(Message):
    """A test."""

    type: Literal["webhook.test"]
    timestamp: Timestamp
    data: TestDelivery


class WebhookDisabled(Message):
    """The last that is sent to a URL which failed for too long."""

    type: Literal["webhook.disabled"]
    timestamp: Timestamp
    data: Disabled


MESSAGES: Final[dict[Kind, type[Message]]] = {
    "kpi.changed": KpiChanged,
    "alert.changed": AlertChanged,
    "webhook.test": WebhookTest,
    "webhook.disabled": WebhookDisabled,
}
"""`type` of a message -> its model."""

Rotation = Annotated[int, Field(ge=1, le=1_000_000)]


def digest_of(data: Mapping[str, Any]) -> str:
    """Return what tells two definitions of a webhook apart."""
    return hashlib.blake2b(repr(sorted(data.items())).encode(), digest_size=8).hexdigest()


def secret_of(service_secret: str, tenant: str, webhook: str, rotation: int) -> str:
    """Derive the secret of a webhook, as its owner is shown it.

    Laws:   a function of its arguments; of another tenant, webhook or rotation, another one.
    """
    about = "\x00".join(("webhook", tenant, webhook, str(rotation)))
    digest = hmac.new(service_secret.encode(), about.encode(), hashlib.sha256).digest()
    return SECRET_PREFIX + base64.b64encode(digest[:_SECRET_BYTES]).decode()


def signed(
    secrets: Iterable[str], message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Return the headers of a delivery; several secrets sign while one follows the other.

    Units:  timestamp_s in seconds since 1970 UTC.
    """
    content = f"{message_id}.{timestamp_s}.".encode() + body
    signatures = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
        digest = hmac.new(key, content, hashlib.sha256).digest()
        signatures.append("v1," + base64.b64encode(digest).decode())
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(timestamp_s),
        SIGNATURE_HEADER: " ".join(signatures),
    }
