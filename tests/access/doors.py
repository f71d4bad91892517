"""Every door of the query service: what whoever asks there asks for, and an address to try.

A route of the OpenAPI document that is not here fails the matrix test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from schemas.access import Ask, Form, Subject
from tests.access.company import OWNERS

Place = Literal["none", "any", "kpis", "department", "employee", "filter", "team", "customer"]
"""How a route is told whom it is about; `filter`: optional `employee` or `department`."""


class Door(NamedTuple):
    """What a route asks for."""

    subject: Subject
    form: Form
    place: Place = "none"
    parameters: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Try:
    """An address, and what it asks for."""

    path: str
    parameters: Mapping[str, str]
    ask: Ask


_TODAY = datetime.now(UTC).date()
_SINCE = {"created_from": str(_TODAY - timedelta(6)), "created_to": str(_TODAY)}
_ORDERS = {"metric": "orders"}
_REPORTS: Final[dict[str, Door]] = {
    "department": Door("figures", "rows", "department"),
    "employee": Door("figures", "rows", "employee"),
    "telesales": Door("telesales", "rows", "filter"),
    "lifecycle": Door("figures", "rows", "filter"),
    "journey": Door("figures", "rows", "filter"),
    "sales-performance": Door("figures", "rows", "filter", _SINCE),
    "calls": Door("telesales", "rows", "team"),
}
_BLOCK = {"block": "revenue_trend"}
_FACTS: Final[dict[str, Mapping[str, str]]] = {
    "telesales": {"column": "called"},
    "lifecycle": {},
    "sales-performance": {"column": "purchases"},
}
_FOLLOWED = ("telesales", "lifecycle", "journey", "sales-performance", "calls")


def _doors() -> Iterator[tuple[str, Door]]:
    yield "/v1/tenant", Door("catalogue", "figure")
    yield "/v1/catalogue", Door("catalogue", "figure")
    yield "/v1/org", Door("organisation", "figure")
    for name in ("quality", "restatements", "audit"):
        yield f"/v1/{name}", Door("oversight", "list")
    yield from _files("/v1/audit", Door("oversight", "list"))
    yield "/v1/leaderboard", Door("figures", "rows", "team", _ORDERS)
    yield "/v1/facts", Door("figures", "list", "any", _ORDERS)
    yield from _files("/v1/facts", Door("figures", "list", "any", _ORDERS))
    yield "/v1/kpis/{scope}/{id}", Door("figures", "figure", "kpis", {"metrics": "orders"})
    yield "/v1/stream", Door("figures", "stream", "any", {"metrics": "orders"})
    journey = "/v1/customers/{customer_id}/journey"
    yield journey, Door("customer", "list", "customer")
    yield f"{journey}/stream", Door("customer", "stream", "customer")
    for name, door in _REPORTS.items():
        path = f"/v1/reports/{name}"
        yield path, door
        one_block = _BLOCK if name in ("department", "employee") else {}
        yield from _files(path, door._replace(parameters={**door.parameters, **one_block}))
        if name in _FOLLOWED:
            yield f"{path}/stream", door._replace(form="stream")
        if name in _FACTS:
            parameters = {**door.parameters, **_FACTS[name]}
            facts = door._replace(form="list", parameters=parameters)
            yield f"{path}/facts", facts
            yield from _files(f"{path}/facts", facts)


def _files(path: str, door: Door) -> Iterator[tuple[str, Door]]:
    for ending in ("csv", "xlsx"):
        yield f"{path}.{ending}", door._replace(form="export")


DOORS: Final[dict[str, Door]] = dict(_doors())
WITHOUT_FIGURES: Final = frozenset({"/login", "/logout"})
"""Routes that show nothing of a tenant; their own tests are those of sessions."""
_PEOPLE = ("an", "bo")
_TEAMS = ("sales", "hanoi")


def tries(path: str) -> Iterator[Try]:
    """Return addresses of a route: of each employee, department and customer, and the company."""
    door = DOORS[path]
    base = Ask(door.subject, door.form, metrics=frozenset(_metrics(door)))
    if door.place == "none":
        yield Try(path, door.parameters, base)
        return
    if door.place == "customer":
        for name, owner in OWNERS.items():
            ask = replace(base, owner=owner)
            yield Try(path.replace("{customer_id}", name), door.parameters, ask)
        return
    for ask in _places(door, base):
        parameters = {**door.parameters, **_told(door.place, ask)}
        yield Try(path.format(scope=ask.scope, id=ask.scope_id), parameters, ask)


def _metrics(door: Door) -> set[str]:
    return {door.parameters[name] for name in ("metric", "metrics") if name in door.parameters}


def _places(door: Door, base: Ask) -> Iterator[Ask]:
    if door.place not in ("department", "team"):
        for name in _PEOPLE:
            yield replace(base, scope="employee", scope_id=name)
    if door.place != "employee":
        for name in _TEAMS:
            yield replace(base, scope="department", scope_id=name)
        yield replace(base, scope="department", scope_id="sales", sub=True)
    if door.place not in ("department", "employee"):
        yield base


def _told(place: Place, ask: Ask) -> dict[str, str]:
    sub = {"sub": "true"} if ask.sub else {}
    if place == "kpis":
        return sub
    if place == "any":
        return {"scope": ask.scope, "id": ask.scope_id, **sub}
    if ask.scope == "company":
        return {}
    return {ask.scope: ask.scope_id, **sub}
