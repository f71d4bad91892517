"""What the facts of people say: department of a day, owner and stage of now."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Customer, Employee, department_on, departments_of, owner_of, stage_of

names = st.none() | st.text(max_size=20)
numbers = st.integers(0, 2**53)
versions = st.integers(0, 2**63 - 1)
days = st.integers(19900101, 20991231)
entries = st.tuples(versions, numbers, days, names)
PLACES = Employee(
    "e",
    1,
    places=((20260101, 1, "north", None), (20260601, 2, "south", None), (20261201, 3, None, None)),
)


@pytest.mark.parametrize(
    ("day", "department"),
    [
        (20251231, "north"),
        (20260101, "north"),
        (20260531, "north"),
        (20260601, "south"),
        (20261130, "south"),
        (20261201, None),
        (20990101, None),
        (0, None),
    ],
)
def test_the_department_of_a_day(day: int, department: str | None) -> None:
    """The latest place that has begun holds, the first also before it, the last one is now."""
    assert department_on(PLACES, day) == department


def test_all_departments_of_now() -> None:
    """Those of the last place hold: the one that counts and the others said with it."""
    two = ((20260101, 1, "north", None), (20260601, 2, "south", None))
    others = ((20260101, ("care",)), (20260601, ("east", "north")))
    assert departments_of(Employee("e", 1, places=two, others=others)) == {"south", "east", "north"}
    assert departments_of(Employee("e", 1, places=two, others=others[:1])) == {"south"}
    assert departments_of(PLACES) == frozenset()
    assert departments_of(None) == frozenset()


@pytest.mark.parametrize("employee", [None, Employee("e", 1)])
def test_an_unknown_employee_has_no_department(employee: Employee | None) -> None:
    """Nobody, and somebody without a place, is in no department."""
    assert department_on(employee, 20261120) is None


@given(st.lists(entries, min_size=1, max_size=6).flatmap(st.permutations))
def test_the_owner_does_not_depend_on_the_order_of_arrival(entries: list[Any]) -> None:
    """The largest (version, time, value) is the owner, in whatever order the set is kept."""
    owner = owner_of(Customer("u", 1, owners=tuple(entries)))
    best = max((version, at, value or "") for version, at, _, value in entries)
    assert (owner or "") == best[2]


@given(st.lists(st.tuples(versions, numbers, days, names, names), min_size=1, max_size=6))
def test_the_stage_is_the_latest_entry(entries: list[Any]) -> None:
    """The current stage is the one of the largest (version, time, value)."""
    stage = stage_of(Customer("u", 1, stages=tuple(entries)))
    best = max((version, at, value or "") for version, at, _, value, _ in entries)
    assert (stage or "") == best[2]


def test_a_stub_has_neither_owner_nor_stage() -> None:
    """A customer of whom only the id is known belongs to nobody and stands nowhere."""
    assert owner_of(Customer("u", 1)) is None
    assert stage_of(Customer("u", 1)) is None
