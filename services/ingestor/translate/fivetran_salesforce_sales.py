"""Salesforce's opportunities and orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.ingestor.translate.fivetran import (
    CellError,
    Columns,
    Export,
    columns,
    day,
    gone,
    grouped,
    midnight,
    moment,
    moment_of,
    must,
    yes,
)
from services.ingestor.translate.item import Event, Item, Row, given, money

CURRENCY = "USD"
TABLES: Mapping[str, Columns] = {
    "opportunity": columns(
        "id",
        "account_id owner_id campaign_id amount created_date close_date is_closed is_won "
        "currency_iso_code",
    ),
    "opportunity_line_item": columns("id opportunity_id product_2_id"),
    "order": columns(
        "id",
        "account_id owner_id effective_date created_date total_amount status status_code "
        "activated_date activated_by_id is_reduction_order currency_iso_code",
    ),
}


def sales(export: Export) -> Iterator[Item]:
    """Yield opportunities and orders."""
    lines = export.tables["opportunity_line_item"]
    products = grouped(lines, "opportunity_id", "product_2_id")

    def opportunity(row: Row) -> Iterator[Event]:
        return _opportunity(export, row, products.get(row["id"], []))

    yield from export.read("opportunity", opportunity)
    yield from export.read("order", lambda row: _order(export, row))


def _opportunity(export: Export, row: Row, products: Sequence[str]) -> Iterator[Event]:
    subject = must(row, "id")
    data = given(
        customer_id=row["account_id"],
        campaign_id=row["campaign_id"],
        owner_id=row["owner_id"],
        product_id=products[0] if len(products) == 1 else None,
        value=_amount(row, "amount") if row["amount"] else None,
    )
    created = {"created_at": moment(row, "created_date"), **data}
    yield export.state("opportunity.created", subject, row, created)
    if gone(row):
        yield export.state("opportunity.deleted", subject, row, {})
    if yes(row, "is_closed"):
        must(row, "close_date")
        closed = {
            "outcome": "won" if yes(row, "is_won") else "lost",
            "closed_at": midnight(row, "close_date", export.time_zone),
        }
        yield export.state("opportunity.closed", subject, row, closed)


def _order(export: Export, row: Row) -> Iterator[Event]:
    subject, code = must(row, "id"), row["status_code"] or row["status"]
    if yes(row, "is_reduction_order"):
        raise CellError("is_reduction_order", "an order that takes back has no event")
    if code not in ("Draft", "Activated"):
        raise CellError("status_code", f"'{code}' is neither Draft nor Activated")
    must(row, "effective_date")
    data = given(
        order_date=day(row, "effective_date"),
        created_at=moment_of(row, "created_date"),
        total=_amount(row, "total_amount"),
        customer_id=row["account_id"],
        owner_id=row["owner_id"],
    )
    yield export.state("order.created", subject, row, data)
    if gone(row):
        yield export.state("order.deleted", subject, row, {})
    if code == "Activated":
        at = moment_of(row, "activated_date")
        approved = given(approved_at=at, actor_id=row["activated_by_id"])
        yield export.state("order.approved", subject, row, approved)


def _amount(row: Row, column: str) -> dict[str, object]:
    try:
        return money(must(row, column), row["currency_iso_code"] or CURRENCY)
    except ValueError as error:
        raise CellError(column, str(error)) from None
