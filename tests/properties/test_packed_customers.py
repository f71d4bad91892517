"""Customers are written shorter than they are: nothing is lost, and their heads are read alone."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Customer, head_of_customer, pack, unpack

_TIMES = st.integers(1_795_187_737_000, 1_795_287_737_000) | st.integers(-(2**42), 2**42)
_DAYS = st.sampled_from([20261120, 20261121]) | st.integers(19700101, 21001231)
_NUMBERS = st.integers(0, 2**32 - 1)
_NAMES = st.none() | st.text(max_size=4)
_MARKS = st.tuples(_NUMBERS, _TIMES, _DAYS, _NAMES, st.booleans(), st.integers(0, 90_000))
_USUAL = _MARKS.map(lambda mark: (*mark[:4], mark[5] > 0, mark[5]))
_CUSTOMERS = st.builds(
    Customer,
    id=st.text(max_size=6),
    number=_NUMBERS,
    created=st.none() | st.tuples(st.integers(0, 2**60), _TIMES, _DAYS, _NAMES),
    known=st.booleans(),
    merged=st.none() | st.tuples(st.integers(0, 2**60), st.text(max_size=4)),
    absorbed=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    contacted=_DAYS,
    bought=st.lists(st.tuples(_DAYS, st.integers(1, 9)), max_size=2).map(tuple),
    calls=st.lists(_USUAL, max_size=5).map(tuple) | st.lists(_MARKS, max_size=5).map(tuple),
    appointments=st.lists(st.tuples(_NUMBERS, _TIMES, _DAYS, st.booleans()), max_size=2).map(tuple),
    erased=st.none() | st.integers(0, 2**60),
)


@given(_CUSTOMERS)
def test_a_customer_comes_back_as_it_was(customer: Customer) -> None:
    again = unpack(pack(customer))
    assert again == customer
    assert type(again) is Customer
    assert isinstance(again.calls, tuple)
    assert all(isinstance(mark[4], bool) for mark in again.calls)


@given(_CUSTOMERS)
def test_the_head_of_a_packed_customer_is_read_alone(customer: Customer) -> None:
    head = head_of_customer(pack(customer))
    assert (head.id, head.number, head.created) == (customer.id, customer.number, customer.created)
    assert (head.merged, head.absorbed) == (customer.merged, customer.absorbed)


def test_a_call_to_a_customer_is_little_more_than_its_agent() -> None:
    """Days, times and numbers are steps from one call to the next."""
    at = 1_795_187_737_000
    calls = tuple(
        (70_000 + 900 * n, at + 3_600_000 * n, 20261120, f"emp{n}", n % 2 > 0, 45 * (n % 2))
        for n in range(4)
    )
    customer = Customer("c1", 12, created=(at, at, 20261120, "emp0"), calls=calls)
    alone = len(pack(msgspec.structs.replace(customer, calls=())))
    assert len(pack(customer)) - alone <= 4 * 17
    assert unpack(pack(customer)) == customer
