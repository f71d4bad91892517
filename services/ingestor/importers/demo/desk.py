"""What is written at a desk: notes about customers, and messages to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Floor
from services.ingestor.importers.demo.names import typed
from services.ingestor.translate.moments import utc_text

_MINUTE, _HOUR = 60, 3600


def note(floor: Floor, at: datetime, who: Employee) -> None:
    """Write a note about a customer; some are lines of a system, some are deleted again."""
    rng, customer = floor.rng, floor.customer_for(who)
    if customer is None:
        return
    subject = floor.next_id("gc")
    data: dict[str, Any] = {"created_at": utc_text(at), "customer_id": customer.id}
    data |= {"automatic": True} if rng.random() < 0.12 else {"author_id": who.id}
    floor.write("note.added", subject, at, data)
    if rng.random() < 0.08:

        def delete(then: datetime) -> None:
            floor.write("note.deleted", subject, then, {"deleted_at": utc_text(then)})

        floor.after(at, rng.uniform(2 * _MINUTE, 6 * _HOUR) * floor.hurry, delete)


def message(floor: Floor, at: datetime, who: Employee) -> None:
    """Send an SMS or a Zalo message: refused at once, failed later, or delivered."""
    rng, customer = floor.rng, floor.customer_for(who)
    if customer is None:
        return
    subject = floor.next_id("tn")
    data = {
        "channel": rng.choices(("sms", "zns", "other"), (35, 55, 10))[0],
        "sent_at": utc_text(at),
        "status": "failed" if rng.random() < 0.06 else "success",
        "sender_id": who.id,
        "customer_id": customer.id,
        "phone": typed(rng, customer.phones[0]),
    }
    floor.write("message.sent", subject, at, data)
    if data["status"] == "success" and rng.random() < 0.06:

        def fail(then: datetime) -> None:
            failed = {"failed_at": utc_text(then), "reason": "Thuê bao không liên lạc được"}
            floor.write("message.failed", subject, then, failed)

        floor.after(at, rng.uniform(10, 10 * _MINUTE), fail)
