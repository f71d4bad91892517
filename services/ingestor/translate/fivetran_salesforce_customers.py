"""Salesforce's accounts, leads and contacts: customers, customers to be, and contact persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from services.ingestor.translate.fivetran import (
    Columns,
    Export,
    columns,
    gone,
    midnight,
    moment,
    moment_of,
    must,
    yes,
)
from services.ingestor.translate.item import Event, Item, Row, event, given

_CUSTOMER = "name industry phone owner_id created_date created_by_id master_record_id"
_NUMBERS = ("phone", "mobile_phone", "home_phone", "other_phone")
TABLES: Mapping[str, Columns] = {
    "account": columns("id", f"{_CUSTOMER} billing_state account_source"),
    "account_history": columns("id", "owner_id _fivetran_start"),
    "lead": columns(
        "id",
        f"{_CUSTOMER} mobile_phone company state lead_source is_converted converted_account_id "
        "converted_date",
    ),
    "contact": columns("id", "account_id name phone mobile_phone home_phone other_phone"),
}


def customers(export: Export) -> Iterator[Item]:
    """Yield customers, their owners and merges, and contact persons."""
    yield from export.read("account", lambda row: _account(export, row))
    yield from _owners(export)
    yield from export.read("lead", lambda row: _lead(export, row))
    yield from export.read("contact", lambda row: _contact(export, row))


def _account(export: Export, row: Row) -> Iterator[Event]:
    yield from _customer(export, row, row["name"], row["billing_state"], row["account_source"])
    yield from _ended(export, row)


def _lead(export: Export, row: Row) -> Iterator[Event]:
    name = row["company"] or row["name"]
    yield from _customer(export, row, name, row["state"], row["lead_source"])
    if not yes(row, "is_converted"):
        yield from _ended(export, row)
        return
    into = must(row, "converted_account_id")
    at = midnight(row, "converted_date", export.time_zone)
    data = given(into_id=into, merged_at=at)
    yield export.state("customer.merged", row["id"], row, data)


def _customer(export: Export, row: Row, name: str, province: str, source: str) -> Iterator[Event]:
    subject, created_at = must(row, "id"), moment(row, "created_date")
    data = given(
        created_at=created_at,
        creator_id=row["created_by_id"] if created_at else None,
        name=name,
        industry=row["industry"],
        province=province,
        phones=_phones(row),
        source_ids=[source] if source else None,
    )
    kind = "customer.created" if created_at else "customer.updated"
    yield export.state(kind, subject, row, data)
    if row["owner_id"]:
        yield export.state("customer.assigned", subject, row, {"owner_id": row["owner_id"]})


def _ended(export: Export, row: Row) -> Iterator[Event]:
    if not gone(row):
        return
    if row["master_record_id"]:
        data = {"into_id": row["master_record_id"]}
        yield export.state("customer.merged", row["id"], row, data)
        return
    yield export.state("customer.deleted", row["id"], row, {})


def _owners(export: Export) -> Iterator[Item]:
    last: defaultdict[str, str] = defaultdict(str)

    def version(row: Row) -> Iterator[Event]:
        subject, owner, at = must(row, "id"), row["owner_id"], moment_of(row, "_fivetran_start")
        before, last[subject] = last[subject], owner
        if before and owner != before:
            data = {"owner_id": owner or None, "assigned_at": at}
            yield event(export.source, "customer.assigned", subject, at, data)

    rows = export.tables["account_history"]
    ordered = sorted(rows, key=lambda row: row["_fivetran_start"])
    yield from export._replace(tables={"account_history": ordered}).read("account_history", version)


def _phones(row: Row) -> list[str] | None:
    """Return the numbers of a person or firm, each as written once."""
    numbers = (row.get(name, "") for name in _NUMBERS)
    return [number for number in dict.fromkeys(numbers) if number] or None


def _contact(export: Export, row: Row) -> Iterator[Event]:
    subject = must(row, "id")
    data = given(customer_id=row["account_id"], name=row["name"], phones=_phones(row))
    yield export.state("contact.upserted", subject, row, data)
    if gone(row):
        yield export.state("contact.deleted", subject, row, {})
