"""A floor of people on the telephone today, with its own poster of events.

```
sales (an, chi without any call)  <- sub-department hanoi (binh);  far (fay)
```
The tenant's zone is one in which it is about noon now, so that two hours ago is today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from deploy.local.stack import Stack, Tenant
from schemas.calendar import format_time
from schemas.envelope import BATCH_CONTENT_TYPE

Event = tuple[str, str, float, dict[str, Any]]
"""(type, subject, minutes ago, data)"""


def noon_zone(now: datetime) -> str:
    """Return a zone in which it is noon, or up to an hour later."""
    offset = 12 - now.hour
    return f"Etc/GMT{-offset:+d}"


class Floor:
    """A tenant of a stack whose people make calls."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.now = datetime.now(UTC)
        self.tenant: Tenant = stack.create_tenant("Floor", noon_zone(self.now))
        self._numbers = count()
        headers = {"Authorization": f"Bearer {self.tenant.read_key}"}
        self.client = httpx.Client(base_url=stack.query_url, headers=headers, timeout=30)

    def ago(self, minutes: float) -> str:
        """Return a moment before the floor was made."""
        at = self.now - timedelta(minutes=minutes)
        return format_time(round(at.timestamp() * 1000))

    def post(self, *history: Event) -> None:
        """Post events and wait until they are in the figures."""
        events = [
            {
                "specversion": "1.0",
                "id": f"e{next(self._numbers)}",
                "source": "/floor",
                "type": kind,
                "time": self.ago(minutes),
                "subject": subject,
                "tenantid": self.tenant.id,
                "data": data,
            }
            for kind, subject, minutes, data in history
        ]
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/events?wait=applied",
            json=events,
            headers={
                "Authorization": f"Bearer {self.tenant.write_key}",
                "Content-Type": BATCH_CONTENT_TYPE,
            },
            timeout=60,
        )
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == [], answer.text
        assert answer.json()["applied"], answer.text

    def ended(
        self, name: str, began: float, talk: int, *, direction: str = "outbound", **who: Any
    ) -> Event:
        """Return a call that began some minutes ago and was over a minute and its talk later."""
        ended = began - 1 - talk / 60
        times = {"started_at": self.ago(began), "ended_at": self.ago(ended), "duration_s": talk}
        return "call.ended", name, ended, {"direction": direction, **who, **times}

    def view(self, **parameters: str) -> dict[str, Any]:
        """Return the live call view."""
        answer = self.client.get("/v1/reports/calls", params=parameters)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def people() -> Iterator[Event]:
    """Return departments, employees and customers, as they were yesterday."""
    day = 1500.0
    for name, parent in (("sales", None), ("hanoi", "sales"), ("far", None)):
        yield "department.upserted", name, day, {"name": name.title(), "parent_id": parent}
    for name, place in (("an", "sales"), ("chi", "sales"), ("binh", "hanoi"), ("fay", "far")):
        data = {"name": name.title(), "department_id": place, "valid_from": "2026-01-01"}
        yield "employee.upserted", name, day, data


def figures(view: dict[str, Any], who: str) -> dict[str, Any]:
    """Return column -> value of a row, or of the total."""
    row = view["total"] if who == "total" else row_of(view, who)
    names = [column["name"] for column in view["columns"]]
    return {name: cell["value"] for name, cell in zip(names, row["cells"], strict=True)}


def row_of(view: dict[str, Any], who: str) -> dict[str, Any]:
    """Return the row of an agent."""
    return next(row for row in view["rows"] if row["id"] == who)
