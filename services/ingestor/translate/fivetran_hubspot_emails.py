"""HubSpot's marketing e-mails: who opened them, who followed a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.ingestor.translate.fivetran import Columns, Export, columns, moment_of, must, yes
from services.ingestor.translate.fivetran_hubspot_customers import Buyers
from services.ingestor.translate.item import Event, Item, Row, event, given

TABLES: Mapping[str, Columns] = {
    "email_event": columns("id type recipient created", "sent_by_id filtered_event"),
}
_TYPES = {"OPEN": ("email.opened", "opened_at"), "CLICK": ("email.clicked", "clicked_at")}


def emails(export: Export, buyers: Buyers) -> Iterator[Item]:
    """Yield the openings and clicks that HubSpot itself counts."""

    def seen(row: Row) -> Iterator[Event]:
        if row["type"] not in _TYPES or yes(row, "filtered_event"):
            return
        kind, field = _TYPES[row["type"]]
        subject, at = must(row, "sent_by_id"), moment_of(row, "created")
        address = must(row, "recipient")
        data = {"recipient": address, field: at, **given(customer_id=buyers.at(address))}
        yield event(export.source, kind, subject, at, data)

    yield from export.read("email_event", seen)
