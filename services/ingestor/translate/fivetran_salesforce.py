"""Salesforce, as Fivetran's connector writes it (format `fivetran-salesforce`): people and all.

The mapping and its readings stand in docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from services.ingestor.translate import (
    fivetran_salesforce_activities,
    fivetran_salesforce_customers,
    fivetran_salesforce_sales,
)
from services.ingestor.translate.fivetran import (
    Columns,
    Export,
    columns,
    gone,
    latest_versions,
    must,
    no,
)
from services.ingestor.translate.item import Event, Item, Row, given, in_order

SOURCE = "/import/fivetran-salesforce"
CURRENCY = fivetran_salesforce_sales.CURRENCY
TABLES: Mapping[str, Columns] = {
    **fivetran_salesforce_customers.TABLES,
    "user_role": columns("id", "name parent_role_id"),
    "user": columns("id", "name user_role_id manager_id extension is_active"),
    "product_2": columns("id", "name is_active"),
    "campaign": columns("id", "name is_active"),
    **fivetran_salesforce_sales.TABLES,
    **fivetran_salesforce_activities.TABLES,
}
"""Table -> its columns; the first table must be there."""


def translate(tables: Mapping[str, Sequence[Row]], time_zone: str) -> Iterator[Item]:
    """Yield the people, products and campaigns, then customers and what was done with them by time.

    Shape:  ({table: rows with their PLACE}, IANA zone of the tenant) -> events, or unreadable rows.
    """
    current = {
        table: rows if table.endswith("_history") else latest_versions(rows)
        for table, rows in tables.items()
    }
    export = Export.of(SOURCE, current, time_zone)
    yield from export.read("user_role", lambda row: _role(export, row))
    yield from export.read("user", lambda row: _user(export, row))
    for table, kind in (("product_2", "product"), ("campaign", "campaign")):
        yield from export.read(table, partial(_word, export, kind))
    yield from in_order(
        chain(
            fivetran_salesforce_customers.customers(export),
            fivetran_salesforce_sales.sales(export),
            fivetran_salesforce_activities.activities(export),
        )
    )


def _role(export: Export, row: Row) -> Iterator[Event]:
    subject, parent = must(row, "id"), row["parent_role_id"]
    data = given(
        name=row["name"] or subject,
        parent_id=f"role:{parent}" if parent else None,
        active=not gone(row),
    )
    yield export.state("department.upserted", f"role:{subject}", row, data)


def _user(export: Export, row: Row) -> Iterator[Event]:
    subject, role = must(row, "id"), row["user_role_id"]
    data = given(
        name=row["name"] or subject,
        department_id=f"role:{role}" if role else None,
        manager_id=row["manager_id"],
        extension=row["extension"],
        active=not no(row, "is_active") and not gone(row),
    )
    yield export.state("employee.upserted", subject, row, data)


def _word(export: Export, kind: str, row: Row) -> Iterator[Event]:
    """Yield the name of a product or campaign.

    Laws:   a campaign that is planned or over is none in use, as Salesforce says by `is_active`.
    """
    subject = must(row, "id")
    active = not no(row, "is_active") and not gone(row)
    data = {"kind": kind, "name": row["name"] or subject, "active": active}
    yield export.state("taxonomy.upserted", subject, row, data)
