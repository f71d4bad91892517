"""HubSpot's deals: opportunities, won or lost where their stage is a closed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.ingestor.translate.fivetran import (
    CellError,
    Columns,
    Export,
    columns,
    gone,
    grouped,
    moment,
    must,
    no,
    yes,
)
from services.ingestor.translate.fivetran_hubspot_customers import Buyers
from services.ingestor.translate.item import Event, Item, Row, given, money

CURRENCY = "USD"
TABLES: Mapping[str, Columns] = {
    "deal": columns(
        "deal_id",
        "deal_pipeline_id deal_pipeline_stage_id owner_id property_amount property_closedate "
        "property_createdate property_deal_currency_code",
    ),
    "deal_pipeline": columns("pipeline_id", "label active"),
    "deal_company": columns("deal_id company_id"),
    "deal_contact": columns("deal_id contact_id"),
    "deal_pipeline_stage": columns("stage_id", "is_closed closed_won"),
    "deal_stage": columns("deal_id value", "date_entered"),
    "merged_deal": columns("deal_id merged_deal_id"),
}


def deals(export: Export, buyers: Buyers) -> Iterator[Item]:
    """Yield the pipelines, and the opportunities that the deals are."""
    stages = {row["stage_id"]: row for row in export.tables["deal_pipeline_stage"]}
    entered = {(row["deal_id"], row["value"]): row for row in export.tables["deal_stage"]}
    companies = grouped(export.tables["deal_company"], "deal_id", "company_id")
    contacts = grouped(export.tables["deal_contact"], "deal_id", "contact_id")

    def deal(row: Row) -> Iterator[Event]:
        subject, stage = must(row, "deal_id"), row["deal_pipeline_stage_id"]
        data = given(
            customer_id=buyers.one(companies.get(subject, ()), contacts.get(subject, ())),
            campaign_id=row["deal_pipeline_id"],
            owner_id=row["owner_id"],
            value=_value(row),
        )
        created = {"created_at": moment(row, "property_createdate"), **data}
        yield export.state("opportunity.created", subject, row, created)
        if gone(row):
            yield export.state("opportunity.deleted", subject, row, {})
        closed = stages.get(stage)
        if closed is None or not yes(closed, "is_closed"):
            return
        closed_at = moment(row, "property_closedate")
        if closed_at is None and (subject, stage) in entered:
            closed_at = moment(entered[subject, stage], "date_entered")
        if closed_at is None:
            raise CellError("property_closedate", "is empty: nothing says when the deal was closed")
        outcome = "won" if yes(closed, "closed_won") else "lost"
        data = {"outcome": outcome, "closed_at": closed_at}
        yield export.state("opportunity.closed", subject, row, data)

    def merged(row: Row) -> Iterator[Event]:
        yield export.state("opportunity.deleted", must(row, "merged_deal_id"), row, {})

    def pipeline(row: Row) -> Iterator[Event]:
        subject, active = must(row, "pipeline_id"), not no(row, "active") and not gone(row)
        data = {"kind": "campaign", "name": row["label"] or subject, "active": active}
        yield export.state("taxonomy.upserted", subject, row, data)

    yield from export.read("deal_pipeline", pipeline)
    yield from export.read("deal", deal)
    yield from export.read("merged_deal", merged)


def _value(row: Row) -> dict[str, object] | None:
    if not row["property_amount"]:
        return None
    try:
        return money(row["property_amount"], row["property_deal_currency_code"] or CURRENCY)
    except ValueError as error:
        raise CellError("property_amount", str(error)) from None
