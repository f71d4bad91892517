"""G13 on running services: every figure of the catalogue opens into as many rows as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack
from schemas.kpis import CATALOGUE
from tests.integration.listed_company import LOCKED_DAYS_AGO, ListedCompany

pytestmark = pytest.mark.once

WHOLE, PART = (35, -25), (8, 2)
"""Ranges of days, counted back from today."""
ASKED: tuple[tuple[str, dict[str, str], tuple[int, int]], ...] = (
    ("company/all", {}, WHOLE),
    ("company/all", {}, PART),
    ("department/x1", {}, WHOLE),
    ("department/x1", {"sub": "true"}, PART),
    ("department/x2", {}, WHOLE),
    ("department/-", {}, WHOLE),
    ("employee/ea", {}, PART),
    ("employee/eb", {}, WHOLE),
    ("employee/-", {}, WHOLE),
)


@pytest.fixture(scope="module")
def company(stack: Stack) -> Iterator[ListedCompany]:
    """Give the company, with all its history applied."""
    opened = ListedCompany(stack)
    yield opened.live()
    opened.close()


def opened(company: ListedCompany, link: str) -> dict[str, Any]:
    address = urlsplit(link)
    return company.get(address.path, **dict(parse_qsl(address.query, keep_blank_values=True)))


def figures(
    company: ListedCompany, scope: str, metrics: tuple[str, ...], **parameters: str
) -> Iterator[tuple[str, str, Any, str]]:
    """Yield (metric, part, value, link) of figures and of every value of their dimensions."""
    asked = parameters | {"metrics": ",".join(dict.fromkeys(metrics))}
    for figure in company.get(f"/v1/kpis/{scope}", **asked)["figures"]:
        yield figure["metric"], "", figure["value"], figure["facts"]
    for name in CATALOGUE[metrics[0]].dimensions:
        split = company.get(f"/v1/kpis/{scope}", **asked, by="dimension", dimension=name)
        for figure in split["figures"]:
            for point in figure["by"]:
                part = f"{name}:{point['dimension_value']}"
                yield figure["metric"], part, point["value"], point["facts"]


@pytest.mark.parametrize("metric", CATALOGUE)
def test_a_figure_opens_into_its_list(company: ListedCompany, metric: str) -> None:
    """The list of a figure, of each scope and dimension value, is as long as its counting KPI."""
    kpi = CATALOGUE[metric]
    for scope, whose, (first, last) in ASKED:
        asked = {**whose, "from": company.day(first), "to": company.day(last)}
        for basis in ("", *kpi.bases):
            by = {"basis": basis} if basis else {}
            found = [*figures(company, scope, (metric, kpi.list_name), **asked, **by)]
            counted = {part: value for name, part, value, _ in found if name == kpi.list_name}
            for name, part, _, link in found:
                if name == metric:
                    listed = opened(company, link)
                    assert listed["total"] == counted.get(part, 0), (scope, asked, link)
                    assert len(listed["rows"]) == min(100, listed["total"] or 0)


@pytest.mark.parametrize(
    ("metric", "dollars"),
    [
        ("sales", 1),
        ("revenue", 1),
        ("products_value", 1),
        ("paid_goods", 1),
        ("collections", 1),
        ("contract_value", 0),
        ("stock_out_value", 0),
    ],
)
def test_a_list_of_money_is_cut_by_currency(
    company: ListedCompany, metric: str, dollars: int
) -> None:
    """Whatever kind of fact carries the money, each stands in the list of its currency alone."""
    days = {"from": company.day(WHOLE[0]), "to": company.day(WHOLE[1]), "metric": metric}
    whole, vnd, usd = (
        company.get("/v1/facts", **days, dimension=part)["total"]
        for part in ("", "currency:VND", "currency:USD")
    )
    assert (vnd, usd) == (whole - dollars, dollars)
    assert vnd > 0


@pytest.mark.parametrize(
    "metric",
    ["orders", "tasks", "interactions", "customers_assigned", "tasks_overdue",
     "customers_in_stage", "owned_customers_in_stage", "journey_entries", "journey_exits"],
)  # fmt: skip
@pytest.mark.parametrize("within", [{}, {"department": "x1"}, {"department": "x1", "sub": "true"}])
def test_a_row_of_a_ranking_opens_into_its_list(
    company: ListedCompany, metric: str, within: dict[str, str]
) -> None:
    """Of a person who moved, the list holds what counts for the department that is ranked."""
    days = {"from": company.day(WHOLE[0]), "to": company.day(0)}
    found = company.get("/v1/leaderboard", metric=metric, **within, **days)
    assert any(row["value"] for row in found["rows"])
    for row in found["rows"]:
        assert row["facts"], row
        assert opened(company, row["facts"])["total"] == row["value"], row


def test_pages_of_every_kind_of_list_join(company: ListedCompany) -> None:
    """Postings, parts, spans, bands and visits read by twos give the list, each row once."""
    days = {"from": company.day(35), "to": company.day(0)}
    for metric in (
        "interactions",
        "tasks",
        "orders",
        "mql_entries",
        "customers_by_last_contact",
        "persons_by_age",
        "tasks_overdue",
        "customers_interacted",
        "products_customers",
        "customers_in_stage",
        "journey_entries",
    ):
        asked = {"metric": metric, "scope": "department", "id": "x1", "sub": "true", **days}
        whole = company.get("/v1/facts", **asked, limit="1000")
        joined: list[Any] = []
        cursor = ""
        while True:
            page = company.get(
                "/v1/facts", **asked, limit="2", **({"cursor": cursor} if cursor else {})
            )
            joined += page["rows"]
            cursor = page["next"] or ""
            if not cursor:
                break
        assert joined == whole["rows"], metric
        assert len(joined) == whole["total"] > 2, metric


def test_what_does_not_fit_is_listed_by_code(company: ListedCompany) -> None:
    """Each fact that contradicts itself stands under its code, with a link to the list."""
    found = company.get("/v1/quality")
    ids = {
        row["code"]: {sample["id"] for sample in row["samples"]}
        for row in found["in_doubt"]["rows"]
    }
    assert ids["end_before_start"] == {"reversed", "k9"}
    assert "lost" in ids["unknown_order"]
    for row in found["in_doubt"]["rows"]:
        assert opened(company, row["facts"])["total"] == row["count"]
    fed = {row["feed"] for row in found["feeds"] if row["available"]}
    assert {"tasks", "notes", "messages", "payments", "contracts", "inventory"} <= fed
    assert found["locked"] == [
        {"from": company.day(LOCKED_DAYS_AGO + 5), "to": company.day(LOCKED_DAYS_AGO)}
    ]


def test_late_changes_of_a_locked_period_are_listed_apart(company: ListedCompany) -> None:
    """An order cancelled after the lock is listed with its event, and the figure says as much."""
    days = {"from": company.day(LOCKED_DAYS_AGO + 5), "to": company.day(LOCKED_DAYS_AGO)}
    found = company.get("/v1/restatements", **days, limit="1000")
    orders = [
        row for row in found["rows"] if (row["metric"], row["basis"]) == ("orders", "order_date")
    ]
    assert [(row["change"], row["employee_id"], row["dimension"]) for row in orders] == [
        (-1, "ea", "")
    ]
    figure = company.get("/v1/kpis/company/all", metrics="orders", **days)["figures"][0]
    assert figure["late"] == -1
    first = company.get("/v1/restatements", **days, limit="1")
    second = company.get("/v1/restatements", **days, limit="1", cursor=first["next"])
    assert [*first["rows"], *second["rows"]] == found["rows"][:2]


def test_refused_events_are_counted_with_samples(company: ListedCompany) -> None:
    """What the door and the fold refused stands apart, by code, and nothing counts twice."""
    calls = {"direction": "outbound", "employee_id": "ea", "connected_at": company.at(1)}
    assert company.refused("call.connected", "c1", {"direction": "sideways"}) == 1
    for _ in range(2):
        assert company.refused("call.connected", "c2", calls, id="own-0") == 0

    def refused() -> dict[tuple[str, str], dict[str, Any]]:
        rows = company.get("/v1/quality")["refused"]["rows"]
        return {(row["where"], row["code"]): row for row in rows}

    expected = {("door", "invalid_field"), ("fold", "duplicate_id")}

    def has_both() -> bool:
        rows = refused()
        return expected <= rows.keys() and all(rows[key]["samples"] for key in expected)

    wait_for(has_both, 30, "the dead letters were not read")
    rows = refused()
    # the same bytes would be a plain duplicate; each call has a `time` of its own
    assert rows["fold", "duplicate_id"]["count"] == 2
    assert rows["door", "invalid_field"]["count"] == 1
    sample = rows["door", "invalid_field"]["samples"][0]
    assert sample["pointer"] == "/data/direction"
    assert company.get("/v1/quality")["refused"]["state"] == "read"


def test_a_journey_goes_on_after_a_merge(company: ListedCompany) -> None:
    """What happened with a customer before it was merged is in the survivor's journey."""
    found = company.get("/v1/customers/u1/journey")
    assert found["merged"] == ["u5"]
    assert [contact["id"] for contact in found["contacts"]] == ["w1"]
    whats = {(event["kind"], event["id"], event["what"]) for event in found["events"]}
    assert {
        ("customer", "u5", "created"),
        ("task", "before", "created"),
        ("task", "across", "completed"),
        ("order", "o1", "approved"),
        ("order", "o1", "returned"),
        ("payment", "y1", "received"),
        ("note", "n1", "added"),
        ("message", "s1", "sent"),
    } <= whats
    times = [event["at"] for event in found["events"]]
    assert times == sorted(times)
