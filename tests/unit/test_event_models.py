"""The models of the vocabulary: what contradicts itself is refused, what is odd but true is not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import parse_event, read_event
from schemas.rejection import Rejection
from tests.ingest_mistakes import MISTAKES, line, money, order
from tests.ingest_rig import event

AT = "2026-11-20T09:00:00+07:00"


def judged(kind: str, data: dict[str, Any]) -> bytes | Rejection:
    """Parse an event of a type with this data."""
    return parse_event(event("acme", 1, type=kind, data=data), "acme")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_contradiction_is_refused_with_its_place(name: str) -> None:
    """Each mistake of the table is refused with its code and pointer, in a short sentence."""
    mistake = MISTAKES[name]
    outcome = judged(mistake.type, mistake.data)
    assert isinstance(outcome, Rejection)
    assert (outcome.code, outcome.pointer) == (mistake.code, mistake.pointer)
    assert 0 < len(outcome.detail) < 200


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("task.created", {"created_at": AT, "start": "2026-11-23", "end": "2026-11-23"}),
        ("task.created", {"created_at": AT, "start": AT, "end": AT}),
        ("task.created", {"created_at": AT, "start": "2026-11-20", "end": AT}),
        ("task.created", {"created_at": AT, "start": AT, "end": "2026-11-20"}),
        ("task.updated", {"end": None}),
        ("task.updated", {"end": "2026-11-01"}),
        ("contract.updated", {"effective_from": "2026-12-01", "effective_to": "2026-12-01"}),
        ("contract.updated", {"effective_to": "2020-01-01"}),
        ("order.created", order()),
        ("order.created", order(lines=None, discount=money(200, "USD"))),
        ("order.created", order(total=money(-1500), lines=[line(1, -1500)], discount=None)),
        ("order.created", order(vat=money(150), shipping=money(30, "USD"))),
        ("order.created", order(total=money(0), lines=[line(3, 0)], discount=None)),
        ("order.updated", {"total": money(5)}),
        ("order.returned", {"return_id": "r", "returned_at": AT, "lines": [line(amount=0)]}),
        ("stock.received", {"voucher_date": "2026-11-20", "lines": [line() | {"amount": None}]}),
        ("call.ended", {"direction": "inbound", "ended_at": AT, "duration_s": 0}),
        ("stock.issued", {"voucher_date": "2026-11-20", "lines": []}),
        ("period.locked", {"first": "2026-11-20", "last": "2026-11-20"}),
    ],
)  # fmt: skip
def test_what_is_odd_but_possible_is_taken(kind: str, data: dict[str, Any]) -> None:
    """Equal ends, gifts, refunds, days beside instants and a single changed end are no mistakes."""
    assert isinstance(judged(kind, data), bytes)


@given(st.integers(0, 10**12))
def test_every_quantity_of_three_decimals_is_taken(thousandths: int) -> None:
    """A quantity counted in thousandths survives the log exactly, however large it is."""
    data = {"voucher_date": "2026-11-20", "lines": [line(thousandths / 1000)]}
    record = judged("stock.issued", data)
    assert isinstance(record, bytes)
    kept = read_event(record).data["lines"][0]["quantity"]
    assert round(kept * 1000) == thousandths


@given(st.integers(1, 999), st.integers(0, 10**5), st.integers(1, 9))
def test_a_fourth_decimal_is_refused(part: int, whole: int, fourth: int) -> None:
    """A quantity that cannot be counted in thousandths is refused, not rounded."""
    data = {
        "voucher_date": "2026-11-20",
        "lines": [line(float(f"{whole}.{part:03d}{fourth}"))],
    }
    outcome = judged("stock.issued", data)
    assert isinstance(outcome, Rejection)
    assert outcome.pointer == "/data/lines/0/quantity"


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8),
    st.integers(-(10**6), 10**6),
    st.integers(-3, 3),
)
def test_lines_add_up_or_are_refused(amounts: list[int], discount: int, off: int) -> None:
    """The amounts of the lines less the discount are the total, to the last minor unit."""
    total = sum(amounts) - discount
    data = order(
        total=money(total + off),
        lines=[line(1, amount) for amount in amounts],
        discount=money(discount),
    )
    outcome = judged("order.created", data)
    if off:
        assert isinstance(outcome, Rejection)
        assert outcome.code == "lines_do_not_add_up"
        assert str(total) in outcome.detail
    else:
        assert isinstance(outcome, bytes)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


@given(MOMENTS, st.integers(-12, 14), MOMENTS, st.integers(-12, 14))
def test_a_plan_of_instants_is_in_order_in_any_zone(
    start: datetime, start_offset: int, end: datetime, end_offset: int
) -> None:
    """Two instants are compared as instants, whatever offsets they are written with."""
    first = start.replace(tzinfo=timezone(timedelta(hours=start_offset)))
    last = end.replace(tzinfo=timezone(timedelta(hours=end_offset)))
    outcome = judged("task.updated", {"start": first.isoformat(), "end": last.isoformat()})
    assert isinstance(outcome, bytes) == (first <= last)
