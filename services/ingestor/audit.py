"""Changes that the audit trail names: grants, targets, locks, keys, settings, documents.

Each is an event in the log already, where what it changed stands in full; its audit record says
who sent it, and follows once the log has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import orjson

from schemas.audit import ADMINISTRATOR, Action, Actor, AuditRecord, Detail, encode_audit
from schemas.configuration import DOCUMENTS
from services.ingestor.journal import Record
from services.ingestor.lanes import PublishError
from services.ingestor.problems import unavailable
from services.ingestor.publisher import AUDIT, Publisher

_ACTIONS: Final[dict[str, tuple[Action, str]]] = {
    "permission.changed": ("grant", "permission"),
    "target.set": ("target", "target"),
    "target.removed": ("target", "target"),
    "period.locked": ("lock", "period"),
    "apikey.created": ("key", "key"),
    "apikey.revoked": ("key", "key"),
    "setting.changed": ("setting", "setting"),
    "metric.definition_changed": ("setting", "definition"),
    "employee.pseudonymised": ("pseudonym", "employee"),
    "customer.erased": ("erase", "customer"),
    "tenant.erased": ("erase", "tenant"),
    "board.defined": ("setting", "board"),
    "board.deleted": ("setting", "board"),
    "webhook.defined": ("setting", "webhook"),
    "webhook.deleted": ("setting", "webhook"),
    "webhook.test_ordered": ("setting", "webhook"),
    "webhook.replay_ordered": ("setting", "webhook"),
    "alert.defined": ("setting", "alert"),
    "alert.deleted": ("setting", "alert"),
    "alert.acknowledged": ("setting", "alert"),
    "alert.test_ordered": ("setting", "alert"),
    "formula.defined": ("setting", "formula"),
    "formula.removed": ("setting", "formula"),
    "rollout.changed": ("setting", "rollout"),
    "rollout.ended": ("setting", "rollout"),
    "calendar.defined": ("setting", "calendar"),
    "calendar.removed": ("setting", "calendar"),
    "value.recorded": ("setting", "value"),
    "value.removed": ("setting", "value"),
}
"""Event type -> action and subject of its record."""
AUDITED: Final = frozenset(_ACTIONS)
_TOLD: Final = ("permission", "granted", "metric", "period", "first", "last")
"""Members of an event's data that its record repeats as they are."""
_BY: Final = ("actor_id", "set_by", "created_by", "changed_by", "removed_by",
    "defined_by", "deleted_by", "ordered_by", "acknowledged_by", "recorded_by",
)  # fmt: skip


class Sender(NamedTuple):
    """Who sends an event, and from where.

    Shape:  `is_on_behalf`: another service sends it for somebody who asked there; then whatever
            is sent is noted, for there is nobody else to say who it was.
    """

    actor: Actor
    address: str = ""
    is_on_behalf: bool = False


def administrator(address: str) -> Sender:
    """Return the holder of the admin token."""
    return Sender(ADMINISTRATOR, address)


def audit_of(value: bytes, sender: Sender, at_ms: int) -> AuditRecord | None:
    """Return the record of an accepted event, None for one that the trail does not name.

    Shape:  (canonical bytes of an event, who sent it) -> record. Its id is that of the event, so
            one that is sent twice is noted once.
    Laws:   holds neither values of targets nor digests of keys.
    """
    event = orjson.loads(value)
    entity = event["type"].partition(".")[0]
    if event["type"] in _ACTIONS:
        action, subject = _ACTIONS[event["type"]]
    elif sender.is_on_behalf:
        action, subject = "change", entity
    else:
        return None
    scope, scope_id = _place(event)
    identity = f"{event['tenantid']}|{event['source']}|{event['id']}"
    return AuditRecord(
        id=blake2b(identity.encode(), digest_size=16).hexdigest(),
        at_ms=at_ms,
        tenant=event["tenantid"],
        actor=sender.actor,
        action=action,
        subject=subject,
        scope=scope,
        scope_id=scope_id,
        details=_details(event),
        address=sender.address,
    )


def _place(event: dict[str, Any]) -> tuple[str, str]:
    match event["type"]:
        case "permission.changed" | "employee.pseudonymised":
            return "employee", event["subject"]
        case "target.set" | "target.removed" | "value.recorded":
            return event["data"]["scope"], event["data"]["scope_id"]
        case "apikey.created" | "apikey.revoked":
            return "key", event["subject"]
        case "metric.definition_changed":
            return "metric", event["subject"]
        case "period.locked" | "setting.changed":
            return "company", "all"
        case _:
            return str(event["type"].partition(".")[0]), event["subject"]


def _details(event: dict[str, Any]) -> dict[str, Detail]:
    data: dict[str, Any] = event["data"]
    found: dict[str, Detail] = {"event": event["id"]}
    found |= {name: data[name] for name in _TOLD if data.get(name) is not None}
    by = next((data[name] for name in _BY if data.get(name)), None)
    if by:
        found["by"] = by
    match event["type"]:
        case "apikey.created":
            found |= {"change": "created", "scopes": ",".join(data["scopes"])}
        case "apikey.revoked":
            found["change"] = "revoked"
        case "target.removed":
            found["change"] = "removed"
        case "setting.changed":
            found["change"] = ",".join(sorted(n for n, v in data.items() if v is not None))
        case _ if event["type"] not in _ACTIONS or event["type"] in DOCUMENTS:
            found["change"] = event["type"].partition(".")[2]
    return found


def summed(records: Iterable[AuditRecord]) -> list[AuditRecord]:
    """Return the records of one request, those that are alike as one: a file is one deed.

    Laws:   the `times` of all are as many as there were; grants and keys stand by themselves.
    """
    found: dict[object, AuditRecord] = {}
    for record in records:
        if record.action != "change":
            found[record.id] = record
            continue
        alike = (record.subject, record.details["change"])
        first = found.get(alike)
        if first is None:
            found[alike] = record
        else:
            found[alike] = replace(first, scope_id="", times=first.times + record.times)
    return list(found.values())


class Audit:
    """Writes the records of changes.

    Laws:   a change is answered as done only once its record is in Kafka too.
    """

    def __init__(self, publisher: Publisher, now_ms: Callable[[], int], timeout_s: float) -> None:
        self._publisher = publisher
        self._now_ms = now_ms
        self._timeout_s = timeout_s

    async def changed(self, values: Iterable[bytes], sender: Sender) -> None:
        """Note the events among these that the trail names; they are in the log already.

        Errors: Problem 503 where Kafka does not take the record.
        """
        at_ms = self._now_ms()
        named = (audit_of(value, sender, at_ms) for value in values)
        records = [
            Record(record.tenant.encode(), encode_audit(record), at_ms)
            for record in summed(record for record in named if record is not None)
        ]
        if not records:
            return
        promise = self._publisher.publish(AUDIT, 0, records)
        await asyncio.wait([promise], timeout=self._timeout_s)
        try:
            promise.result()
        except (asyncio.InvalidStateError, PublishError):
            raise unavailable(
                "kafka_down",
                "this was done, but Kafka has not acknowledged its audit record; send it again: "
                "the same id makes that harmless",
            ) from None
