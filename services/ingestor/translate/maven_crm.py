"""The CRM of a hardware seller: teams, accounts and a sales pipeline (format `maven-crm`).

The mapping and its readings stand in docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.ingestor.translate.item import (
    Event,
    Item,
    Row,
    event,
    given,
    in_order,
    money,
    numbered,
    unreadable,
)
from services.ingestor.translate.moments import instant, latest

SOURCE = "/import/maven-crm"
CURRENCY = "USD"
TABLES: Mapping[str, tuple[str, ...]] = {
    "sales_teams": ("sales_agent", "manager", "regional_office"),
    "accounts": ("account", "sector", "office_location"),
    "sales_pipeline": (
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ),
}
_OPEN = ("Prospecting", "Engaging")
_CLOSED = {"Won": "won", "Lost": "lost"}


def translate(tables: Mapping[str, Sequence[Row]], time_zone: str) -> Iterator[Item]:
    """Yield people and accounts, then the pipeline by time.

    Shape:  ({table: rows}, IANA zone of the tenant) -> events, or unreadable rows.
    """
    pipeline = tables["sales_pipeline"]
    days = [row[column] for row in pipeline for column in ("engage_date", "close_date")]
    extract = latest(days, time_zone)
    yield from _people(tables["sales_teams"], extract)
    for row in tables["accounts"]:
        account = row["account"]
        profile = given(name=account, industry=row["sector"], province=row["office_location"])
        yield event(SOURCE, "customer.updated", account, extract, profile)
    rows = numbered("sales_pipeline", pipeline)
    yield from in_order(
        item for where, row in rows for item in _opportunity(where, row, time_zone, extract)
    )


def _people(teams: Sequence[Row], extract: str) -> Iterator[Event]:
    offices = dict.fromkeys(row["regional_office"] for row in teams)
    managers = {row["manager"]: row["regional_office"] for row in teams}
    for office in offices:
        yield event(SOURCE, "department.upserted", f"office:{office}", extract, {"name": office})
    for manager, office in managers.items():
        team = {"name": manager, "parent_id": f"office:{office}", "head_id": manager}
        yield event(SOURCE, "department.upserted", f"team:{manager}", extract, team)
        place = {"name": manager, "department_id": f"team:{manager}"}
        yield event(SOURCE, "employee.upserted", manager, extract, place)
    for row in teams:
        agent, manager = row["sales_agent"], row["manager"]
        place = {"name": agent, "department_id": f"team:{manager}", "manager_id": manager}
        yield event(SOURCE, "employee.upserted", agent, extract, place)


def _opportunity(where: str, row: Row, time_zone: str, extract: str) -> Iterator[Item]:
    subject, stage = row["opportunity_id"], row["deal_stage"]
    if stage not in _CLOSED and stage not in _OPEN:
        yield unreadable(where, "deal_stage", f"'{stage}' is not a stage of this format")
        return
    try:
        engaged = instant(row["engage_date"], time_zone) if row["engage_date"] else None
    except ValueError as error:
        yield unreadable(where, "engage_date", str(error))
        return
    created: dict[str, Any] = {
        "created_at": engaged,
        **given(customer_id=row["account"], product_id=row["product"], owner_id=row["sales_agent"]),
    }
    yield event(SOURCE, "opportunity.created", subject, engaged or extract, created)
    if stage not in _CLOSED:
        return
    try:
        closed_at = instant(row["close_date"], time_zone)
    except ValueError as error:
        yield unreadable(where, "close_date", str(error))
        return
    try:
        value = money(row["close_value"], CURRENCY)
    except ValueError as error:
        yield unreadable(where, "close_value", str(error))
        return
    closed = {"outcome": _CLOSED[stage], "closed_at": closed_at, "value": value}
    yield event(SOURCE, "opportunity.closed", subject, closed_at, closed)
