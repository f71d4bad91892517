"""A tenant of its own on the running stack, and a seller in it who sells."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import orjson

from deploy.local.stack import Stack, Tenant


class Office:
    """Posts events as a CRM does; each is in the figures when the call returns."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tenant: Tenant = stack.create_tenant()
        self._numbers = count(1)
        self.send("department.upserted", "north", name="North")
        self.send("employee.upserted", "lan", name="Lan", department_id="north")

    def send(self, kind: str, subject: str, /, **data: Any) -> str:
        """Post an event; return its id."""
        event_id = f"e{next(self._numbers)}"
        body = {
            "specversion": "1.0",
            "id": event_id,
            "source": "crm",
            "type": kind,
            "time": now(),
            "subject": subject,
            "tenantid": self.tenant.id,
            "data": data,
        }
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/events?wait=applied",
            content=orjson.dumps(body),
            headers={
                "Authorization": f"Bearer {self.tenant.write_key}",
                "Content-Type": "application/cloudevents+json",
            },
            timeout=60,
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        assert answer.json()["applied"], answer.text
        return event_id

    def sell(self, order: str, amount: int = 1000, owner: str = "lan") -> str:
        """Sell something today; return the id of the event."""
        return self.send(
            "order.created",
            order,
            order_date=self.today(),
            created_at=now(),
            owner_id=owner,
            total={"amount": amount, "currency": "VND"},
        )

    def today(self) -> str:
        """Return the tenant's date."""
        answer = httpx.get(f"{self.stack.query_url}/v1/tenant", headers=self.reader(), timeout=30)
        return str(answer.json()["today"])

    def reader(self) -> dict[str, str]:
        """Return the headers of who may read."""
        return {"Authorization": f"Bearer {self.tenant.read_key}"}


def now() -> str:
    """Return this moment."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
