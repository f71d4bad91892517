"""The recount of `salespulse verify`: from record to event, day, department and sum."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.verify.zones import offsets
from tests.unit.verify_book import Book

MARCH_2 = 20260302


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def order(book: Book, subject: str = "o1", **data: object) -> None:
    said = {
        "order_date": "2026-03-02",
        "created_at": "2026-03-02T03:00:00Z",
        "owner_id": "an",
        "total": {"amount": 100, "currency": "VND"},
    }
    book.add("order.created", subject, **(said | data))


def test_first_record_of_an_event_id_wins(book: Book) -> None:
    """Of two records with one id the first counts; other bytes are a conflict, equal ones not."""
    order(book)
    book.records.append((1, 0, "acme", book.records[0][3]))
    book.records.append((2, 0, "acme", str(book.records[0][3]).replace('100,"cur', '999,"cur')))
    recount = book.recount()
    assert recount.rows("SELECT tenant, conflicts, repeats FROM duplicates") == [("acme", 1, 2)]
    assert recount.count("SELECT sum(amount) FROM orders") == 100


def test_same_id_of_two_tenants_is_two_events(book: Book) -> None:
    """Event ids are those of a tenant and a source: another tenant's event is another event."""
    for tenant in ("acme", "zeta"):
        book.add(
            "customer.created",
            "c1",
            tenant=tenant,
            event_id="same",
            created_at="2026-03-02T03:00:00Z",
        )
    recount = book.recount()
    assert recount.count("SELECT count(*) FROM events") == 2


def test_what_is_not_an_event_is_left_out(book: Book) -> None:
    """Records that are not JSON or not events count nothing and harm nothing."""
    for value in (None, "{", "[1]", "7", '{"tenantid":"acme","type":"order.created"}'):
        book.add_raw(value)
    order(book)
    assert book.recount().count("SELECT count(*) FROM events") == 1


def test_revision_goes_before_time(book: Book) -> None:
    """The larger revision is later even if its time is earlier; without revision the time is."""
    book.add("order.updated", "o1", revision=2, time="2026-03-01T00:00:00Z", owner_id="binh")
    book.add("order.updated", "o1", revision=1, time="2026-03-09T00:00:00Z", owner_id="an")
    assert book.register("order", "o1", "owner") == f'[{(2 << 42) + 1772323200000},"binh"]'


def test_equal_versions_take_the_larger_value(book: Book) -> None:
    """Of equal versions the larger value wins, null is the smallest, whatever came first."""
    for owner in ("an", "binh", None):
        book.add("order.updated", "o1", owner_id=owner)
    assert book.register("order", "o1", "owner") == '[1772420400000,"binh"]'


def test_day_is_local_to_the_zone_in_force(book: Book) -> None:
    """The zone holds for records after its setting: days computed before it stay."""
    late = "2026-03-02T20:00:00Z"
    book.add("customer.created", "c1", created_at=late, creator_id="an")
    book.add("setting.changed", "company", time_zone="America/New_York")
    book.add("customer.created", "c2", created_at=late, creator_id="an")
    book.add("setting.changed", "company", currency="USD")
    book.add("customer.created", "c3", created_at=late, creator_id="an")
    assert book.cells("customers_found") == {
        ("customers_found", "", "an", 20260303): 1,
        ("customers_found", "", "an", 20260302): 2,
    }


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Asia/Ho_Chi_Minh", "2026-03-01T16:59:59.999Z", 20260301),
        ("Asia/Ho_Chi_Minh", "2026-03-01T17:00:00Z", 20260302),
        ("America/New_York", "2026-03-08T04:59:59Z", 20260307),
        ("America/New_York", "2026-03-09T03:59:59Z", 20260308),
        ("America/New_York", "2026-03-09T04:00:00Z", 20260309),
        ("Europe/London", "2026-10-25T00:30:00Z", 20261025),
        ("Asia/Kathmandu", "2026-03-01T18:15:00Z", 20260302),
    ],
)
def test_midnight_and_clock_changes(book: Book, zone: str, at: str, day: int) -> None:
    """The day turns at local midnight, also around clock changes and odd offsets."""
    book.add("setting.changed", "company", time_zone=zone)
    book.add("customer.created", "c1", created_at=at, creator_id="an")
    assert book.cells("customers_found") == {("customers_found", "", "an", day): 1}


def test_offsets_are_exact_to_the_second() -> None:
    """The table of a zone begins before all time and changes at the second of the law."""
    rows = offsets("America/New_York")
    assert rows[0] == ("America/New_York", -(10**15), -18_000_000)
    assert ("America/New_York", 1772953200000, -14_400_000) in rows
    assert len(offsets("Asia/Ho_Chi_Minh")) == 1


def test_department_of_the_day(book: Book) -> None:
    """A sale counts for the department on its day; before the first place the first one holds."""
    book.add("employee.upserted", "an", name="An", department_id="north", valid_from="2026-03-02")
    book.add("employee.upserted", "an", name="An", department_id="south", valid_from="2026-03-04")
    for subject, date in (("o1", "2026-02-01"), ("o2", "2026-03-03"), ("o3", "2026-03-04")):
        order(book, subject, order_date=date)
    assert book.cells("orders", scope="department") == {
        ("orders", "", "north", 20260201): 1,
        ("orders", "", "north", 20260303): 1,
        ("orders", "", "south", 20260304): 1,
    }


def test_larger_version_wins_a_place(book: Book) -> None:
    """Of two places from one day the larger version holds; without a date the day of the event."""
    book.add(
        "employee.upserted",
        "an",
        name="An",
        department_id="south",
        revision=2,
        valid_from="2026-03-02",
    )
    book.add("employee.upserted", "an", name="An", department_id="north", revision=1)
    order(book)
    assert book.cells("orders", scope="department") == {("orders", "", "south", MARCH_2): 1}


def test_nobody_and_nowhere_are_a_dash(book: Book) -> None:
    """No owner, an unknown owner and one without department count in department '-'."""
    book.add("employee.upserted", "cuc", name="Cuc")
    order(book, "o1", owner_id=None)
    order(book, "o2", owner_id="unknown")
    order(book, "o3", owner_id="cuc")
    assert book.cells("orders", scope="department") == {("orders", "", "-", MARCH_2): 3}
    assert book.cells("orders") == {
        ("orders", "", who, MARCH_2): 1 for who in ("-", "unknown", "cuc")
    }


def test_months_sum_the_days_and_zero_is_not_stored(book: Book) -> None:
    """A month holds the sum of its days; a refund that cancels a sale leaves no cell at all."""
    order(book, "o1")
    order(book, "o2", order_date="2026-03-05")
    order(book, "o3", order_date="2026-04-01")
    order(book, "o4", order_date="2026-04-01", total={"amount": -100, "currency": "VND"})
    recount = book.recount()
    assert recount.rows(
        "SELECT day, value FROM cells WHERE grain <> 'gauge' AND metric = 'sales'"
        " AND scope = 'company' ORDER BY day"
    ) == [(202603, 200), (20260302, 100), (20260305, 100)]


def test_currencies_are_never_added(book: Book) -> None:
    """Each currency has its own cell."""
    order(book, "o1")
    order(book, "o2", total={"amount": 7, "currency": "USD"})
    assert book.cells("sales", scope="company") == {
        ("sales", "currency:VND", "all", MARCH_2): 100,
        ("sales", "currency:USD", "all", MARCH_2): 7,
    }
