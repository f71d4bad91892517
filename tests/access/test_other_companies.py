"""Every parameter of every operation gets the id of something of another company.

What it names are only the other company's: an employee, department, customer, order, board, key,
kiosk and webhook. Whoever asks has every right in a company of their own. Nothing comes back, and
nothing of the other company is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from deploy.local.stack import Stack
from services.query.openapi import document
from tests.access.company import ADMINISTRATOR, TLS, WALL_BOARD, Company, Issuer, grant, today
from tests.access.doors import ALTERATIONS, DOORS, WITHOUT_FIGURES, tries
from tests.access.reading import text_of
from tests.access.test_matrix import APP

TOLD: Final = document(APP)
MARK, AMOUNT = "Zq7x", "7654321"
"""What stands in every name of the other company, and in its figures."""
IDS: Final = {
    "employee": "other-employee",
    "department": "other-department",
    "customer": "other-customer",
    "order": "other-order",
    "board": "other-board",
    "webhook": "other-hook",
    "source": "other-source",
}
_BY_NAME: Final = {
    "employee": ("employee",),
    "employee_id": ("employee",),
    "actor": ("employee",),
    "row": ("employee", "customer"),
    "department": ("department",),
    "department_id": ("department",),
    "customer_id": ("customer",),
    "board_id": ("board",),
    "webhook_id": ("webhook",),
    "source": ("source",),
}
"""Parameter -> what it names; any other gets an employee, a department, a customer, an order."""
_ANY: Final = ("employee", "department", "customer", "order")
_PLACES: Final = (("employee", IDS["employee"]), ("department", IDS["department"]))
_WHOSE: Final = ("employee", "department")
Attempt = tuple[str, dict[str, str]]


@pytest.fixture(scope="module")
def other(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company whose every id and name is its own."""
    stack, issuer = guarded
    made = Company(stack, issuer, stack.create_tenant(f"{MARK} Ltd"))
    made.tokens["machine"] = made.tenant.read_key
    at, day = datetime.now(UTC).isoformat(), today().isoformat()
    employee, department = IDS["employee"], IDS["department"]
    sold = {"owner_id": employee, "customer_id": IDS["customer"]}
    total = {"amount": int(AMOUNT), "currency": "VND"}
    named = {"name": f"{MARK} name", "phones": ["+84907654321"], "source_ids": [IDS["source"]]}
    owned = {"owner_id": employee}
    called = {"direction": "outbound", "employee_id": employee, "customer_id": IDS["customer"]}
    made.post(
        [
            ("department.upserted", department, {"name": f"{MARK} team", "head_id": employee}),
            ("employee.upserted", employee, {"name": MARK, "department_id": department}),
            (
                "customer.created",
                IDS["customer"],
                {"created_at": at, **owned, **named},
            ),
            (
                "order.created",
                IDS["order"],
                {"created_at": at, "order_date": day, "total": total, **sold},
            ),
            ("call.ended", "other-call", {"ended_at": at, "duration_s": 60, **called}),
        ]
    )
    hook = {"url": f"https://{MARK}.example.com/", "events": ["kpi.changed"], "label": MARK}
    board = {**WALL_BOARD, "scope_id": department}
    made.administer([grant(employee, "administer"), grant(employee, "view_all")])
    made.tokens["whole"] = issuer.token(made.tenant.id, employee)
    for path, body in (
        (f"/v1/boards/{IDS['board']}", board),
        (f"/v1/webhooks/{IDS['webhook']}", {k: hook[k] for k in ("url", "events")}),
    ):
        answer = _sent(made, "PUT", path, {}, "whole", body)
        assert answer.is_success, answer.text
    return made


@pytest.fixture(scope="module")
def asking(stranger: Company) -> Company:
    """Give the company of who asks, with all rights in it."""
    return stranger.with_administrator()


def _sent(  # noqa: PLR0917 - the parts of one request
    company: Company, method: str, path: str, query: Mapping[str, str], kind: str, body: Any = None
) -> httpx.Response:
    url, known = f"{company.stack.query_url}{path}", company.tokens[kind]
    headers = {"Authorization": f"Bearer {known}"}
    with httpx.Client(timeout=60, verify=TLS) as client:
        return client.request(method, url, params=query or None, json=body, headers=headers)


def attempts(path: str) -> Iterator[Attempt]:
    """Return addresses of a route in which one parameter names something of the other company."""
    told = TOLD["paths"][path]["get"].get("parameters", ())
    base = next(iter(tries(path)))
    if "{" in path:
        yield from ((address, dict(base.parameters)) for address in _addresses(path))
    names = {one["name"] for one in told if one["in"] == "query" and _is_text(one)} - {"key"}
    if {"scope", "id"} <= names:
        for scope, name in _PLACES:
            yield base.path, {**base.parameters, "scope": scope, "id": name}
    for name in sorted(names - {"scope", "id"}):
        for kind in _BY_NAME.get(name, _ANY):
            given = {
                k: v for k, v in base.parameters.items() if k not in ("employee", "department")
            }
            yield base.path, {**given, name: IDS[kind]}


def _addresses(path: str) -> Iterator[str]:
    for scope, name in _PLACES:
        filled = path.replace("{scope}", scope).replace("{id}", name).replace("{scope_id}", name)
        for part, kinds in _BY_NAME.items():
            filled = filled.replace(f"{{{part}}}", quote(IDS[kinds[0]]))
        yield filled.replace("{permission}", "phones").replace("{key_id}", "k1")


def _is_text(parameter: Mapping[str, Any]) -> bool:
    schema = parameter["schema"]
    kinds = [schema, *schema.get("anyOf", ())]
    return any(each.get("type") == "string" and "enum" not in each for each in kinds)


def is_told(text: str) -> bool:
    """Say whether something of the other company stands in an answer."""
    return MARK.lower() in text.lower() or AMOUNT in text


@pytest.mark.parametrize("path", DOORS)
def test_nothing_of_another_company_is_told(path: str, asking: Company, other: Company) -> None:
    """Figure, list, file, stream and board: the ids of others are unknown, or nothing is there."""
    del other  # it is there
    asked = list(dict.fromkeys((a, tuple(sorted(p.items()))) for a, p in attempts(path)))
    told = [
        (address, dict(given))
        for address, given in asked
        if is_told(text_of(asking, "machine", address, dict(given)))
    ]
    assert told == []


def test_the_other_company_itself_is_told(other: Company) -> None:
    """The ids are good, and what must not come back does come back to whose it is."""
    for address, given in (
        ("/v1/org", {}),
        ("/v1/leaderboard", {"metric": "orders"}),
        ("/v1/facts", {"metric": "orders", "scope": "employee", "id": IDS["employee"]}),
        ("/v1/facts.csv", {"metric": "orders", "scope": "department", "id": IDS["department"]}),
        ("/v1/reports/employee", {"employee": IDS["employee"]}),
        (f"/v1/customers/{IDS['customer']}/journey", {}),
        (f"/v1/boards/{IDS['board']}/stream", {}),
        ("/v1/stream", {"scope": "department", "id": IDS["department"]}),
    ):
        assert is_told(text_of(other, "machine", address, given)), address


@pytest.mark.parametrize(("method", "path"), ALTERATIONS)
def test_nothing_of_another_company_is_changed(
    method: str, path: str, asking: Company, other: Company
) -> None:
    """What others have can neither be named in an address nor in a body."""
    before = _state(other)
    alteration = ALTERATIONS[method, path]
    bodies: list[Any] = [json.loads(alteration.body)] if alteration.body[:1] == b"{" else [None]
    bodies += [{**bodies[0], **found} for found in _named(method, path) if bodies[0] is not None]
    own = alteration.address.partition("?")[0]
    query = dict(httpx.QueryParams(alteration.address.partition("?")[2]))
    for address in dict.fromkeys([*(_addresses(path) if "{" in path else ()), own]):
        for body in bodies:
            if address == own and body is bodies[0]:
                continue  # that names nothing of others
            answer = _sent(asking, method, address, query, ADMINISTRATOR, body)
            assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, answer.text
            assert not is_told(answer.text), (address, body, answer.text)
    assert _state(other) == before


def _named(method: str, path: str) -> Iterator[dict[str, Any]]:
    """Yield members of a body that name something of the other company, each by itself."""
    told = TOLD["paths"][path][method.lower()]
    taken = told.get("requestBody", {"content": {"": {"schema": {}}}})["content"]
    schema = next(iter(taken.values()))["schema"]
    if "$ref" in schema:
        schema = TOLD["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, field in schema.get("properties", {}).items():
        is_list = any(each.get("type") == "array" for each in [field, *field.get("anyOf", ())])
        for kind in ("employee", "department", "board"):
            if name == "id" or name.endswith(("_id", "_ids")) or name == kind:
                yield {name: [IDS[kind]] if is_list else IDS[kind]}


def _state(company: Company) -> list[Any]:
    """Return what the other company has of what can be changed."""
    found = []
    for path in ("/v1/org", "/v1/boards", "/v1/webhooks", "/v1/keys", "/v1/kiosks", "/v1/grants"):
        answer = _sent(company, "GET", path, {}, "whole")
        assert answer.is_success, answer.text
        of_moment = ("as_of", "lag", "version", "state", "reason", "today")
        found.append({k: v for k, v in answer.json().items() if k not in of_moment})
    return found


def test_every_operation_is_attempted() -> None:
    """No operation of the document is left out here."""
    told = {
        (method.upper(), path)
        for path, methods in TOLD["paths"].items()
        for method in methods
        if path not in WITHOUT_FIGURES
    }
    assert told == {("GET", path) for path in DOORS} | set(ALTERATIONS)
