"""Every parameter of every operation of the ingestor gets the id of something of another company.

Who asks has all the keys of a company of their own, or the operator's token at its addresses.
Nothing of the other company comes back, and nothing of it is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import httpx
import pytest

from deploy.local.stack import Stack, Tenant
from schemas.envelope import BATCH_CONTENT_TYPE, EVENT_CONTENT_TYPE
from services.ingestor.api import make_app
from services.ingestor.openapi import document
from services.ingestor.settings import IngestorSettings
from tests.access.company import TLS, Company, Issuer, today

TOLD: Final = document(make_app(IngestorSettings.load({})))
OPERATIONS: Final = [
    (method.upper(), path)
    for path, methods in TOLD["paths"].items()
    for method in methods
    if path.startswith("/v1/")
]
BOUND: Final = sorted(
    (one for one in OPERATIONS if "{tenant}" in one[1]),
    key=lambda one: (one[1].endswith("/erasure"), one[1].endswith("{tenant}/erasure")),
)
"""What the operator does to one tenant; what forgets stands last."""
MARK, AMOUNT = "Qx9z", "8765432"
"""What stands in every name of the other company, and in its figures."""
IDS: Final = {
    "employee": "theirs-employee",
    "department": "theirs-department",
    "customer": "theirs-customer",
    "order": "theirs-order",
}
_BODIES: Final[Mapping[str, Any]] = {
    "NewTenant": {"id": "unused"},
    "NewKeyBody": {"scopes": ["query"], "created_by": "me"},
    "ReplayBody": {"code": "unknown_type"},
}
"""A body of each model that can be taken; one that is new has no row here, and fails."""
_CSV: Final = {
    "people": f"id,name,department_id,manager_id\n{IDS['employee']},Stolen,,\n",
    "departments": f"id,name,parent_id,head_id\n{IDS['department']},Stolen,,\n",
}
_MADE_AT: Final = datetime.now(UTC).isoformat()


class Attempt(NamedTuple):
    """A request."""

    method: str
    path: str
    content: Mapping[str, Any]


class Sides(NamedTuple):
    """Two companies, each with a key of every scope."""

    mine: Company
    theirs: Company
    their_key: str

    def send(self, attempt: Attempt, token: str) -> httpx.Response:
        """Send a request to the ingestor."""
        headers = {"Authorization": f"Bearer {token}", **attempt.content.get("headers", {})}
        return httpx.request(
            attempt.method,
            f"{self.mine.stack.ingestor_url}{attempt.path}",
            timeout=60,
            verify=TLS,
            **{**attempt.content, "headers": headers},
        )

    def state(self) -> list[Any]:
        """Return what there is of the other company."""
        day, found = today().isoformat(), []
        for path in (
            "/v1/org",
            f"/v1/kpis/company/all?from={day}&to={day}",
            f"/v1/kpis/employee/{IDS['employee']}?from={day}&to={day}",
            f"/v1/customers/{IDS['customer']}/journey",
            "/v1/keys",
            "/v1/grants",
            "/v1/tenant",
        ):
            answer = self.theirs.get(path.partition("?")[0], self.their_key, **_query(path))
            assert answer.is_success, answer.text
            moment = ("as_of", "lag", "version", "state", "reason", "today")
            found.append({k: v for k, v in answer.json().items() if k not in moment})
        return found


def _query(path: str) -> dict[str, str]:
    return dict(httpx.QueryParams(path.partition("?")[2]))


def _whole_key(stack: Stack, tenant: Tenant) -> str:
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/tenants/{tenant.id}/keys?wait=applied",
        headers={"Authorization": f"Bearer {stack.admin_token}"},
        json={"scopes": ["query", "administer"]},
        timeout=30,
    )
    assert answer.json()["applied"], answer.text
    return str(answer.json()["key"])


@pytest.fixture(scope="module")
def sides(guarded: tuple[Stack, Issuer]) -> Sides:
    """Give a company with somebody who has sold something, and an empty one."""
    stack, issuer = guarded
    mine = Company(stack, issuer, stack.create_tenant("Asking"))
    theirs = Company(stack, issuer, stack.create_tenant("Asked"))
    for one in (mine, theirs):
        one.tokens["whole"] = _whole_key(stack, one.tenant)
    who = {"name": f"{MARK} Lan", "department_id": IDS["department"]}
    theirs.post(
        [
            ("department.upserted", IDS["department"], {"name": f"{MARK} team"}),
            ("employee.upserted", IDS["employee"], who),
            ("customer.created", IDS["customer"], _customer(f"{MARK} Ltd")),
            ("order.created", IDS["order"], _order(int(AMOUNT))),
        ]
    )
    return Sides(mine, theirs, theirs.tokens["whole"])


def _customer(name: str) -> dict[str, Any]:
    return {"created_at": _MADE_AT, "owner_id": IDS["employee"], "name": name}


def _order(amount: int) -> dict[str, Any]:
    sold = {"customer_id": IDS["customer"], "owner_id": IDS["employee"]}
    total = {"amount": amount, "currency": "VND"}
    return {"created_at": _MADE_AT, "order_date": today().isoformat(), "total": total, **sold}


def attempts(method: str, path: str, tenant: str, sides: Sides) -> Iterator[Attempt]:
    """Yield requests of an operation in which parameters name something of the other company."""
    told = TOLD["paths"][path][method.lower()]
    key_id = sides.their_key.split("_")[2]
    filled, query = path, {}
    for parameter in told.get("parameters", ()):
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path":
            value = {**IDS, "tenant": tenant, "key_id": key_id}[name]
            filled = filled.replace(f"{{{name}}}", value)
        elif name == "wait":
            query[name] = "applied"
        else:
            kinds = {one.get("type") for one in schema.get("anyOf", [schema])}
            assert kinds <= {"integer", "boolean", "null"}, f"an id for '{name}' is wanted here"
    for content in _contents(told, filled, sides):
        for named in ({}, {"tenant": sides.theirs.tenant.id}):
            yield Attempt(method, filled, {**content, "params": {**query, **named}})


def _contents(told: Mapping[str, Any], path: str, sides: Sides) -> Iterator[dict[str, Any]]:
    kinds = told.get("requestBody", {}).get("content")
    if not kinds:
        yield {}
        return
    if EVENT_CONTENT_TYPE in kinds:
        headers = {"Content-Type": BATCH_CONTENT_TYPE}
        yield {"headers": headers, "json": list(_events(sides))}
        return
    if "text/csv" in kinds:
        content = _CSV[path.rpartition("/")[2]]
        yield {"headers": {"Content-Type": "text/csv"}, "content": content}
        return
    name = kinds["application/json"]["schema"]["$ref"].rpartition("/")[2]
    for field, schema in TOLD["components"]["schemas"][name]["properties"].items():
        types = {one.get("type") for one in schema.get("anyOf", [schema])}
        if field == "board":
            for scope in ("employee", "department"):
                board = {"scope": scope, "scope_id": IDS[scope], "metrics": ["revenue"]}
                yield {"json": {**_BODIES[name], "scopes": ["kiosk"], field: board}}
        elif "string" in types:
            for value in (sides.theirs.tenant.id, *IDS.values()):
                yield {"json": {**_BODIES[name], field: value}}


def _events(sides: Sides) -> Iterator[dict[str, Any]]:
    """Yield events about what is of others: once as their tenant, once as one's own."""
    for tenant in (sides.theirs.tenant.id, sides.mine.tenant.id):
        for kind, subject, data in (
            ("department.upserted", IDS["department"], {"name": "Stolen"}),
            ("employee.upserted", IDS["employee"], {"name": "Stolen", "active": False}),
            ("customer.created", IDS["customer"], _customer("Stolen")),
            ("order.created", IDS["order"], _order(1)),
        ):
            yield {
                "specversion": "1.0",
                "id": f"/v1/events-{subject}",
                "source": "/access",
                "type": kind,
                "time": datetime.now(UTC).isoformat(),
                "subject": subject,
                "tenantid": tenant,
                "data": {**data, "revision": 9},
            }


def is_told(answer: httpx.Response) -> bool:
    """Say whether something of the other company stands in an answer."""
    return MARK in answer.text or AMOUNT in answer.text


def test_ones_own_key_reaches_nothing_of_another_company(sides: Sides) -> None:
    """Of all operations a key opens the one of events, and there only one's own tenant."""
    before, mine = sides.state(), sides.mine
    for method, path in OPERATIONS:
        for tenant in (mine.tenant.id, sides.theirs.tenant.id):
            # the first of each: without the right one there is nothing further to look at
            attempt = next(attempts(method, path, tenant, sides))
            for token in (mine.tenant.write_key, mine.tenant.read_key, mine.tokens["whole"]):
                answer = sides.send(attempt, token)
                assert not is_told(answer), (attempt, answer.text)
                if path != "/v1/events":
                    assert answer.status_code == httpx.codes.UNAUTHORIZED, (attempt, answer.text)
                elif token != mine.tenant.write_key:
                    assert answer.status_code == httpx.codes.FORBIDDEN, answer.text
                else:
                    _half_is_taken(answer)
    assert sides.state() == before


def _half_is_taken(answer: httpx.Response) -> None:
    told = answer.json()
    assert told["applied"], told
    assert (told["accepted"], [one["index"] for one in told["rejected"]]) == (4, [0, 1, 2, 3])
    assert {one["code"] for one in told["rejected"]} == {"wrong_tenant"}


def test_the_operator_at_one_tenant_reaches_no_other(sides: Sides) -> None:
    """Ids of others in addresses, bodies and files are those of nobody, or one's own."""
    before, mine = sides.state(), sides.mine
    for method, path in BOUND:
        for attempt in attempts(method, path, mine.tenant.id, sides):
            answer = sides.send(attempt, mine.stack.admin_token)
            assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (attempt, answer.text)
            assert not is_told(answer), (attempt, answer.text)
            if path.endswith("/events"):
                _half_is_taken(answer)
            if method == "POST" and path.endswith("/keys") and answer.is_success:
                _shows_nothing(sides, answer.json()["key"])
    assert sides.state() == before
    taken = Attempt("POST", "/v1/tenants", {"json": {"id": sides.theirs.tenant.id, "name": "Mine"}})
    assert sides.send(taken, mine.stack.admin_token).status_code == httpx.codes.CONFLICT
    assert sides.state() == before


def _shows_nothing(sides: Sides, key: str) -> None:
    """See that a key made with ids of others, a board's too, shows nothing of theirs."""
    for scope in ("employee", "department"):
        path = f"/v1/kpis/{scope}/{IDS[scope]}"
        assert not is_told(sides.mine.get(path, key, metrics="revenue"))


def test_what_must_not_come_back_is_there(sides: Sides) -> None:
    """The ids are good: to whose it is the names and the amount are told."""
    told = str(sides.state())
    assert MARK in told
    assert AMOUNT in told
