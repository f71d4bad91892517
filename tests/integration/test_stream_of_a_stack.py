"""The stream of running services: a deadline passes on the real clock, from event to listener."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import orjson

from deploy.local.stack import Stack, Tenant
from tests.integration.query_listener import Listener, listening_at

OVERDUE = "tasks_overdue"
PLACES = [
    {"scope": "employee", "id": "lan"},
    {"scope": "department", "id": "north"},
    {"scope": "department", "id": "all-of-us", "sub": "true"},
    {"scope": "company", "id": "all"},
]


class Office:
    """A tenant of its own with one seller two departments down."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tenant: Tenant = stack.create_tenant()
        self._numbers = count()

    async def send(self, kind: str, subject: str, **data: Any) -> str:
        """Post one event, wait until the figures include it, and return its id."""
        event_id = f"e{next(self._numbers)}"
        body = {
            "specversion": "1.0",
            "id": event_id,
            "source": "crm",
            "type": kind,
            "time": written(datetime.now(UTC)),
            "subject": subject,
            "tenantid": self.tenant.id,
            "data": data,
        }
        headers = {
            "Authorization": f"Bearer {self.tenant.write_key}",
            "Content-Type": "application/cloudevents+json",
        }
        async with httpx.AsyncClient(base_url=self.stack.ingestor_url, timeout=60) as client:
            answer = await client.post(
                "/v1/events?wait=applied", content=orjson.dumps(body), headers=headers
            )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        assert answer.json()["applied"], answer.text
        return event_id

    async def settle(self) -> None:
        """Hire, and have a task that is in time, so that there are tasks at all."""
        await self.send("department.upserted", "all-of-us", name="All")
        await self.send("department.upserted", "north", name="North", parent_id="all-of-us")
        await self.send("employee.upserted", "lan", name="Lan", department_id="north")
        await self.plan("t0", datetime.now(UTC) + timedelta(days=9))

    async def plan(self, task: str, end: datetime) -> None:
        """Give Lan a task."""
        now = written(datetime.now(UTC))
        await self.send("task.created", task, created_at=now, end=written(end), assignees=["lan"])


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


async def told(listener: Listener, value: int) -> dict[str, Any]:
    """Wait until the scope itself is told to have so many overdue; return that cell."""
    while True:
        for cell in (await listener.until("change")).data["cells"]:
            if cell["metric"] == OVERDUE and cell["value"] == value:
                return dict(cell)


async def test_a_deadline_passes_and_is_made_good(stack: Stack) -> None:
    """Two seconds after a task was planned it is overdue everywhere; done, it is so no more."""
    office = Office(stack)
    await office.settle()
    async with AsyncExitStack() as opened:
        listeners = []
        for place in PLACES:
            stream = listening_at(stack.query_url, office.tenant.read_key, **place, metrics=OVERDUE)
            listeners.append(await opened.enter_async_context(stream))
        for listener in listeners:
            (figure,) = (await listener.until("snapshot")).data["figures"]
            assert figure["value"] == 0
        due = datetime.now(UTC) + timedelta(seconds=2)
        await office.plan("t1", due)
        for cell in await asyncio.gather(*(told(one, 1) for one in listeners)):
            assert (cell["previous"], cell["cause"], cell["day"]) == (0, "clock", "now")
        assert datetime.now(UTC) > due
        now = written(datetime.now(UTC))
        cause = await office.send("task.status_changed", "t1", status="completed", changed_at=now)
        for cell in await asyncio.gather(*(told(one, 0) for one in listeners)):
            assert (cell["previous"], cell["cause"]) == (1, cause)
