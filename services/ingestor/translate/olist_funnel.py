"""A marketing funnel: leads, and the deals that were closed (format `olist-funnel`).

The mapping and its readings stand in docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from services.ingestor.translate.item import (
    Item,
    Row,
    Unreadable,
    event,
    given,
    in_order,
    numbered,
    unreadable,
)
from services.ingestor.translate.moments import instant, later, latest

SOURCE = "/import/olist-funnel"
CURRENCY = "BRL"
LEADS = "olist_marketing_qualified_leads_dataset"
DEALS = "olist_closed_deals_dataset"
SELLERS = "olist_sellers_dataset"
LEAD = "mql"
SELLER = "seller"
_STAGES: tuple[tuple[str, str, list[str]], ...] = (
    (LEAD, "Marketing qualified lead", ["mql"]),
    (SELLER, "Seller", []),
)
TABLES: Mapping[str, tuple[str, ...]] = {
    LEADS: ("mql_id", "first_contact_date", "origin"),
    DEALS: ("mql_id", "seller_id", "sdr_id", "sr_id", "won_date", "business_segment"),
    SELLERS: ("seller_id", "seller_state"),
}


def translate(tables: Mapping[str, Sequence[Row]], time_zone: str) -> Iterator[Item]:
    """Yield the people and stages, then leads and deals by time.

    Shape:  ({table: rows}, IANA zone of the tenant) -> events, or unreadable rows.
    """
    leads, deals = tables[LEADS], tables[DEALS]
    days = [row["first_contact_date"] for row in leads] + [row["won_date"] for row in deals]
    extract = latest(days, time_zone)
    people = dict.fromkeys(row[role] for row in deals for role in ("sr_id", "sdr_id") if row[role])
    for person in people:
        yield event(SOURCE, "employee.upserted", person, extract, {"name": person})
    for place, (stage, name, tags) in enumerate(_STAGES):
        term = {"kind": "relationship", "name": name, "tags": tags, "position": place}
        yield event(SOURCE, "taxonomy.upserted", stage, extract, term)
    deal_of = {row["mql_id"]: row for row in deals}
    told = list(_leads(leads, deal_of, time_zone))
    created = {item["subject"]: item["time"] for item in told if not isinstance(item, Unreadable)}
    states = {row["seller_id"]: row["seller_state"] for row in tables[SELLERS]}
    won = _deals(deals, created, states, time_zone)
    yield from in_order(chain(told, won))


def _leads(rows: Sequence[Row], deal_of: Mapping[str, Row], time_zone: str) -> Iterator[Item]:
    for where, row in numbered(LEADS, rows):
        try:
            at = instant(row["first_contact_date"], time_zone)
        except ValueError as error:
            yield unreadable(where, "first_contact_date", str(error))
            continue
        sources = [row["origin"]] if row["origin"] else []
        deal = deal_of.get(row["mql_id"])
        lead = {"created_at": at, "source_ids": sources, "relationship_id": LEAD}
        lead |= given(owner_id=deal["sdr_id"]) if deal else {}
        yield event(SOURCE, "customer.created", row["mql_id"], at, lead)


def _deals(
    rows: Sequence[Row],
    created: Mapping[str, str],
    states: Mapping[str, str],
    time_zone: str,
) -> Iterator[Item]:
    for where, row in numbered(DEALS, rows):
        try:
            at = instant(row["won_date"], time_zone)
        except ValueError as error:
            yield unreadable(where, "won_date", str(error))
            continue
        lead, owner = row["mql_id"], row["sr_id"]
        told = max(at, later(created[lead], 1)) if lead in created else at
        state = states.get(row["seller_id"], "")
        profile = given(industry=row["business_segment"], province=state)
        if profile:
            yield event(SOURCE, "customer.updated", lead, told, profile)
        if owner:
            assigned = {"owner_id": owner, "assigned_at": at}
            yield event(SOURCE, "customer.assigned", lead, told, assigned)
        status = {"relationship_id": SELLER, "changed_at": at, **given(actor_id=owner)}
        yield event(SOURCE, "customer.status_changed", lead, told, status)
        opened = {"created_at": None, **given(customer_id=lead, owner_id=owner)}
        yield event(SOURCE, "opportunity.created", lead, told, opened)
        closed = {"outcome": "won", "closed_at": at}
        yield event(SOURCE, "opportunity.closed", lead, told, closed)
