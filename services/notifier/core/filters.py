"""Whom a change is for. Pure.

A change is looked up by its metric, so that many webhooks with filters cost nothing for the
changes that are not theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from schemas.tables import COMPANY_ID, parse_dimension
from schemas.webhooks import digest_of
from services.notifier.company import Company

_NOWHERE = Company()


class Webhook(NamedTuple):
    """A webhook as it is defined; `digest` tells two definitions apart."""

    id: str
    url: str
    events: frozenset[str]
    metrics: frozenset[str]
    scope: str
    places: frozenset[str]
    """The ids that it is told of, none for all."""
    has_parts: bool
    alerts: frozenset[str]
    contact: str
    rotation: int
    previous_until: str
    digest: str

    @classmethod
    def read(cls, name: str, data: Mapping[str, Any], company: Company = _NOWHERE) -> Webhook:
        """Read a configuration document."""
        scope, scope_id = data.get("scope") or "", data.get("scope_id") or ""
        places = company.places(scope, scope_id, sub=data.get("sub", False)) if scope_id else ()
        return cls(
            id=name,
            url=data["url"],
            events=frozenset(data["events"]),
            metrics=frozenset(data.get("metrics") or ()),
            scope=scope,
            places=frozenset(places),
            has_parts=data.get("has_parts", False),
            alerts=frozenset(data.get("alerts") or ()),
            contact=data.get("contact") or "",
            rotation=data.get("rotation", 1),
            previous_until=data.get("previous_until") or "",
            digest=digest_of(data),
        )

    def wants(self, change: Mapping[str, Any]) -> bool:
        """Say whether a change, of a metric it is told of, passes the other filters."""
        if self.scope and change["scope"] != self.scope:
            return False
        whose = COMPANY_ID if change["scope"] == "company" else change["id"]
        if self.places and whose not in self.places:
            return False
        if self.has_parts or not change["dimension"]:
            return True
        return parse_dimension(change["dimension"]).keys() == {"currency"}


class Interest:
    """The webhooks of a tenant, by what they want."""

    def __init__(self, webhooks: Iterable[Webhook]) -> None:
        self.webhooks = {webhook.id: webhook for webhook in webhooks}
        self._of_all: list[Webhook] = []
        self._of_metric: dict[str, list[Webhook]] = {}
        for webhook in self.webhooks.values():
            if "kpi.changed" not in webhook.events:
                continue
            if not webhook.metrics:
                self._of_all.append(webhook)
            for metric in webhook.metrics:
                self._of_metric.setdefault(metric, []).append(webhook)

    def of_change(self, change: Mapping[str, Any]) -> list[Webhook]:
        """Return whom to tell of a change."""
        found = [one for one in self._of_metric.get(change["metric"], ()) if one.wants(change)]
        return found + [one for one in self._of_all if one.wants(change)]

    def of_alert(self, alert: str) -> list[Webhook]:
        """Return whom to tell of an alert."""
        return [
            one
            for one in self.webhooks.values()
            if "alert.changed" in one.events and (not one.alerts or alert in one.alerts)
        ]


def message_id(webhook: str, key: str, version: str) -> str:
    """Return the id of a message: the same whenever the same thing is told."""
    about = f"{webhook}\x00{key}\x00{version}".encode()
    return "msg_" + blake2b(about, digest_size=16).hexdigest()


def lane_of(key: str, lanes: int) -> int:
    """Return where a key queues: what is of one key is sent in order."""
    return int.from_bytes(blake2b(key.encode(), digest_size=4).digest()) % lanes
