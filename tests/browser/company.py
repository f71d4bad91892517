"""A small sales company that reports to the ingestor over HTTP, as its CRM would."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from deploy.local.stack import Stack, Tenant

BATCH = "application/cloudevents-batch+json"
PEOPLE = {"lan": "Nguyễn Thị Lan", "minh": "Trần Văn Minh", "hoa": "Lê Hoa"}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def when(moment: datetime) -> str:
    """Write an instant as events carry it."""
    return moment.isoformat(timespec="milliseconds")


@dataclass
class Company:
    """A tenant with department 'north', its team 'n2' and three employees."""

    stack: Stack
    tenant: Tenant
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def board(self) -> str:
        """Return the address of the board of its department."""
        return f"{self.stack.query_url}/board/north?key={self.tenant.read_key}"

    @property
    def home(self) -> str:
        """Return the address of its home page."""
        return f"{self.stack.query_url}/?key={self.tenant.read_key}"

    def send(
        self, *events: tuple[str, str, Mapping[str, object]], source: str = "/tests/browser"
    ) -> None:
        """Post (type, subject, data) as a system sends it, and see that all were accepted."""
        batch = [{**self._event(*event), "source": source} for event in events]
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/events",
            content=json.dumps(batch),
            headers={
                "Authorization": f"Bearer {self.tenant.write_key}",
                "Content-Type": BATCH,
            },
            timeout=30,
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        assert answer.json()["rejected"] == [], answer.text

    def _event(self, kind: str, subject: str, data: Mapping[str, object]) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": f"b{next(self.numbers)}",
            "source": "/tests/browser",
            "tenantid": self.tenant.id,
            "type": kind,
            "subject": subject,
            "time": when(datetime.now(UTC)),
            "data": data,
        }

    def settle(self) -> None:
        """Wait until everything that was sent is in the figures."""
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/events",
            params={"wait": "applied"},
            content=json.dumps([self._event("department.upserted", "far", {"name": "Far"})]),
            headers={"Authorization": f"Bearer {self.tenant.write_key}", "Content-Type": BATCH},
            timeout=30,
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text

    def hire(self) -> Company:
        """Create the departments and the people."""
        self.send(
            ("department.upserted", "north", {"name": "Telesales North"}),
            ("department.upserted", "n2", {"name": "Hà Nội 2", "parent_id": "north"}),
            *(
                (
                    "employee.upserted",
                    person,
                    {"name": name, "department_id": "n2" if person == "hoa" else "north"},
                )
                for person, name in PEOPLE.items()
            ),
        )
        return self

    def sell(self, person: str, amount: int, currency: str = "VND", *, days_ago: int = 0) -> str:
        """Report an approved order of today, or of an earlier day; returns its id."""
        now = datetime.now(ZONE) - timedelta(days=days_ago)
        order = f"o{next(self.numbers)}"
        total = {"amount": amount, "currency": currency}
        data = {"order_date": f"{now:%Y-%m-%d}", "created_at": when(now), "total": total}
        self.send(
            ("order.created", order, {**data, "owner_id": person}),
            ("order.approved", order, {"approved_at": when(now)}),
        )
        return order

    def call(self, person: str, seconds: int) -> None:
        """Report an outbound call that ends now."""
        now = datetime.now(ZONE)
        began = now - timedelta(seconds=seconds)
        who = {"direction": "outbound", "employee_id": person}
        call = f"c{next(self.numbers)}"
        self.send(
            ("call.connected", call, {**who, "connected_at": when(now)}),
            (
                "call.ended",
                call,
                {**who, "started_at": when(began), "ended_at": when(now), "duration_s": seconds},
            ),
        )

    def revoke_approval(self, order: str) -> None:
        """Take the approval of an order back."""
        self.send(("order.approval_revoked", order, {"revoked_at": when(datetime.now(UTC))}))
