"""The employee report against the numbers of May 2026 in `company`, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reports.test_department import NOT_AVAILABLE, Ask, block, rows, totals, value


@pytest.fixture(scope="module")
def an(ask: Ask) -> dict[str, Any]:
    """Give the report of an in May."""
    return ask("/v1/reports/employee", employee="an", month="2026-05")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("revenue_trend", [1_500_000, 1_500_000, 1_000_000]),
        ("conversion", [1, 2, 5, 1, 1, 1, 0, 2, 1, 2, 0, 2, 1_500_000, 1_500_000, 1, 1, 1, 1]),
        # only what has to do with customers: t2 is linked to none
        ("interactions", [5, 1, 1, 1, 0, 2, 90]),
        ("tasks", [3, 2, 2, 3]),
        # t2 and t4 were created in May; t1 and t4 are still open, their deadlines are over
        ("task_statistics", [2, 1, 0, 2, 0, 0, 2]),
        ("orders", [2, 0, 2, 1_500_000, 1_500_000, 750_000]),
        ("products_sold", [4, 1_500_000, 2, 1]),
        ("customers_by_stage", [2]),
        ("persons_by_age", [3]),
        ("customers_interacted", [1]),
        # o1, o2 of k1 and o6 of k3, which dung placed
        ("revenue_of_customers_by_source", [1_550_000, 3]),
        ("revenue_of_customers_by_industry", [1_550_000, 3]),
        ("contracts", [1, 10_000_000]),
        ("renewals", [1]),
        ("stock", [NOT_AVAILABLE] * 6),
        ("purchase_frequency", [0, 1, 1]),
        ("order_processing", [3, 50, 60, 60]),
    ],
)
def test_the_total_of_a_block(an: dict[str, Any], name: str, expected: list[Any]) -> None:
    """Each figure of the person is what the history says."""
    assert totals(an, name) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customers_by_stage", {"lead": 1, "": 1}),
        ("customers_by_source", {"web": 1, "": 1}),
        ("customers_by_industry", {"food": 1, "": 1}),
        ("customers_by_gender", {"female": 1, "": 1}),
        ("customers_interacted", {"email": 1, "message": 1, "call": 1, "note": 0, "task": 1}),
        ("revenue_of_customers_by_source", {"web": 1_500_000, "": 50_000}),
        ("revenue_of_customers_by_industry", {"food": 1_500_000, "": 50_000}),
        ("revenue_by_source", {"web": 1_500_000}),
        ("activities_by_project", {"p1": 1}),
    ],
)
def test_the_parts_of_a_block(an: dict[str, Any], name: str, expected: dict[str, Any]) -> None:
    """Customers by what is known of them; what is not known has a row of its own."""
    assert {part: cells[0] for part, cells in rows(an, name, "value").items()} == expected


def test_customers_by_last_contact(an: dict[str, Any]) -> None:
    """k1 was called today, k3 ordered in May; all bands are shown, in their order."""
    found = rows(an, "care_bands", "value")
    assert list(found) == ["0-6", "7-13", "14-29", "30-89", "90+", "never"]
    assert [cells[0] for cells in found.values()] == [1, 0, 0, 0, 1, 0]


def test_persons_by_age(an: dict[str, Any]) -> None:
    """A customer of 1990, a contact person of 2010, a customer without a birthday."""
    found = {part: cells[0] for part, cells in rows(an, "persons_by_age", "value").items()}
    assert found["unknown"] == 1
    assert sum(found.values()) == 3


def test_five_provinces_and_the_others(ask: Ask) -> None:
    """Of six provinces the five best stand alone, ties by name; the unknown is among the others."""
    report = ask(
        "/v1/reports/employee", employee="fay", month="2026-05", block="customers_by_province"
    )
    table = block(report, "customers_by_province")
    assert [(row["value"], value(row["cells"][0])) for row in table["rows"]] == [
        ("a", 2),
        ("b", 1),
        ("c", 1),
        ("d", 1),
        ("e", 1),
        (None, 2),
    ]
    other = table["rows"][-1]
    assert {part["value"]: part["cells"][0]["value"] for part in other["parts"]} == {"f": 1, "": 1}
    assert totals(report, "customers_by_province") == [8]


def test_the_person_is_introduced(an: dict[str, Any]) -> None:
    """Name, department and whether still there."""
    assert (an["report"], an["name"], an["department_id"], an["active"]) == (
        "employee",
        "An",
        "sales",
        True,
    )


def test_who_moved_has_all_of_the_month(ask: Ask) -> None:
    """The person's own report knows no departments: o4 in hanoi and o5 in sales."""
    report = ask("/v1/reports/employee", employee="chi", month="2026-05", block="orders")
    assert totals(report, "orders")[:1] == [2]
