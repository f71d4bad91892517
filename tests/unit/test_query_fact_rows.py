"""What facts show of themselves: the fields that docs/api.md promises, and awkward values."""

from __future__ import annotations

import re
from pathlib import Path

from schemas.facts import (
    KINDS,
    Amount,
    Contract,
    Goods,
    Order,
    Payment,
    Target,
    Task,
    Term,
    Voucher,
)
from schemas.kpis.clock import LAST, Window
from services.query.fact_rows import own_fields, row_of, window_of
from services.query.journey_events import events_of
from services.query.lists import Row, RowKey
from services.query.names import Sight

API = Path(__file__).parents[2] / "docs" / "api.md"
AT = 1_795_323_600_000
TODAY = 20261122


def promised() -> dict[str, list[str]]:
    """Return kind -> fields as the documentation lists them."""
    text = API.read_text().partition("Fields by kind")[2].partition("- `GET /v1/customers")[0]
    nested = re.sub(r"\[\{.*?\}\]|\([^`]*?\)", "", text)
    return {
        kind: [name.strip().rstrip(":") for name in fields.split(",")]
        for kind, fields in re.findall(r"(\w+): `([^`]*)`", nested)
    }


def test_every_kind_shows_what_is_documented() -> None:
    """A fact of which nothing is known yet has all documented fields of its kind, in that order."""
    blank = [(name, kind("x", 1)) for kind, name in KINDS.items()]
    shown = {name: list(own_fields(fact)) for name, fact in blank if own_fields(fact)}
    assert shown == promised()


def test_what_no_list_holds_shows_nothing() -> None:
    """Terms, targets and people are in no list."""
    assert [own_fields(Term("x", 1)), own_fields(Target("x", 1))] == [{}, {}]


def test_an_order_tells_what_it_is_made_of() -> None:
    """Quantities are numbers with up to three decimals; only payments in its currency count."""
    order = Order(
        "o",
        1,
        total=(1, Amount(900, "VND")),
        approval=(1, "rejected", AT, TODAY, "head"),
        lines=(1, (Goods("a", 2_000, 900, "VND"), Goods("b", 125))),
        returns={"r": (1, AT, TODAY, (Goods("a", 1_000, 450, "VND"),))},
        paid=((TODAY, "USD", 7), (TODAY, "VND", 300), (TODAY, "VND", 200)),
    )
    found = own_fields(order)
    assert (found["paid"], found["approval"], found["approved_at"]) == (500, "rejected", None)
    assert found["decided_at"] == "2026-11-22T05:00:00.000Z"
    assert [(line["quantity"], line["amount"]) for line in found["lines"]] == [
        (2, 900),
        (0.125, None),
    ]
    assert [event["what"] for _, event in events_of(order, "UTC")] == ["rejected", "returned"]


def test_a_payment_taken_back_without_an_amount_is_all_of_it() -> None:
    """`reversed` is what went back, in minor units."""
    payment = Payment(
        "y", 1, received=(1, AT, TODAY, Amount(70, "VND")), reversed=(2, AT, TODAY, None)
    )
    assert own_fields(payment)["reversed"] == 70


def test_a_day_that_is_none_is_null() -> None:
    """Day 0 of a task, contract or row is no date."""
    task = own_fields(Task("t", 1, start=(1, 0), end=(1, 0, 0)))
    assert (task["start"], task["end"], task["due_at"], task["status"]) == (
        None,
        None,
        None,
        "open",
    )
    assert own_fields(Contract("k", 1, end=(1, 0)))["effective_to"] is None
    assert row_of(Row(RowKey(0, 1), Task("t", 1)), sight=Sight(has_phones=True))["day"] is None


def test_a_row_scored_by_an_instant_says_when() -> None:
    """A list in order of deadlines carries the instant, not a day; nobody is null."""
    row = row_of(Row(RowKey(AT, 1, "-:-"), Task("t", 1)), sight=Sight(has_phones=True))
    assert (row["day"], row["at"], row["employee_id"]) == (None, "2026-11-22T05:00:00.000Z", None)


def test_an_open_end_of_a_window_is_null() -> None:
    """The first and the last band have one end, 'never' has none."""
    assert window_of("0-6", Window(20261116, LAST)) == {
        "band": "0-6",
        "from": "2026-11-16",
        "to": None,
    }
    assert window_of("never", Window(0, 0)) == {"band": "never", "from": None, "to": None}


def test_a_voucher_happens_as_its_day_begins() -> None:
    """In a journey a day stands at its first moment, in the tenant's zone."""
    voucher = Voucher("v", 1, paper=(1, "out", TODAY, "sale", "an", "acme", ()))
    ((at_ms, event),) = events_of(voucher, "Asia/Ho_Chi_Minh")
    assert at_ms == AT - 12 * 3_600_000
    assert (event["what"], event["employee_id"]) == ("issued", "an")
