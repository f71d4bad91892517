"""G13 on running services: every figure of the catalogue opens into as many rows as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from deploy.local.stack import Stack
from schemas.kpis import CATALOGUE
from tests.integration.listed_company import LOCKED_DAYS_AGO, ListedCompany

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
