"""What a tenant sets up of its own, on running services: formulas, trials, values, calendars."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from deploy.local.stack import Stack
from tests.integration.firm import Firm, order
from tests.integration.test_verify import verify

_MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
_RATE = {"label_en": "Value per order", "unit": "money_mean", "expression": "sales / orders"}


@pytest.fixture(scope="module")
def firm(stack: Stack) -> Firm:
    """Give a firm of two departments with orders of today and of March."""
    made = Firm(stack, stack.create_tenant())
    made.say(
        ("department.upserted", "sales", {"name": "Sales"}),
        ("department.upserted", "care", {"name": "Care"}),
        ("employee.upserted", "an", {"name": "An", "department_id": "sales"}),
        ("employee.upserted", "bo", {"name": "Bo", "department_id": "care"}),
        order(1, "an", 100),
        order(2, "an", 300),
        order(3, "bo", 60),
    )
    done = made.ask("PUT", "/v1/formulas/per_order", _RATE)
    assert done.status_code == httpx.codes.OK, done.text
    return made


def _one(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["figures"][0]
    return found


def test_a_formula_is_read_like_a_figure(firm: Firm) -> None:
    """As figure, ranking and attainment: sum over sum of the scope, never a mean of means."""
    found = _one(firm.get("/v1/kpis/company/all", metrics="per_order", **_MARCH))
    assert (found["value"], found["own"], found["facts"]) == (153, True, None)  # 460 / 3
    assert (found["definition_version"], found["made_of"]) == (1, ["sales", "orders"])
    by_day = _one(firm.get("/v1/kpis/company/all", metrics="per_order", by="day", **_MARCH))
    assert {point["day"]: point["value"] for point in by_day["by"]}["2026-03-10"] == 153
    ranking = firm.get("/v1/leaderboard", metric="per_order", **_MARCH)
    assert [(row["id"], row["value"]) for row in ranking["rows"]] == [("an", 200), ("bo", 60)]
    firm.ask("PUT", "/v1/formulas/twice", {**_RATE, "unit": "count", "expression": "2 * orders"})
    firm.ask(
        "PUT",
        "/v1/targets/employee/an?period=2026-03",
        {"targets": [{"metric": "twice", "value": 8}]},
    )
    attained = _one(firm.get("/v1/attainment/employee/an", period="2026-03"))
    assert (attained["value"], attained["attainment"]) == (4, 0.5)
    listed = {kpi["name"]: kpi for kpi in firm.get("/v1/catalogue")["kpis"]}
    assert (listed["per_order"]["own"], listed["per_order"]["additivity"]) == (
        True,
        "formula_ratio",
    )
    assert listed["twice"]["adds_over_people"] is True


def test_a_formula_is_versioned_and_guarded(firm: Firm) -> None:
    """A new definition counts up; what another one is made of stays; mistakes name the rule."""
    better = {**_RATE, "expression": "sales / orders", "description": "Better said."}
    firm.ask("PUT", "/v1/formulas/per_order", better)
    found = _one(firm.get("/v1/kpis/company/all", metrics="per_order", **_MARCH))
    assert found["definition_version"] == 2
    firm.ask("PUT", "/v1/formulas/base_one", {**_RATE, "unit": "count", "expression": "orders"})
    firm.ask(
        "PUT", "/v1/formulas/over_it", {**_RATE, "unit": "count", "expression": "base_one / 2"}
    )
    kept = firm.ask("DELETE", "/v1/formulas/base_one")
    assert (kept.status_code, kept.json()["code"]) == (409, "in_use")
    for expression, code in (
        ("win_rate", "formula_not_additive"),
        ("nothing_here", "formula_unknown_metric"),
        ("over_it + base_one + per_order", "formula_ratio_added"),
        ("base_one + revenue", "formula_wrong_unit"),
    ):
        answer = firm.ask("PUT", "/v1/formulas/base_two", {**_RATE, "expression": expression})
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    for changed, code in (("over_it", "formula_circle"), ("sales", "formula_wrong_unit")):
        again = {**_RATE, "unit": "count" if changed == "over_it" else "money"}
        answer = firm.ask("PUT", "/v1/formulas/base_one", {**again, "expression": changed})
        assert answer.json()["code"] == code, "what is made of it would be no figure any more"
    summed = firm.ask("GET", "/v1/kpis/department/sales", metrics="per_order", sum="people")
    assert summed.json()["code"] == "not_additive"
    rows = {row["name"]: row for row in firm.get("/v1/formulas")["rows"]}
    assert (rows["per_order"]["version"], rows["per_order"]["problem"]) == (2, None)


def test_a_formula_is_streamed_as_its_parts_change(firm: Firm) -> None:
    """An order of today moves the formula on an open stream, at once and to the right value."""
    today = firm.get("/v1/tenant")["today"]
    with httpx.stream(
        "GET",
        f"{firm.stack.query_url}/v1/stream",
        params={"metrics": "per_order"},
        headers={"Authorization": f"Bearer {firm.key}"},
        timeout=30,
    ) as answer:
        said = _events(answer)
        assert next(said)[0] == "snapshot"
        firm.say(order(7, "an", 70, today), order(8, "an", 31, today))
        values: list[float | None] = []
        while 50.5 not in values and 51 not in values:
            kind, data = next(said)
            if kind == "change":
                values += [cell["value"] for cell in data["cells"]]
    assert values[-1] == 51  # 101 / 2, half up


def _events(answer: httpx.Response) -> Any:
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, orjson.loads(line.removeprefix("data: "))


def test_a_figure_on_trial_is_told_in_its_department_only(firm: Firm) -> None:
    """There it is marked, elsewhere it is not available for that reason, until everybody has it."""
    trial = {"department_id": "sales", "valid_from": "2026-03-01"}
    assert firm.ask("PUT", "/v1/rollouts/orders", trial).status_code == httpx.codes.OK
    places = ("department/sales", "employee/an", "department/care", "employee/bo", "company/all")
    found = {
        place: _one(firm.get(f"/v1/kpis/{place}", metrics="orders", **_MARCH)) for place in places
    }
    assert [found[place]["value"] for place in places] == [2, 2, None, None, None]
    assert {found[place].get("why") for place in places[2:]} == {"not_available"}
    assert all(
        one["trial"] == {"department_id": "sales", "from": "2026-03-01"} for one in found.values()
    )
    early = {"from": "2026-02-01", "to": "2026-02-28", "metrics": "orders"}
    assert _one(firm.get("/v1/kpis/department/sales", **early))["value"] is None
    lists = {
        place: firm.get("/v1/facts", metric="orders", scope=scope, id=name, **_MARCH)
        for place in places
        for scope, _, name in [place.partition("/")]
    }
    assert [lists[place]["total"] for place in places] == [2, 2, None, None, None]
    assert lists["company/all"]["rows"] == []
    file = firm.ask("GET", "/v1/facts.csv", metric="orders", scope="employee", id="bo", **_MARCH)
    assert (file.status_code, file.json()["code"]) == (404, "not_available")
    of_orders = {
        name: [
            cell["value"]
            for block in firm.get("/v1/reports/department", department=name, **_MARCH)["blocks"]
            for column, cell in zip(block["columns"], block["total"]["cells"], strict=True)
            if column["label"]["en"] == "Orders (trial)"
        ]
        for name in ("sales", "care")
    }
    assert (set(of_orders["sales"]), set(of_orders["care"])) == ({2}, {None})
    listed = {kpi["name"]: kpi for kpi in firm.get("/v1/catalogue")["kpis"]}
    assert listed["orders"]["trial"]["department_id"] == "sales"
    assert firm.ask("DELETE", "/v1/rollouts/orders").status_code == httpx.codes.OK
    everybody = _one(firm.get("/v1/kpis/company/all", metrics="orders", **_MARCH))
    assert (everybody["value"], "trial" in everybody) == (3, False)


def test_what_people_write_down_is_marked_as_manual(firm: Firm) -> None:
    """A qualitative value of a period, with a target like any other, never added up."""
    mood = {"label_en": "Experience", "unit": "count", "manual": True}
    assert firm.ask("PUT", "/v1/formulas/experience", mood).status_code == httpx.codes.OK
    path = "/v1/values/experience/department/sales?period=2026-03"
    done = firm.ask("PUT", path, {"value": 4, "grade": "B+"})
    assert done.status_code == httpx.codes.OK, done.text
    found = _one(firm.get("/v1/kpis/department/sales", metrics="experience", **_MARCH))
    assert (found["value"], found["manual"], found["grade"]) == (4, True, "B+")
    other = _one(firm.get("/v1/kpis/company/all", metrics="experience", **_MARCH))
    assert (other["value"], other["manual"], other["why"]) == (None, True, "not_recorded")
    targets = {"targets": [{"metric": "experience", "value": 5}]}
    firm.ask("PUT", "/v1/targets/department/sales?period=2026-03", targets)
    attained = _one(firm.get("/v1/attainment/department/sales", period="2026-03"))
    assert (attained["attainment"], attained["manual"]) == (0.8, True)
    counted = firm.ask("PUT", "/v1/values/orders/department/sales", {"value": 4})
    assert counted.json()["code"] == "not_manual"


def test_calendars_are_set_up_and_removed(firm: Firm) -> None:
    """Of the company and of departments; of an employee there is none."""
    monday = {
        "versions": [{"week": {"monday": [{"from": "08:00", "to": "12:00"}]}, "country": "VN"}]
    }
    assert firm.ask("PUT", "/v1/calendars/company/all", monday).status_code == httpx.codes.OK
    assert firm.get("/v1/attainment/employee/bo", period="2026-03")["working_days"] == 5
    assert set(firm.get("/v1/calendars")["calendars"]) == {"company"}
    assert firm.ask("DELETE", "/v1/calendars/company/all").status_code == httpx.codes.OK
    assert firm.get("/v1/attainment/employee/bo", period="2026-03")["working_days"] == 31
    refused = firm.ask("PUT", "/v1/calendars/employee/an", monday)
    assert refused.json()["code"] == "unknown_scope"


def test_what_was_set_up_is_verified(firm: Firm) -> None:
    """The recount holds the same documents."""
    code, said = verify(firm.stack, tenant=firm.tenant.id)
    assert code == 0, said
