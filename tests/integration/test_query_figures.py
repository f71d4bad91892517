"""Figures and rankings over HTTP, each counted by hand in `query_house`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.kpis import CATALOGUE, Kpi
from schemas.kpis.clock import CARE_BANDS
from services.query.figure_answers import KpiDefinition, Own
from tests.integration.query_house import House, open_house

MONTH = {"from": "2026-11-01", "to": "2026-11-22"}
LONG = {"from": "2026-09-15", "to": "2026-11-22"}


pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company."""
    async with open_house(broker, store.url) as opened:
        yield opened


async def figure(house: House, scope: str, metric: str, **parameters: str) -> dict[str, Any]:
    answer = await house.get(f"/v1/kpis/{scope}", metrics=metric, **parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["figures"][0]
    return found


async def test_an_answer_says_how_fresh_it_is(house: House) -> None:
    """Every answer carries as_of, lag, version, state and the tenant's date."""
    body = (await house.get("/v1/kpis/company/all")).json()
    assert body["state"] == "live"
    assert body["lag"] == {"events": 0, "seconds": 0.0}
    assert body["as_of"] == "2026-11-22T05:00:00.000Z"
    assert body["version"] == f"g1.{house.seed.offset}"
    assert body["today"] == "2026-11-22"


@pytest.mark.parametrize(
    ("scope", "metric", "parameters", "value"),
    [
        ("employee/an", "revenue", {}, 1_500_000),
        ("employee/an", "revenue", LONG, 2_200_000),
        ("employee/an", "calls_outbound", {}, 1),
        ("employee/an", "orders_approved", MONTH, 2),
        ("department/sales", "revenue", MONTH, 1_800_000),
        ("department/hanoi", "revenue", MONTH, 400_000),
        ("department/sales", "revenue", {**MONTH, "sub": "true"}, 2_200_000),
        ("department/east", "orders_approved", {**MONTH, "sub": "true"}, 0),
        ("department/-", "revenue", {}, 100_000),
        ("company/all", "orders_approved", LONG, 7),
        ("company/all", "revenue", LONG, 3_000_000),
        ("employee/ghost", "revenue", {}, 100_000),
    ],
)
async def test_a_figure_is_the_sum_of_its_days(
    house: House, scope: str, metric: str, parameters: dict[str, str], value: int
) -> None:
    """Whole months and edge days add up to the hand-counted figure."""
    assert (await figure(house, scope, metric, **parameters))["value"] == value


async def test_other_currencies_stand_beside(house: House) -> None:
    """Dollars are listed beside dong and never added."""
    found = await figure(house, "company/all", "revenue")
    assert (found["value"], found["currency"]) == (1_600_000, "VND")
    assert found["others"] == [{"value": 2_500, "currency": "USD"}]


async def test_a_ratio_is_sum_over_sum(house: House) -> None:
    """One of two inbound calls was answered in sales with hanoi; none came last year."""
    scope = "department/sales"
    found = await figure(house, scope, "answer_rate_inbound", sub="true")
    assert (found["value"], found["parts"]) == (0.5, {"numerator": 1, "denominator": 2})
    empty = {"from": "2025-11-01", "to": "2025-11-02"}
    assert (await figure(house, scope, "answer_rate_inbound", **empty))["value"] is None


async def test_a_mean_of_mixed_money_is_not_made_up(house: House) -> None:
    """The mean order is 750,000 for an, and null where dollars are among the orders."""
    found = await figure(house, "employee/an", "average_order_value")
    assert found["value"] == 750_000
    mixed = await figure(house, "company/all", "average_order_value")
    assert (mixed["value"], mixed["why"]) == (None, "mixed_currencies")


async def test_a_gauge_ignores_the_range(house: House) -> None:
    """Customers in charge are as of now, whatever the range."""
    old = {"from": "2025-01-01", "to": "2025-01-02"}
    found = await figure(house, "department/sales", "customers_assigned", sub="true", **old)
    assert (found["value"], found["day"]) == (2, "now")


async def test_a_series_tells_no_facts_from_no_day_yet(house: House) -> None:
    """A day without orders is 0; a day to come is null, unless it has an order already."""
    days = {"from": "2026-11-20", "to": "2026-11-30", "by": "day"}
    found = await figure(house, "employee/an", "orders_approved", **days)
    values = [point["value"] for point in found["by"]]
    assert values == [0, 0, 2, None, None, None, None, None, None, None, 1]
    assert found["value"] == 3


async def test_a_series_by_month(house: House) -> None:
    """Months are summed from their own cells, the edge months from days."""
    found = await figure(house, "company/all", "revenue", by="month", **LONG)
    assert [(p["month"], p["value"]) for p in found["by"]] == [
        ("2026-09", 0),
        ("2026-10", 700_000),
        ("2026-11", 2_300_000),
    ]


async def test_a_breakdown_by_dimension(house: House) -> None:
    """Revenue by source adds up, in each currency, and each part opens its list."""
    found = await figure(house, "company/all", "revenue", by="dimension", dimension="source")
    [part] = found["by"]
    assert (part["dimension_value"], part["value"]) == ("web", 1_600_000)
    assert part["name"] == "Web shop"
    assert part["others"] == [{"value": 2_500, "currency": "USD"}]
    rows = (await house.get(part["facts"])).json()
    assert rows["total"] == 4


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("employee/an", {"metrics": "happiness"}, 422, "unknown_metric"),
        ("planet/earth", {}, 422, "unknown_scope"),
        ("employee/an", {"from": "2026-11-03", "to": "2026-11-02"}, 422, "range_reversed"),
        ("employee/an", {"from": "2024-01-01"}, 422, "range_too_long"),
        ("employee/an", {"from": "yesterday"}, 422, "invalid_parameter"),
        ("employee/an", {"by": "hour"}, 422, "invalid_parameter"),
        ("employee/an", {"form": "2026-11-03"}, 422, "unknown_parameter"),
        ("employee/an", {"by": "dimension", "dimension": "mood"}, 422, "unknown_dimension"),
        ("employee/an", {"dimension": "source"}, 422, "dimension_without_by"),
        ("employee/an", {"basis": "paid_at"}, 422, "invalid_parameter"),
        ("employee/an", {"basis": "order_date", "metrics": "notes_added"}, 422, "unknown_basis"),
        ("employee/an", {"sum": "people", "metrics": "win_rate"}, 422, "not_additive"),
        ("employee/an", {"sum": "days", "metrics": "pipeline_open"}, 422, "not_additive"),
        ("employee/nobody-knows", {}, 404, "unknown_employee"),
        ("department/nowhere", {}, 404, "unknown_department"),
        ("company/other", {}, 404, "unknown_company"),
    ],
)
async def test_a_broken_rule_is_named(
    house: House, path: str, parameters: dict[str, str], status: int, code: str
) -> None:
    """What a request gets wrong is answered as a problem that names the rule."""
    answer = await house.get(f"/v1/kpis/{path}", **parameters)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_passed_limit_is_told(house: House) -> None:
    """The longest range stands in the problem."""
    answer = await house.get("/v1/kpis/company/all", **{"from": "2020-01-01"})
    assert answer.json()["limit"] == 400


async def ranking(house: House, **parameters: str) -> list[tuple[int | None, str, Any]]:
    answer = await house.get("/v1/leaderboard", **parameters)
    assert answer.status_code == 200, answer.text
    return [(row["rank"], row["id"], row["value"]) for row in answer.json()["rows"]]


async def test_a_person_counts_where_they_were(house: House) -> None:
    """Chi's order of the 10th counts for hanoi, that of the 20th for sales."""
    wanted = {"metric": "revenue", **MONTH}
    assert await ranking(house, department="sales", **wanted) == [
        (1, "an", 1_500_000),
        (2, "chi", 300_000),
    ]
    assert await ranking(house, department="hanoi", **wanted) == [
        (1, "chi", 400_000),
        (2, "binh", 0),
    ]


async def test_ties_share_a_rank_and_zeros_are_shown(house: House) -> None:
    """Two people with one customer each are both first, the third is third."""
    found = await ranking(house, metric="customers_assigned", department="sales", sub="true")
    assert found == [(1, "an", 1), (1, "binh", 1), (3, "chi", 0)]


async def test_the_company_ranks_whoever_has_value(house: House) -> None:
    """An unknown employee with an order is ranked; an inactive one with nothing is not."""
    found = await ranking(house, metric="orders_approved")
    assert found == [(1, "an", 2), (2, "binh", 1), (2, "ghost", 1), (4, "chi", 0)]


async def test_no_ratio_no_rank(house: House) -> None:
    """Who had no inbound call has no answer rate and stands last without a rank."""
    found = await ranking(house, metric="answer_rate_inbound", department="sales", sub="true")
    assert found == [(1, "binh", 1.0), (2, "an", 0.0), (None, "chi", None)]


async def test_a_metric_that_does_not_add_is_not_added(house: House) -> None:
    """Customers buying cannot be summed; the refusal names them and why, others are summed."""
    wanted = {"metrics": "revenue,customers_buying,tasks", "sum": "people"}
    answer = await house.get("/v1/kpis/company/all", **wanted)
    assert answer.json()["metrics"] == ["customers_buying", "tasks"]
    assert "customers_buying (distinct)" in answer.json()["detail"]
    found = await figure(house, "company/all", "revenue", sum="days", **MONTH)
    assert found["value"] == 2_300_000
    rest = (await house.get("/v1/kpis/company/all", sum="days")).json()["figures"]
    assert all(one["adds_over_time"] for one in rest)


async def test_a_date_basis_is_a_choice(house: House) -> None:
    """By creation and by order date; a KPI that has no choice is named."""
    for basis in ("order_date", "created_at"):
        found = await figure(house, "company/all", "orders_approved", basis=basis, **MONTH)
        assert (found["value"], found["date_basis"]) == (6, basis)
    assert "basis=created_at" in found["facts"]
    wanted = {"metrics": "orders_approved,emails_opened", "basis": "created_at"}
    answer = await house.get("/v1/kpis/company/all", **wanted)
    assert answer.json()["metrics"] == ["emails_opened"]
    every = (await house.get("/v1/kpis/company/all", basis="created_at")).json()["figures"]
    names = {one["metric"] for one in every}
    assert {"customers_new", "orders_approved", "customers_ordering"} <= names
    assert {one["date_basis"] for one in every} == {"created_at"}


async def test_a_month_under_way_is_compared_with_as_many_days(house: House) -> None:
    """22 days of November, with the order of the 30th apart, against 22 days of October."""
    wanted = {"from": "2026-11-01", "to": "2026-11-30", "compare": "previous"}
    answer = (await house.get("/v1/kpis/employee/an", metrics="revenue", **wanted)).json()
    assert answer["compare"] == {
        "elapsed_from": "2026-11-01",
        "elapsed_to": "2026-11-22",
        "from": "2026-10-01",
        "to": "2026-10-22",
    }
    [found] = answer["figures"]
    assert [found[part]["value"] for part in ("elapsed", "previous")] == [1_500_000, 700_000]
    assert found["value"] == 1_550_000
    assert (found["change"], found["change_ratio"]) == (800_000, 8 / 7)
    new = await figure(house, "employee/an", "customers_new", **wanted)
    assert (new["change"], new["change_ratio"]) == (1, None)
    gauge = await figure(house, "employee/an", "customers_assigned", **wanted)
    assert "change" not in gauge


async def test_a_range_to_come_is_not_compared(house: House) -> None:
    """Nothing of December has elapsed."""
    wanted = {"from": "2026-12-01", "to": "2026-12-31", "compare": "previous"}
    answer = (await house.get("/v1/kpis/employee/an", metrics="revenue", **wanted)).json()
    assert answer["compare"] is None
    assert "change" not in answer["figures"][0]


async def test_a_figure_says_what_it_is(house: House) -> None:
    """Definition with version and the company's own text, source row, date and person."""
    found = await figure(house, "employee/an", "revenue")
    assert found["definition"].startswith("Value of approved orders")
    assert found["own_definition"] == "What the customers paid for."
    assert found["definition_version"] == 1
    assert (found["date_basis"], found["attribution"]) == ("order_date", "owner")
    assert "D-12" in found["source"]


async def test_figures_by_the_clock_and_of_different_customers(house: House) -> None:
    """Bands are all there; acme, who ordered from four, is one customer."""
    found = await figure(
        house, "company/all", "customers_by_last_contact", by="dimension", dimension="band"
    )
    assert [point["value"] for point in found["by"]] == [1, 0, 0, 0, 0, 1]
    assert (await figure(house, "company/all", "customers_buying", **MONTH))["value"] == 1


async def test_all_of_the_catalogue_is_answered(house: House) -> None:
    """Every KPI has a figure; what the tenant never sent is not available."""
    answer = (await house.get("/v1/kpis/department/sales", sub="true", **MONTH)).json()
    found = {one["metric"]: one for one in answer["figures"]}
    assert found.keys() == CATALOGUE.keys()
    missing = {name for name, one in found.items() if one.get("why") == "not_available"}
    assert missing == {kpi.name for kpi in CATALOGUE.values() if kpi.feed}
    told = (await house.get("/v1/catalogue")).json()["kpis"]
    assert {one["name"] for one in told if not one["available"]} == missing
    own = {one["name"]: one["own_definition"] for one in told if one["own_definition"]}
    assert own == {"revenue": "What the customers paid for."}


async def test_a_definition_is_whole(house: House) -> None:
    """Every member of a definition is shown, and described, with what follows from them."""
    told = (await house.get("/v1/catalogue")).json()["kpis"]
    by_name = {one["name"]: one for one in told}
    assert by_name.keys() == CATALOGUE.keys()
    for name, one in by_name.items():
        assert one.keys() == KpiDefinition.model_fields.keys() - {*Own.model_fields, "trial"}
        assert one.keys() >= {member.name for member in fields(Kpi)}
        assert one["adds_over_time"] == CATALOGUE[name].adds_over_time
    assert by_name["customers_by_last_contact"]["bands"] == list(CARE_BANDS)


async def test_people_are_ranked_by_any_figure(house: House) -> None:
    """By interactions, by different customers where they were, and by the clock."""
    found = await ranking(house, metric="interactions", department="sales", sub="true")
    assert found == [(1, "an", 1), (1, "binh", 1), (3, "chi", 0)]
    found = await ranking(house, metric="customers_buying", department="sales", **MONTH)
    assert found == [(1, "an", 1), (1, "chi", 1)]
    found = await ranking(house, metric="customers_by_last_contact")
    assert found == [(1, "an", 1), (1, "binh", 1), (3, "chi", 0)]
