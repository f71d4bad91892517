"""A company in which everything happens that a list can stumble over, sent as its CRM would.

Beside the made-up history of the simulation: `ea` moves from department x1 to x2 below it while
tasks of hers run, tasks have two assignees, customers are merged, money is in two currencies, and
four facts contradict themselves. Then the past is locked, and changed once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import httpx
import orjson

from deploy.local.stack import Stack, Tenant
from schemas.calendar import zone
from services.ingestor.importers.simulate import demo_history

ZONE = zone("Asia/Ho_Chi_Minh")
LOCKED_DAYS_AGO = 20
_BATCH = 500


class ListedCompany:
    """A tenant with that history, applied."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tenant: Tenant = stack.create_tenant()
        self.today = datetime.now(ZONE).date()
        self._numbers = count()
        self._client = httpx.Client(timeout=60)

    def live(self) -> ListedCompany:
        """Let everything happen."""
        history = demo_history(7, self.today, days=4, employees=8)
        events = [*history, *(self._event(*told) for told in self._own())]
        self._post(events)
        first = self.day(LOCKED_DAYS_AGO + 5)
        lock = {"first": first, "last": self.day(LOCKED_DAYS_AGO)}
        self._administer(self._event("period.locked", "p", lock))
        self._post([self._event(*told) for told in self._late()])
        return self

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def day(self, ago: int) -> str:
        """Return a day, so many before today."""
        return (self.today - timedelta(days=ago)).isoformat()

    def at(self, ago: int, hour: int = 9) -> str:
        """Return an instant of a day so many before today."""
        day: date = self.today - timedelta(days=ago)
        return datetime.combine(day, time(hour), ZONE).isoformat()

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """Ask the query service."""
        answer = self._client.get(
            f"{self.stack.query_url}{path}",
            params=parameters or None,
            headers={"Authorization": f"Bearer {self.tenant.read_key}"},
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, kind: str, subject: str, data: dict[str, Any], **attributes: str) -> int:
        """Send one event and return how many were refused at the door."""
        event = self._event(kind, subject, data) | {"tenantid": self.tenant.id} | attributes
        answer = self._ingest("/v1/events?wait=applied", self.tenant.write_key, [event])
        return len(answer.json()["rejected"])

    def _event(self, kind: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": f"own-{next(self._numbers)}",
            "source": "/tests/lists",
            "type": kind,
            "time": datetime.now(ZONE).isoformat(),
            "subject": subject,
            "data": data,
        }

    def _own(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield "department.upserted", "x1", {"name": "One"}
        yield "department.upserted", "x2", {"name": "Two", "parent_id": "x1"}
        for person, ago, place in (("ea", 900, "x1"), ("ea", 6, "x2"), ("eb", 900, "x1")):
            since = {"name": person, "department_id": place, "valid_from": self.day(ago)}
            yield "employee.upserted", person, since
        for kind, name, tag in (
            ("relationship", "warm", "mql"),
            ("relationship", "hot", "mql"),
            ("relationship", "sure", "sql"),
            ("source", "web", "inbound"),
        ):
            yield "taxonomy.upserted", name, {"kind": kind, "name": name, "tags": [tag]}
        yield from self._customers()
        yield from self._tasks()
        yield from self._papers()

    def _customers(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for number in range(6):
            yield (
                "customer.created",
                f"u{number}",
                {
                    "created_at": self.at(30 - number),
                    "creator_id": "eb",
                    "owner_id": "ea" if number % 2 else "eb",
                    "source_ids": ["web", "fair"] if number < 3 else [],
                    "industry": "food",
                    "birthday": f"19{60 + number}-02-28",
                    "relationship_id": "warm",
                },
            )
        for stage, hour in (("hot", 10), ("warm", 11), ("sure", 12)):
            moved = {"relationship_id": stage, "changed_at": self.at(7, hour), "actor_id": "ea"}
            yield "customer.status_changed", "u1", moved
        yield "contact.upserted", "w1", {"customer_id": "u1", "birthday": "1990-05-05"}
        yield "customer.merged", "u5", {"into_id": "u1"}

    def _tasks(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        both = ["ea", "eb"]
        for name, first, last, people, customer in (
            ("across", 9, 2, both, "u1"),
            ("before", 12, 8, both, "u5"),
            ("hers", 8, 1, ["ea"], None),
            ("open end", 3, None, both, "u2"),
            ("ahead", 1, -20, ["eb"], None),
            ("nobody's", 5, 4, [], "u3"),
        ):
            yield (
                "task.created",
                name,
                {
                    "created_at": self.at(first),
                    "type": "visit",
                    "project_id": "spring",
                    "start": self.day(first),
                    "end": None if last is None else self.day(last),
                    "assignees": people,
                    "customer_id": customer,
                },
            )
        yield "task.status_changed", "across", {"status": "completed", "changed_at": self.at(1)}
        yield "task.created", "reversed", {"created_at": self.at(3), "assignees": both}
        yield "task.updated", "reversed", {"start": self.day(2)}
        yield "task.updated", "reversed", {"end": self.day(4)}
        for n, person in enumerate(("ea", "eb", "ea")):
            note = {"created_at": self.at(n + 5), "author_id": person, "customer_id": f"u{n}"}
            yield "note.added", f"n{n}", note
            sent = {"sent_at": self.at(n + 5), "sender_id": person, "customer_id": f"u{n}"}
            yield "message.sent", f"s{n}", {**sent, "channel": "sms" if n else "zns"}

    def _papers(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for number in range(8):
            currency, owner = "USD" if number == 3 else "VND", "ea" if number % 2 else "eb"
            total = {"amount": 1000 * (number + 1), "currency": currency}
            name = f"o{number}"
            yield (
                "order.created",
                name,
                {
                    "created_at": self.at(2 * number + 1),
                    "order_date": self.day(4 * number),
                    "total": total,
                    "lines": [{"product_id": f"p{number % 2}", "quantity": 2, "amount": total}],
                    "owner_id": owner,
                    "customer_id": f"u{number % 6}",
                },
            )
            if number != 2:
                approved = {"approved_at": self.at(2 * number), "actor_id": "eb"}
                yield "order.approved", name, approved
            paid = {"paid_at": self.at(2 * number), "amount": total, "order_id": name}
            yield "payment.received", f"y{number}", paid
        back = [{"product_id": "p1", "quantity": 1, "amount": {"amount": 500, "currency": "VND"}}]
        returned = {"return_id": "r1", "returned_at": self.at(1), "lines": back}
        yield "order.returned", "o1", returned
        yield "payment.reversed", "y4", {"reversed_at": self.at(3)}
        yield "order.updated", "o5", {"total": {"amount": 7, "currency": "VND"}}
        lost = {"paid_at": self.at(2), "amount": {"amount": 5, "currency": "VND"}}
        yield "payment.received", "lost", {**lost, "order_id": "never seen"}
        for number, last in enumerate((10, -10, 0)):
            yield (
                "contract.created",
                f"k{number}",
                {
                    "created_at": self.at(15),
                    "owner_id": "ea" if number else "eb",
                    "customer_id": "u0",
                    "effective_from": self.day(300),
                    "effective_to": self.day(last),
                    "value": {"amount": 100, "currency": "VND"},
                },
            )
        worth = {"amount": 100, "currency": "VND"}
        begun = {"created_at": self.at(15), "owner_id": "ea", "value": worth}
        yield "contract.created", "k9", begun
        yield "contract.updated", "k9", {"effective_from": self.day(10)}
        yield "contract.updated", "k9", {"effective_to": self.day(12)}
        voucher = {"voucher_date": self.day(3), "employee_id": "ea", "lines": back}
        yield "stock.issued", "v1", voucher
        yield "stock.received", "v2", {**voucher, "reason": "transfer"}

    def _late(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        locked_order = "o5"  # its order date is 20 days ago
        yield "order.cancelled", locked_order, {"cancelled_at": self.at(0, 1)}

    def _post(self, events: list[dict[str, Any]]) -> None:
        for start in range(0, len(events), _BATCH):
            batch = events[start : start + _BATCH]
            wait = "?wait=applied" if start + _BATCH >= len(events) else ""
            self._send("/v1/events" + wait, self.tenant.write_key, batch)

    def _administer(self, event: dict[str, Any]) -> None:
        path = f"/v1/tenants/{self.tenant.id}/events?wait=applied"
        self._send(path, self.stack.admin_token, [event])

    def _send(self, path: str, key: str, events: list[dict[str, Any]]) -> None:
        owned = [event | {"tenantid": self.tenant.id} for event in events]
        answer = self._ingest(path, key, owned)
        assert answer.json()["rejected"] == [], answer.text

    def _ingest(self, path: str, key: str, events: list[dict[str, Any]]) -> httpx.Response:
        answer = self._client.post(
            f"{self.stack.ingestor_url}{path}",
            content=orjson.dumps(events),
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/cloudevents-batch+json",
            },
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return answer
