"""Targets on running services: set by people, kept by the fold, told as attainment."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.stack import Stack
from schemas.messages import TargetCrossed
from schemas.tables import PartitionKeys
from services.aggregator.metrics import FoldMetrics
from services.aggregator.relay import Relay
from tests.integration.firm import Firm, order
from tests.integration.test_verify import verify

_MONTH = "2026-03"
_OF_ISSUES = {"targets": [{"metric": "issues", "value": 1}]}


@pytest.fixture(scope="module")
def firm(stack: Stack) -> Firm:
    """Give the firm with a few orders."""
    made = Firm(stack, stack.create_tenant())
    place = {"department_id": "sales", "valid_from": "2026-01-01"}
    made.say(
        ("department.upserted", "sales", {"name": "Sales"}),
        ("employee.upserted", "an", {"name": "An", **place}),
        ("employee.upserted", "bo", {"name": "Bo", **place}),
        order(1, "an", 100),
        order(2, "bo", 50),
        *(order(10 + n, "an", 10, f"2026-0{1 + n}-15") for n in range(2)),
    )
    return made


def _figure(document: dict[str, Any], metric: str) -> dict[str, Any]:
    return next(one for one in document["figures"] if one["metric"] == metric)


def test_targets_of_a_department_and_its_people(firm: Firm) -> None:
    """What is put holds with the answer: for the department, and as default for its people."""
    path = "/v1/targets/department/sales"
    own = {
        "targets": [
            {"metric": "orders", "value": 4, "weight": 60},
            {"metric": "sales", "value": {"amount": 300, "currency": "VND"}, "weight": 40},
        ]
    }
    done = firm.ask("PUT", path, own, period=_MONTH)
    assert (done.status_code, len(done.json()["events"])) == (200, 2), done.text
    each = {"per_person": True, "targets": [{"metric": "orders", "value": 1}]}
    assert firm.ask("PUT", path, each, period=_MONTH).status_code == httpx.codes.OK
    again = firm.ask("PUT", path, own, period=_MONTH)
    assert again.json()["events"] == []
    shown = firm.get(path, period=_MONTH)
    assert [(row["metric"], row["per_person"], row["value"]) for row in shown["rows"]] == [
        ("orders", False, 4), ("orders", True, 1), ("sales", False, 300),
    ]  # fmt: skip
    assert [(one["sum"], one["adds_up"]) for one in shown["weights"]] == [(100, True), (0, True)]
    found = firm.get("/v1/attainment/department/sales", period=_MONTH)
    orders, sales = _figure(found, "orders"), _figure(found, "sales")
    assert (orders["value"], orders["attainment"], orders["crossed"]) == (2, 0.5, [50])
    assert (sales["value"], sales["attainment"], sales["crossed"]) == (150, 0.5, [50])
    assert (orders["status"], orders["expected"], orders["projection"]) == ("at_risk", 4, None)
    assert found["score"]["value"] == pytest.approx(0.5)
    an = _figure(firm.get("/v1/attainment/employee/an", period=_MONTH), "orders")
    assert (an["target"], an["default_of"], an["attainment"]) == (1, "department:sales", 1)
    assert an["crossed"] == [50, 90, 100]


def test_a_department_with_those_below(firm: Firm) -> None:
    """The value with `sub`, the target the sum of theirs; none while one of them lacks it."""
    made = Firm(firm.stack, firm.stack.create_tenant())
    place = {"valid_from": "2026-01-01"}
    made.say(
        ("department.upserted", "sales", {"name": "Sales"}),
        ("department.upserted", "team", {"name": "Team", "parent_id": "sales"}),
        ("employee.upserted", "an", {"name": "An", "department_id": "sales", **place}),
        ("employee.upserted", "bo", {"name": "Bo", "department_id": "team", **place}),
        order(1, "an", 100),
        order(2, "bo", 50),
        order(3, "bo", 50),
    )

    def aim(department: str, value: int) -> None:
        body = {"targets": [{"metric": "orders", "value": value, "weight": 100}]}
        done = made.ask("PUT", f"/v1/targets/department/{department}", body, period=_MONTH)
        assert done.status_code == httpx.codes.OK, done.text

    def read(**more: str) -> dict[str, Any]:
        return made.get("/v1/attainment/department/sales", period=_MONTH, **more)

    aim("sales", 2)
    lacking = _figure(read(sub="true"), "orders")
    assert (lacking["value"], lacking["target"], lacking["status"]) == (3, None, "no_target")
    assert (lacking["target_why"], lacking["target_without"]) == ("not_all_departments", ["team"])
    aim("team", 4)
    whole = read(sub="true")
    orders = _figure(whole, "orders")
    assert (orders["value"], orders["target"], orders["attainment"]) == (3, 6, 0.5)
    assert (orders["target_of"], orders["target_without"]) == (["sales", "team"], [])
    assert (orders["thresholds"], orders["crossed"], orders["weight"]) == ([], [], None)
    assert (whole["sub"], whole["score"]["why"]) == (True, "no_weights")
    figures = made.get(
        "/v1/kpis/department/sales",
        metrics="orders", sub="true", **{"from": whole["from"], "to": whole["to"]},
    )  # fmt: skip
    assert figures["figures"][0]["value"] == orders["value"]
    assert "sub=true" in orders["facts"]
    own = _figure(read(), "orders")
    assert (own["value"], own["target"], own["weight"]) == (1, 2, 100)
    assert "target_of" not in own


def test_the_company_says_at_which_thresholds(firm: Firm) -> None:
    """Of targets that name none, set from then on, by events and by people; put twice is once."""
    made = Firm(firm.stack, firm.stack.create_tenant())
    target = {"metric": "orders", "scope": "employee", "scope_id": "an", "period": _MONTH}
    made.say(
        ("employee.upserted", "an", {"name": "An", "department_id": None}),
        ("target.set", "t1", {**target, "metric": "sales", "value": _money(200)}),
        ("setting.changed", "company", {"thresholds": [80, 40]}),
        ("target.set", "t2", {**target, "value": 2}),
        order(1, "an", 100),
    )
    found = made.get("/v1/attainment/employee/an", period=_MONTH)
    shown = {one["metric"]: (one["thresholds"], one["crossed"]) for one in found["figures"]}
    assert shown == {"orders": ([40, 80], [40]), "sales": ([50, 90, 100, 120], [50])}
    body = {"targets": [{"metric": "orders", "value": 2}]}
    path = "/v1/targets/employee/an"
    assert len(made.ask("PUT", path, body, period=_MONTH).json()["events"]) == 1
    assert made.ask("PUT", path, body, period=_MONTH).json()["events"] == []
    rows = made.get(path, period=_MONTH)["rows"]
    assert [(row["metric"], row["thresholds"]) for row in rows] == [("orders", [40, 80])]


def _money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "VND"}


def test_the_value_is_that_of_the_figures(firm: Firm) -> None:
    """One definition: attainment, figures, and the same part of an earlier period."""
    found = firm.get(
        "/v1/attainment/employee/an", period=_MONTH, metrics="orders,sales", compare="previous"
    )
    days = {"from": "2026-03-01", "to": "2026-03-31", "metrics": "orders,sales"}
    told = firm.get("/v1/kpis/employee/an", **days, compare="previous")
    for one in told["figures"]:
        mine = _figure(found, one["metric"])
        assert mine["value"] == one["value"]
        assert mine["earlier"]["value"] == one["previous"]["value"]
        assert mine["earlier"]["change"] == one["change"]
    before = firm.get("/v1/kpis/employee/an", **days, compare="last_year")
    assert before["compare"]["from"] == "2025-03-01"
    assert before["figures"][0]["previous"]["value"] == 0


def test_a_crossing_is_told_once_in_the_ticker(firm: Firm) -> None:
    """It tells how many percent and why, never how much; a retraction does not take it back."""
    target = {"metric": "orders", "scope": "employee", "scope_id": "bo", "period": "2026-Q1"}
    firm.say(("target.set", "t1", {**target, "value": 2, "thresholds": [100]}), order(3, "bo", 7))
    firm.say(("order.deleted", "o3", {"deleted_at": "2026-04-01T00:00:00Z"}), order(4, "bo", 7))
    with httpx.stream(
        "GET",
        f"{firm.stack.query_url}/v1/stream",
        params={"metrics": "orders"},
        headers={"Authorization": f"Bearer {firm.key}"},
        timeout=30,
    ) as answer:
        lines = answer.iter_lines()
        data = next(line for line in lines if line.startswith("data: "))
    happened = orjson.loads(data.removeprefix("data: "))["occurrences"]
    mine = [one for one in happened if one.get("crossing", {}).get("period") == "2026-Q1"]
    assert [one["crossing"]["threshold"] for one in mine] == [100]
    assert (mine[0]["type"], mine[0]["employee"]) == ("kpi.target_crossed", "bo")
    assert (mine[0]["amount"], mine[0]["department"]) == (0, "sales")


def test_crossings_are_published_with_the_same_ids_however_often(firm: Firm) -> None:
    """On the topic `kpi-events`, by the relay that runs and by one that starts anew."""
    first = _published(firm, at_least=4)
    assert {TargetCrossed.model_validate(value).type for value in first} == {"kpi.target_crossed"}
    mine = [value for value in first if value["period"] == "2026-Q1"]
    assert [(value["scope_id"], value["threshold"]) for value in mine] == [("bo", 100)]

    async def again() -> None:
        stack = firm.stack
        store, brokers = Redis.from_url(stack.redis_url), stack.meeting.settings().brokers()
        served = await store.get(PartitionKeys(firm.tenant.partition).served)
        producer = AIOKafkaProducer(**brokers.client())
        await producer.start()
        relay = Relay(
            store,
            producer,
            brokers=brokers,
            topic_prefix=stack.topic_prefix,
            partition=firm.tenant.partition,
            generation=served.decode(),
            metrics=FoldMetrics(CollectorRegistry()),
            is_behind=lambda: False,
        )
        await relay.republish()
        await producer.stop()
        await store.aclose()

    asyncio.run(again())
    second = _published(firm, at_least=2 * len(first))
    assert {value["id"] for value in second} == {value["id"] for value in first}


def _published(firm: Firm, at_least: int) -> list[dict[str, Any]]:
    """Return what stands on the topic about the firm, once so much does."""

    async def read() -> list[dict[str, Any]]:
        consumer = AIOKafkaConsumer(
            f"{firm.stack.topic_prefix}kpi-events",
            **firm.stack.meeting.settings().brokers().client(),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(30):
                while len(found) < at_least:
                    for records in (await consumer.getmany(timeout_ms=500)).values():
                        values = [orjson.loads(record.value) for record in records]
                        found += [one for one in values if one["tenant"] == firm.tenant.id]
        finally:
            await consumer.stop()
        return found

    return asyncio.run(read())


def test_expected_by_now_follows_the_calendar(firm: Firm) -> None:
    """A department that works on a few days of a month is expected at these only."""
    week = {"monday": [{"from": "08:00", "to": "12:00"}]}
    versions = [{"week": week, "days_off": ["2026-03-09"]}]
    before = firm.get("/v1/attainment/department/sales", period=_MONTH)
    firm.say(("calendar.defined", "department:sales", {"versions": versions}))
    found = firm.get("/v1/attainment/department/sales", period=_MONTH)
    assert (before["working_days"], found["working_days"]) == (31, 4)
    year = firm.get("/v1/attainment/department/sales", period="2031", metrics="orders")
    assert (year["working_days"], year["working_days_left"]) == (52, 52)
    assert _figure(year, "orders")["expected_share"] == 0


def test_targets_are_copied_suggested_and_removed(firm: Firm) -> None:
    """Copied to the next month with those of people, suggested out of the past, removed again."""
    own = {"metric": "orders", "scope": "employee", "scope_id": "an", "period": "2026-02"}
    firm.say(("target.set", "mine", {**own, "value": 7}))
    path = "/v1/targets/department/sales"
    firm.ask("PUT", path, {"targets": [{"metric": "orders", "value": 9}]}, period="2026-02")
    done = firm.ask("POST", f"{path}/copy", {"from": "2026-02", "to": "2026-05", "people": True})
    assert len(done.json()["events"]) == 2, done.text
    assert firm.get(path, period="2026-05")["rows"][0]["value"] == 9
    assert firm.get("/v1/targets/employee/an", period="2026-05")["rows"][0]["value"] == 7
    gone = firm.ask("DELETE", path, period="2026-05")
    assert len(gone.json()["events"]) == 1
    assert firm.get(path, period="2026-05")["rows"] == []
    told = firm.get("/v1/targets/employee/an/suggestion", period="2026-04", metrics="orders,sales")
    assert [(row["metric"], row["value"], row["suggested"]) for row in told["rows"]] == [
        ("orders", 1, True), ("sales", 10, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        (
            "PUT",
            "/v1/targets/company/all",
            {"targets": [{"metric": "issues", "value": 1}]},
            "no_target",
        ),
        ("PUT", "/v1/targets/employee/nobody", {"targets": []}, "unknown_employee"),
        ("PUT", "/v1/targets/planet/all", {"targets": []}, "unknown_scope"),
        ("PUT", "/v1/targets/company/all?period=2026-W60", {"targets": []}, "unknown_period"),
        ("GET", "/v1/attainment/company/all?period=soon", None, "unknown_period"),
        ("GET", "/v1/attainment/company/all?metrics=none", None, "unknown_metric"),
        ("GET", "/v1/targets/company/all/suggestion?metrics=issues", None, "no_target"),
    ],
)
def test_what_cannot_be_is_refused(
    firm: Firm, method: str, path: str, body: Any, code: str
) -> None:
    """Every refusal names the rule."""
    answer = firm.ask(method, path, body)
    assert answer.json()["code"] == code, answer.text
    assert answer.status_code in {404, 422}


def test_targets_and_crossings_are_verified(firm: Firm) -> None:
    """The recount finds the same targets, and every crossing that must be there."""
    code, said = verify(firm.stack, tenant=firm.tenant.id)
    assert code == 0, said
    assert "targets with" in said
