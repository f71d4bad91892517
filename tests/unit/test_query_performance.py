"""The sales performance report over customers made by hand; the answer stands beside each."""

from __future__ import annotations

from dataclasses import replace as with_filters
from typing import Any

import pytest

from services.query.cohorts import performance
from services.query.cohorts.columns import Columns
from services.query.cohorts.performance import PerformanceQuestion
from services.query.periods import Period
from tests.unit.cohort_customers import OUT, PENDING, columns, customer, order

JULY = Period(20250701, 20250731)
ASKED = PerformanceQuestion(created=Period(20250101, 20250731), period=JULY, currency="VND")


def company() -> Columns:
    """Return six customers of this year, and one of before.

    ```
    1  bought twice in July (one back-dated to it), once in June
    2  bought once, one order waits: V13          3  one order waits
    4  its only order was rejected                5  bought in June alone; nobody's
    6  bought in dollars                          7  created in December
    ```
    """
    june = order(13, "06-20 09:00", total=900)
    return columns(
        customer(
            1,
            "03-01 09:00",
            [
                order(11, "07-02 09:00", total=300),
                order(12, "08-05 09:00", day="07-31", total=50),
                june,
            ],
            [("03-01 09:00", "lead")],
            name="Ánh",
        ),
        customer(
            2,
            "03-02 09:00",
            [order(21, "07-03 09:00", total=70), order(22, "07-09 09:00", PENDING, total=10)],
            owner="binh",
            name="bình",
        ),
        customer(3, "03-03 09:00", [order(31, "07-04 09:00", PENDING)], name="Chi"),
        customer(4, "03-03 09:00", [order(41, "07-05 09:00", OUT)], name="Dung"),
        customer(5, "03-05 09:00", [order(51, "06-30 09:00")], owner=None, name="Em"),
        customer(6, "03-06 09:00", [order(61, "07-06 09:00", total=9, currency="USD")], name="Ga"),
        customer(7, "01-01 00:00", name="Hoa"),
    )


def page(**filters: Any) -> performance.PerformancePage:
    return performance.evaluate(company(), with_filters(ASKED, **filters))


def numbers(**filters: Any) -> list[int]:
    return sorted(row.number for row in page(**filters).rows)


def test_a_customer_with_an_order_that_waits_and_one_that_does_not() -> None:
    """The label is purchased, and the filter 'in progress' finds it too (V13)."""
    row = next(row for row in page().rows if row.number == 2)
    assert (row.label, row.in_progress, row.purchases, row.pending) == ("purchased", True, 1, 1)
    assert 2 in numbers(status="in_progress")
    assert 2 in numbers(status="purchased")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"status": "purchased"}, [1, 2, 6]),
        ({"status": "in_progress"}, [2, 3]),
        ({"status": "not_purchased"}, [4, 5, 7]),
        ({"least": 1}, [1, 2, 6]),
        ({"least": 2}, [1]),
        ({"most": 1}, [2, 3, 4, 5, 6, 7]),
        ({"least": 1, "most": 1}, [2, 6]),
        ({"least": 0, "most": 0}, [3, 4, 5, 7]),
        ({"status": "in_progress", "least": 1}, [2]),
        ({"owners": frozenset({"an"})}, [1, 3, 4, 6, 7]),
        ({"owners": frozenset({"binh", "-"})}, [2, 5]),
        ({"owners": frozenset()}, []),
        ({"relationship": "lead"}, [1]),
        ({"relationship": ""}, [2, 3, 4, 5, 6, 7]),
        ({"created": Period(20250303, 20250303)}, [3, 4]),
        ({"created": Period(20250303, 20250306), "status": "purchased"}, [6]),
        ({"period": Period(20250601, 20250630), "status": "purchased"}, [1, 5]),
    ],
)
def test_filters_are_joined(filters: dict[str, Any], found: list[int]) -> None:
    """Creation, owner, stage, purchase status and number of purchases (D-111..D-119)."""
    assert numbers(**filters) == found
    assert page(**filters).total == len(found)


def test_the_figures_of_a_customer() -> None:
    """Purchases count by order date in the period, and their value is by currency (D-110)."""
    rows = {row.number: row for row in page().rows}
    first = rows[1]
    assert (first.purchases, first.pending, first.value) == (2, 0, {"VND": 350})
    assert (first.last_order, first.owner, first.stage) == (20250731, "an", "lead")
    assert (rows[2].value, rows[2].last_order) == ({"VND": 70}, 20250709)
    assert (rows[4].value, rows[4].last_order, rows[4].label) == ({}, 0, "not_purchased")
    assert (rows[5].owner, rows[6].value) == ("", {"USD": 9})
    assert rows[3].label == "in_progress"


@pytest.mark.parametrize(
    "filters", [{}, {"status": "purchased"}, {"least": 1}, {"owners": frozenset({"an"})}]
)
def test_totals_are_by_label(filters: dict[str, Any]) -> None:
    """Whatever status is asked for, totals are of all, and add up; each opens into its list."""
    totals = page(**filters).totals
    assert totals.customers == sum(totals[1:])
    assert totals == page(**{**filters, "status": "all"}).totals
    for name, count in totals._asdict().items():
        listed = performance.members(company(), with_filters(ASKED, **filters), None, name)
        assert len(listed) == count


def test_totals_of_all() -> None:
    """Three bought, one waits, three did neither."""
    assert page().totals == (7, 3, 1, 3)


def test_a_number_of_a_customer_opens_into_its_orders() -> None:
    """Purchases, orders that wait, the value and the last order are orders of the period (G13)."""
    known = company()
    for row in page().rows:
        lists = {
            name: performance.members(known, ASKED, row.id, name)
            for name in ("purchases", "pending", "value", "last_order")
        }
        assert (len(lists["purchases"]), len(lists["pending"])) == (row.purchases, row.pending)
        assert lists["value"] == lists["purchases"]
        assert lists["last_order"] == sorted(lists["purchases"] + lists["pending"])
    assert performance.members(known, ASKED, None, "purchases") == [11, 12, 21, 61]
    waiting = with_filters(ASKED, status="in_progress")
    assert performance.members(known, waiting, None, "purchases") == [21]
    assert performance.members(known, ASKED, "c2", "customers") == [2]
    with pytest.raises(KeyError):
        performance.members(known, ASKED, None, "phones")


@pytest.mark.parametrize(
    ("sort", "order_of_rows"),
    [
        ("created_at", [7, 1, 2, 3, 4, 5, 6]),
        ("purchases", [3, 4, 5, 7, 2, 6, 1]),
        ("value", [3, 4, 5, 6, 7, 2, 1]),  # dollars do not count
        ("last_order", [4, 5, 7, 3, 6, 2, 1]),
        ("name", [2, 3, 4, 5, 6, 7, 1]),
    ],
)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_join(sort: str, order_of_rows: list[int], descending: bool, limit: int) -> None:
    """Pages of any length give every row once, in order; ties stand by number."""
    found: list[int] = []
    after = None
    while True:
        one = page(sort=sort, descending=descending, limit=limit, after=after)
        found += [row.number for row in one.rows]
        assert one.total == len(order_of_rows)
        after = one.after
        if after is None:
            break
    assert found == (order_of_rows[::-1] if descending else order_of_rows)


def test_a_page_goes_on_though_its_end_is_gone() -> None:
    """The place after which a page begins need not be a row any more."""
    known = company()
    asked = with_filters(ASKED, sort="purchases", descending=False, limit=2)
    first = performance.evaluate(known, asked)
    known.remove([first.rows[-1].number])
    rest = performance.evaluate(known, with_filters(asked, after=first.after, limit=10))
    assert [row.number for row in rest.rows] == [5, 7, 2, 6, 1]


def test_a_merged_customer_has_the_orders_of_all() -> None:
    """Orders of those that were merged are the survivor's, each once."""
    shared = order(11, "07-02 09:00")
    group = (
        customer(1, "03-05 09:00", [shared], name="new"),
        customer(2, "03-01 09:00", [shared, order(12, "07-03 09:00")], owner="binh", name="old"),
    )
    (row,) = performance.evaluate(columns(group), ASKED).rows
    assert (row.number, row.purchases, row.owner, row.name) == (1, 2, "an", "new")
    assert row.created_ms == group[1].created[1] if group[1].created else False


def test_nobody_at_all() -> None:
    """An empty cohort has an empty page."""
    found = performance.evaluate(columns(), with_filters(ASKED, sort="name"))
    assert found == ([], 0, (0, 0, 0, 0), None)
