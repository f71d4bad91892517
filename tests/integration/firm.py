"""A tenant of the running services that is told things, sets things up and is asked."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from deploy.local.stack import Stack, Tenant
from schemas.envelope import BATCH_CONTENT_TYPE

DAY = "2026-03-10"
Said = tuple[str, str, dict[str, Any]]


class Firm:
    """A tenant with a department of two, and a key that sets up."""

    def __init__(self, stack: Stack, tenant: Tenant) -> None:
        self.stack, self.tenant = stack, tenant
        answer = httpx.post(
            f"{stack.ingestor_url}/v1/tenants/{tenant.id}/keys",
            headers={"Authorization": f"Bearer {stack.admin_token}"},
            json={"scopes": ["query", "administer"], "label": "set up"},
            timeout=30,
        )
        answer.raise_for_status()
        self.key = answer.json()["key"]
        self.sent = 0

    def say(self, *said: Said) -> None:
        """Send events and wait for the figures."""
        events = []
        for kind, subject, data in said:
            self.sent += 1
            head = {"specversion": "1.0", "source": "crm", "tenantid": self.tenant.id}
            events.append(
                {
                    **head,
                    "id": f"e{self.sent}",
                    "type": kind,
                    "subject": subject,
                    "time": f"2026-04-01T00:{self.sent:02d}:00Z",
                    "data": data,
                }
            )
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/tenants/{self.tenant.id}/events?wait=applied",
            headers={
                "Authorization": f"Bearer {self.stack.admin_token}",
                "Content-Type": BATCH_CONTENT_TYPE,
            },
            content=orjson.dumps(events),
            timeout=30,
        )
        assert answer.json()["rejected"] == [], answer.text

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        """Ask the query service."""
        return httpx.request(
            method,
            f"{self.stack.query_url}{path}",
            headers={"Authorization": f"Bearer {self.key}"},
            params=query or None,
            json=body,
            timeout=30,
        )

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Return what is answered."""
        answer = self.ask("GET", path, **query)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found


def order(number: int, owner: str, amount: int, day: str = DAY) -> Said:
    """Return an order."""
    total = {"amount": amount, "currency": "VND"}
    data = {"order_date": day, "created_at": f"{day}T03:00:00Z", "owner_id": owner, "total": total}
    return "order.created", f"o{number}", data
