"""HubSpot, as Fivetran's connector writes it (format `fivetran-hubspot`): people and all.

The mapping and its readings stand in docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from services.ingestor.translate import (
    fivetran_hubspot_activities,
    fivetran_hubspot_customers,
    fivetran_hubspot_deals,
    fivetran_hubspot_emails,
)
from services.ingestor.translate.fivetran import (
    Columns,
    Export,
    columns,
    full_name,
    gone,
    must,
    no,
    yes,
)
from services.ingestor.translate.item import Event, Item, Row, given, in_order

SOURCE = "/import/fivetran-hubspot"
CURRENCY = fivetran_hubspot_deals.CURRENCY
TABLES: Mapping[str, Columns] = {
    **fivetran_hubspot_customers.TABLES,
    "team": columns("id", "name"),
    "owner": columns("owner_id", "first_name last_name email active_user_id is_active"),
    "owner_team": columns("owner_id team_id", "is_team_primary"),
    "users": columns("id", "primary_team_id"),
    **fivetran_hubspot_deals.TABLES,
    **fivetran_hubspot_activities.TABLES,
    **fivetran_hubspot_emails.TABLES,
}
"""Table -> its columns; the first table must be there."""


def translate(tables: Mapping[str, Sequence[Row]], time_zone: str) -> Iterator[Item]:
    """Yield the people, then customers and what was done with them by time.

    Shape:  ({table: rows with their PLACE}, IANA zone of the tenant) -> events, or unreadable rows.
    """
    export = Export.of(SOURCE, tables, time_zone)
    yield from _people(export)
    buyers = fivetran_hubspot_customers.buyers(tables)
    yield from in_order(
        chain(
            fivetran_hubspot_customers.customers(export, buyers),
            fivetran_hubspot_deals.deals(export, buyers),
            fivetran_hubspot_activities.activities(export, buyers),
            fivetran_hubspot_emails.emails(export, buyers),
        )
    )


def _people(export: Export) -> Iterator[Item]:
    teams = {row["id"]: row["primary_team_id"] for row in export.tables["users"]}
    primary = {
        row["owner_id"]: row["team_id"]
        for row in export.tables["owner_team"]
        if yes(row, "is_team_primary") and not gone(row)
    }

    def team(row: Row) -> Iterator[Event]:
        subject = must(row, "id")
        data = {"name": row["name"] or subject, "active": not gone(row)}
        yield export.state("department.upserted", f"team:{subject}", row, data)

    def owner(row: Row) -> Iterator[Event]:
        subject = must(row, "owner_id")
        place = primary.get(subject) or teams.get(row["active_user_id"])
        data = given(
            name=full_name(row["first_name"], row["last_name"]) or row["email"] or subject,
            department_id=f"team:{place}" if place else None,
            active=not no(row, "is_active") and not gone(row),
        )
        yield export.state("employee.upserted", subject, row, data)

    yield from export.read("team", team)
    yield from export.read("owner", owner)
