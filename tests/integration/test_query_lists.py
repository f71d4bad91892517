"""Lists behind figures, journeys and names over HTTP, each counted by hand in `query_house`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.kpis import CATALOGUE
from tests.integration.query_house import House, open_house

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]
LONG = {"from": "2026-10-01", "to": "2026-11-30"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company."""
    async with open_house(broker, store.url) as opened:
        yield opened


async def facts(house: House, **parameters: str) -> dict[str, Any]:
    answer = await house.get("/v1/facts", **parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({"metric": "orders_approved"}, ["o21", "o22", "o23", "o27"]),
        ({"metric": "revenue", "dimension": "currency:USD"}, ["o23"]),
        ({"metric": "revenue", "dimension": "currency:VND,source:web"}, ["o21", "o22", "o27"]),
        ({"metric": "revenue", "scope": "employee", "id": "an"}, ["o21", "o22"]),
        ({"metric": "revenue", "scope": "department", "id": "hanoi", **LONG}, ["o24", "o23"]),
        ({"metric": "customers_assigned", "dimension": "source:web"}, ["acme", "bolt"]),
        ({"metric": "customers_assigned", "scope": "department", "id": "sales"}, ["bolt"]),
        ({"metric": "answer_rate_inbound"}, ["c2", "c3"]),
        ({"metric": "customers_new", "dimension": "source:fair"}, []),
    ],
)
async def test_a_list_holds_the_facts_of_its_figure(
    house: House, parameters: dict[str, str], ids: list[str]
) -> None:
    """The list opens into exactly the facts that were counted, by day and then by number."""
    found = await facts(house, **parameters)
    assert [row["id"] for row in found["rows"]] == ids
    assert found["total"] == len(ids)


@pytest.mark.parametrize("sub", ["true", "false"])
@pytest.mark.parametrize("scope", ["company/all", "department/sales", "employee/an"])
async def test_every_list_is_as_long_as_its_figure(house: House, scope: str, sub: str) -> None:
    """For every counting KPI the link of the figure leads to as many rows as it says."""
    answer = await house.get(f"/v1/kpis/{scope}", sub=sub, **LONG)
    for figure in answer.json()["figures"]:
        kpi = CATALOGUE[figure["metric"]]
        if kpi.unit == "count":
            rows = (await house.get(figure["facts"])).json()
            assert rows["total"] == figure["value"], kpi.name
            assert len(rows["rows"]) == (rows["total"] or 0), kpi.name


async def test_a_row_carries_what_its_kind_has(house: House) -> None:
    """An order row tells whose it is, for whom, how much and when it was approved."""
    found = await facts(house, metric="revenue", scope="employee", id="binh")
    assert found["list"] == "orders_approved"
    assert found["rows"] == [
        {
            "kind": "order",
            "id": "o23",
            "day": "2026-11-22",
            "employee_id": "binh",
            "department_id": "hanoi",
            "created_at": "2026-11-22T03:00:00.000Z",
            "order_day": "2026-11-22",
            "owner_id": "binh",
            "customer_id": "acme",
            "customer_name": "Acme Ltd",
            "approval": "approved",
            "approved_at": "2026-11-22T04:00:00.000Z",
            "approver_id": "head",
            "decided_at": "2026-11-22T04:00:00.000Z",
            "actor_id": "head",
            "cancelled_at": None,
            "amount": 2_500,
            "currency": "USD",
            "discount": None,
            "vat": None,
            "shipping": None,
            "paid": 0,
            "lines": [],
            "returns": [],
            "deleted": False,
        }
    ]


async def test_pages_join_without_gap_or_repeat(house: House) -> None:
    """Reading one row at a time gives the list, and a list that grows meanwhile only grows."""
    wanted = {"metric": "orders_approved", "limit": "1", **LONG}
    ids: list[str] = []
    cursor = ""
    while True:
        found = await facts(house, **wanted, **({"cursor": cursor} if cursor else {}))
        ids += [row["id"] for row in found["rows"]]
        assert found["total"] == 8
        cursor = found["next"] or ""
        if not cursor:
            break
    assert ids == ["o26", "o24", "o25", "o21", "o22", "o23", "o27", "o28"]


async def test_a_cursor_belongs_to_its_list(house: House) -> None:
    """A cursor of another list, or a made-up one, is refused with a clear problem."""
    first = await facts(house, metric="orders_approved", limit="1")
    other = await house.get("/v1/facts", metric="calls_outbound", cursor=first["next"])
    assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")
    made_up = await house.get("/v1/facts", metric="orders_approved", cursor="abc")
    assert (made_up.status_code, made_up.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({}, 422, "missing_parameter"),
        ({"metric": "happiness"}, 422, "unknown_metric"),
        ({"metric": "orders_approved", "dimension": "stage:hot"}, 422, "unknown_dimension"),
        ({"metric": "orders_approved", "dimension": "currency:VND"}, 422, "unknown_dimension"),
        ({"metric": "orders_approved", "dimension": "web"}, 422, "bad_dimension"),
        ({"metric": "orders_approved", "limit": "100000"}, 422, "limit_too_large"),
        ({"metric": "orders_approved", "scope": "employee", "id": "x"}, 404, "unknown_employee"),
    ],
)
async def test_a_broken_rule_is_named(
    house: House, parameters: dict[str, str], status: int, code: str
) -> None:
    """What a request for a list gets wrong is answered as a problem that names the rule."""
    answer = await house.get("/v1/facts", **parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_journey_tells_owners_stages_and_events(house: House) -> None:
    """The customer's story in order of time, with the time spent in each stage."""
    answer = await house.get("/v1/customers/acme/journey")
    body = answer.json()
    assert body["customer"]["owner_id"] == "binh"
    assert body["customer"]["stage"] == "hot"
    assert [owner["owner_id"] for owner in body["owners"]] == ["an", "binh"]
    assert [(s["stage"], s["seconds"], s["to"] is None) for s in body["stages"]] == [
        ("lead", 24 * 3600, False),
        ("hot", 25 * 3600, True),
    ]
    assert [(e["kind"], e["what"]) for e in body["events"]] == [
        ("customer", "created"),
        ("customer", "assigned"),
        ("customer", "stage"),
        ("customer", "stage"),
        ("opportunity", "created"),
        ("order", "created"),
        ("order", "created"),
        ("call", "call"),
        ("call", "missed"),
        ("customer", "assigned"),
        ("email", "opened"),
        ("order", "approved"),
        ("order", "approved"),
    ]
    assert not body["truncated"]


async def test_an_unheard_customer_is_not_found(house: House) -> None:
    """A customer id that never occurred is 404, not an empty journey."""
    answer = await house.get("/v1/customers/nobody/journey")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")


async def test_names_of_the_tenant(house: House) -> None:
    """Tenant, organisation and catalogue are answered."""
    tenant = (await house.get("/v1/tenant")).json()
    assert (tenant["name"], tenant["currency"]) == ("Acme", "VND")
    org = (await house.get("/v1/org")).json()
    hanoi = {"id": "hanoi", "name": "Hanoi", "parent_id": "sales", "head_id": None, "active": True}
    assert hanoi in org["departments"]
    assert [e["department_id"] for e in org["employees"]] == ["sales", "hanoi", "sales", "sales"]
    kpis = (await house.get("/v1/catalogue")).json()["kpis"]
    assert [kpi["name"] for kpi in kpis] == list(CATALOGUE)
