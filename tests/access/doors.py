"""Every door of the query service: what whoever asks there asks for, and an address to try.

A route of the OpenAPI document that is not here fails the matrix test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

from schemas.access import Ask, Form, Subject
from tests.access.company import OWNERS, WALL, WALL_BOARD, today

Place = Literal[
    "none", "any", "kpis", "scope", "department", "employee", "filter", "team", "customer",
    "board", "floor",
]  # fmt: skip
"""How a route is told whom it is about; `scope`: in the path, never with those below;
`filter`: optional `employee` or `department`; `floor`: of whom and whose calls, here alike."""


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


_TODAY = today()
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
_TARGETS: Final = "/v1/targets/{scope}/{scope_id}"
_BLOCK = {"block": "revenue_trend"}
_FACTS: Final[dict[str, Mapping[str, str]]] = {
    "telesales": {"column": "called"},
    "lifecycle": {},
    "sales-performance": {"column": "purchases"},
}
_FOLLOWED = (
    "department", "employee", "telesales", "lifecycle", "journey", "sales-performance", "calls",
)  # fmt: skip


def _doors() -> Iterator[tuple[str, Door]]:
    yield "/v1/tenant", Door("catalogue", "figure")
    yield "/v1/webhooks", Door("administer", "list")
    yield "/v1/alerts", Door("catalogue", "list")
    yield "/v1/alerts/stream", Door("catalogue", "stream")
    yield "/v1/alerts/{alert_id}/history", Door("configure", "list")
    yield "/v1/webhooks/{webhook_id}/deliveries", Door("administer", "list")
    yield "/v1/catalogue", Door("catalogue", "figure")
    yield "/v1/me", Door("catalogue", "figure")
    yield "/v1/words", Door("catalogue", "figure")
    yield "/v1/org", Door("organisation", "figure")
    for name in ("grants", "people", "departments", "keys"):
        yield f"/v1/{name}", Door("administer", "list")
    yield "/v1/operator/tenants", Door("operate", "list")
    yield "/v1/kiosks", Door("organisation", "figure")
    for name in ("quality", "restatements", "audit"):
        yield f"/v1/{name}", Door("oversight", "list")
    yield from _files("/v1/audit", Door("oversight", "list"))
    yield "/v1/leaderboard", Door("figures", "rows", "team", _ORDERS)
    yield "/v1/facts", Door("figures", "list", "any", _ORDERS)
    yield from _files("/v1/facts", Door("figures", "list", "any", _ORDERS))
    yield "/v1/kpis/{scope}/{id}", Door("figures", "figure", "kpis", {"metrics": "orders"})
    of_orders = Door("figures", "figure", "scope", {"metrics": "orders"})
    yield "/v1/attainment/{scope}/{scope_id}", of_orders
    yield f"{_TARGETS}/suggestion", of_orders
    yield _TARGETS, of_orders._replace(parameters={})
    yield "/v1/formulas", Door("catalogue", "figure")
    yield "/v1/calendars", Door("catalogue", "figure")
    yield "/v1/stream", Door("figures", "stream", "any", {"metrics": "orders"})
    yield "/v1/hours", Door("figures", "figure", "any", _ORDERS)
    yield "/v1/running-calls", Door("figures", "rows", "any")
    yield "/v1/boards", Door("catalogue", "figure")
    yield "/v1/boards/{board_id}", Door("figures", "figure", "board")
    yield "/v1/boards/{board_id}/stream", Door("figures", "stream", "board")
    journey = "/v1/customers/{customer_id}/journey"
    yield journey, Door("customer", "list", "customer")
    yield f"{journey}/stream", Door("customer", "stream", "customer")
    yield "/v1/reports/supervisor/stream", Door("telesales", "stream", "floor")
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


class Alteration(NamedTuple):
    """What a route changes, with an address and a body that every company can take.

    Shape:  `content_type` '' for a request without a body.
    """

    ask: Ask
    address: str
    body: bytes = b""
    content_type: str = ""


_ADMINISTER: Final = Ask("administer", "change")
_SALES: Final = Ask("configure", "change", "department", "sales")
_STORED: Final = "/v1/boards/{board_id}"
_GRANTS: Final = "/v1/people/{employee_id}/grants/{permission}"


def _json(ask: Ask, address: str, **body: Any) -> Alteration:
    return Alteration(ask, address, json.dumps(body).encode(), "application/json")


def _csv(address: str, text: str) -> Alteration:
    return Alteration(_ADMINISTER, address, text.encode(), "text/csv")


_OF_HANOI: Final = Ask("configure", "change", "department", "hanoi")
_OF_ALL: Final = Ask("configure", "change", "company")
_CALENDARS: Final = "/v1/calendars/{scope}/{scope_id}"
_OF_A_MONTH: Final = "/v1/targets/department/hanoi?period=2026-01"
_BOARD: Final = {"scope": "department", "scope_id": "sales", "metrics": ["orders"]}
_ALERT: Final = "/v1/alerts/many"
_ALERTS: Final = "/v1/alerts/{alert_id}"
_HOOK: Final = "/v1/webhooks/erp"
_HOOKS: Final = "/v1/webhooks/{webhook_id}"
_HOOK_BODY: Final = {"url": "https://erp.example.com/", "events": ["kpi.changed"]}
ALTERATIONS: Final[dict[tuple[str, str], Alteration]] = {
    ("PUT", _ALERTS): _json(_OF_ALL, _ALERT, name="Orders", metric="orders", warn=1),
    ("POST", f"{_ALERTS}/test"): Alteration(_OF_ALL, f"{_ALERT}/test"),
    ("POST", f"{_ALERTS}/acknowledge"): _json(_OF_ALL, f"{_ALERT}/acknowledge", occurrence="o"),
    ("DELETE", _ALERTS): Alteration(_OF_ALL, _ALERT),
    ("PUT", _HOOKS): _json(_ADMINISTER, _HOOK, **_HOOK_BODY),
    ("POST", f"{_HOOKS}/test"): Alteration(_ADMINISTER, f"{_HOOK}/test"),
    ("POST", f"{_HOOKS}/rotate"): _json(_ADMINISTER, f"{_HOOK}/rotate", overlap_hours=1),
    ("POST", f"{_HOOKS}/replay"): _json(_ADMINISTER, f"{_HOOK}/replay", message="msg_1"),
    ("DELETE", _HOOKS): Alteration(_ADMINISTER, _HOOK),
    ("PUT", _GRANTS): Alteration(_ADMINISTER, "/v1/people/huy/grants/phones"),
    ("PUT", _STORED): _json(_SALES, "/v1/boards/altered", **WALL_BOARD),
    ("DELETE", _STORED): Alteration(Ask("configure", "change"), "/v1/boards/not-there"),
    ("DELETE", _GRANTS): Alteration(_ADMINISTER, "/v1/people/huy/grants/phones"),
    ("POST", "/v1/people"): _json(_ADMINISTER, "/v1/people", id="joined", name="Joined"),
    ("PATCH", "/v1/people/{employee_id}"): _json(_ADMINISTER, "/v1/people/huy", name="huy"),
    ("POST", "/v1/people/{employee_id}/pseudonym"): Alteration(
        _ADMINISTER, "/v1/people/off/pseudonym"
    ),
    ("POST", "/v1/people/import"): _csv(
        "/v1/people/import", "id,name,department_id,manager_id\nhuy,huy,far,\n"
    ),
    ("POST", "/v1/departments"): _json(_ADMINISTER, "/v1/departments", id="formed", name="Formed"),
    ("PATCH", "/v1/departments/{department_id}"): _json(
        _ADMINISTER, "/v1/departments/far", name="far"
    ),
    ("POST", "/v1/departments/import"): _csv(
        "/v1/departments/import", "id,name,parent_id,head_id\nfar,far,,gia\n"
    ),
    ("POST", "/v1/operator/tenants"): _json(
        Ask("operate", "change"), "/v1/operator/tenants", id="altered", name="Altered"
    ),
    ("PATCH", "/v1/tenant"): _json(_ADMINISTER, "/v1/tenant", region="VN"),
    ("POST", "/v1/keys"): _json(_ADMINISTER, "/v1/keys", label="till", scopes=["ingest"]),
    ("DELETE", "/v1/keys/{key_id}"): Alteration(_ADMINISTER, "/v1/keys/none"),
    ("POST", "/v1/kiosks"): _json(_SALES, "/v1/kiosks", label="hall", board=_BOARD),
    ("DELETE", "/v1/kiosks/{key_id}"): Alteration(
        Ask("configure", "change", "company"), "/v1/kiosks/none"
    ),
    ("PUT", "/v1/formulas/{name}"): _json(
        _OF_ALL, "/v1/formulas/made", label_en="Made", unit="count", expression="2 * orders"
    ),
    ("DELETE", "/v1/formulas/{name}"): Alteration(_OF_ALL, "/v1/formulas/never"),
    ("PUT", "/v1/rollouts/{metric}"): _json(
        _OF_ALL, "/v1/rollouts/stock_in", department_id="far", valid_from="2020-01-01"
    ),
    ("DELETE", "/v1/rollouts/{metric}"): Alteration(_OF_ALL, "/v1/rollouts/stock_out"),
    ("PUT", "/v1/values/{metric}/{scope}/{scope_id}"): _json(
        _OF_HANOI, "/v1/values/mood/department/hanoi", value=4
    ),
    ("PUT", _CALENDARS): _json(
        _OF_HANOI, "/v1/calendars/department/hanoi", versions=[{"week": {}}]
    ),
    ("DELETE", _CALENDARS): Alteration(_OF_HANOI, "/v1/calendars/department/hanoi"),
    ("PUT", _TARGETS): _json(_OF_HANOI, _OF_A_MONTH, targets=[{"metric": "orders", "value": 5}]),
    ("DELETE", _TARGETS): Alteration(_OF_HANOI, f"{_OF_A_MONTH}&metric=orders"),
    ("POST", f"{_TARGETS}/copy"): _json(
        _OF_HANOI, "/v1/targets/department/hanoi/copy", **{"from": "2026-01"}
    ),
}
"""Every way to change something; one of the document that is not here fails the matrix test."""
WITHOUT_FIGURES: Final = frozenset({"/login", "/logout", "/login/oidc", "/login/oidc/callback"})
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
    if door.place == "board":
        place = replace(base, scope="department", scope_id="sales")
        ask = replace(place, metrics=frozenset({"orders"}))
        yield Try(path.replace("{board_id}", WALL), door.parameters, ask)
        return
    for ask in _places(door, base):
        parameters = {**door.parameters, **_told(door.place, ask)}
        yield Try(
            path.format(scope=ask.scope, id=ask.scope_id, scope_id=ask.scope_id), parameters, ask
        )


def _metrics(door: Door) -> set[str]:
    return {door.parameters[name] for name in ("metric", "metrics") if name in door.parameters}


def _places(door: Door, base: Ask) -> Iterator[Ask]:
    if door.place not in ("department", "team", "floor"):
        for name in _PEOPLE:
            yield replace(base, scope="employee", scope_id=name)
    if door.place != "employee":
        for name in _TEAMS:
            yield replace(base, scope="department", scope_id=name)
        if door.place != "scope":
            yield replace(base, scope="department", scope_id="sales", sub=True)
    if door.place not in ("department", "employee"):
        yield base


def _told(place: Place, ask: Ask) -> dict[str, str]:
    sub = {"sub": "true"} if ask.sub else {}
    if place in {"kpis", "scope"}:
        return sub
    if place == "any":
        return {"scope": ask.scope, "id": ask.scope_id, **sub}
    if ask.scope == "company":
        return {}
    told = {ask.scope: ask.scope_id, **sub}
    return told | {f"calls_{name}": value for name, value in told.items() if place == "floor"}
