"""Cases of customers, and the columns that hold them through many changes."""

from __future__ import annotations

import random

import msgspec
import numpy as np

from schemas.facts import Customer
from services.query.cohorts.case import Case, case_of
from services.query.cohorts.columns import Columns
from services.query.cohorts.telesales import evaluate
from services.query.cohorts.units import TelesalesQuestion
from services.query.periods import Period
from tests.unit.cohort_people import (
    NOON,
    TODAY,
    YESTERDAY,
    appointment,
    call,
    columns_of,
    customer,
    opportunity,
    order,
    payment,
    told,
)

QUESTION = TelesalesQuestion(
    subject="customer", created=Period(YESTERDAY, TODAY), called=Period(YESTERDAY, TODAY)
)


def of(survivor: Customer, *absorbed: Customer) -> Case:
    """Return the case of a customer that has one."""
    found = case_of(survivor, absorbed)
    assert found is not None
    return found


def dice_case(dice: random.Random, number: int) -> Case:
    """Make any customer."""
    owners = ["B", "C", None]
    made = customer(
        f"c{number}",
        dice.choice(owners),
        dice.choice([YESTERDAY, TODAY]),
        number=number,
        sources=dice.sample(["web", "fair", "ads"], dice.randint(0, 2)),
        stages=[(TODAY, dice.choice(["new", "hot"])) for _ in range(dice.randint(0, 3))],
        calls=tuple(
            call(dice.choice(owners), dice.choice([0, 9])) for _ in range(dice.randint(0, 4))
        ),
        appointments=tuple(appointment() for _ in range(dice.randint(0, 2))),
        orders=tuple(
            order(
                dice.randint(0, 2), 100, dice.choice([0, 7]), currency=dice.choice(["VND", "USD"])
            )
            for _ in range(dice.randint(0, 2))
        ),
        payments=tuple(payment(3) for _ in range(dice.randint(0, 1))),
        opportunities=tuple(opportunity("spring", "B") for _ in range(dice.randint(0, 2))),
    )
    return of(made)


def test_columns_hold_what_was_put_last() -> None:
    """However customers were put, replaced, removed and the room of the dead was given back."""
    dice = random.Random(5)
    columns, expected = Columns(), dict[int, Case]()
    for turn in range(60):
        cases = [dice_case(dice, number) for number in dice.sample(range(40), dice.randint(0, 9))]
        columns.put(cases)
        expected |= {case.number: case for case in cases}
        gone = dice.sample(range(50), 3)
        columns.remove(gone)
        expected = {number: case for number, case in expected.items() if number not in gone}
        if turn % 7 == 0:
            columns.compact()
        assert told(columns).keys() == expected.keys()
        assert len(columns) == len(expected)
    fresh = Columns()
    fresh.put(list(expected.values()))
    assert told(columns) == told(fresh)
    assert evaluate(columns, QUESTION) == evaluate(fresh, QUESTION)


def test_the_dead_are_noticed_and_their_room_given_back() -> None:
    """Columns are sparse once most slots are dead, and not any more when compacted."""
    columns, dice = Columns(), random.Random(6)
    cases = [dice_case(dice, number) for number in range(20)]
    for _ in range(60):
        columns.put(cases)
    assert columns.is_sparse
    before = told(columns)
    columns.compact()
    assert not columns.is_sparse
    assert len(columns.people) == 20
    assert told(columns) == before


def test_rows_are_told_slot_by_slot() -> None:
    """Slots may be asked for in any order and repeatedly; the position is that asked for."""
    columns = columns_of(
        [
            customer("a", calls=(call("B"), call("C"))),
            customer("b"),
            customer("c", calls=(call("D"),)),
        ]
    )
    rows = columns.calls.rows(np.array([2, 0, 1, 2]))
    agents = [columns.codes.names[code] for code in columns.calls["agent"][rows.at]]
    assert agents == ["D", "B", "C", "D"]
    assert rows.parent.tolist() == [0, 1, 1, 3]
    assert columns.calls.counts(np.array([0, 1, 2])).tolist() == [2, 0, 1]
    assert len(columns.calls.rows(np.array([], int)).at) == 0


def test_a_case_is_the_survivor_with_the_dealings_of_its_group() -> None:
    """Owner, stages, sources and name are the survivor's own, the creation the earliest."""
    shared = call("B")
    survivor = customer("x", "B", sources=["web", "web"], stages=[(TODAY, "new")], calls=(shared,))
    absorbed = customer(
        "y", "C", YESTERDAY, sources=["fair"], stages=[(TODAY, "hot")], calls=(shared, call("C"))
    )
    found = of(survivor, absorbed)
    assert (found.owner, found.stage, found.name, found.sources) == ("B", "new", "X", ("web",))
    assert (found.created_ms, found.created_day) == (NOON[YESTERDAY], YESTERDAY)
    assert len(found.calls) == 2
    assert [stage.stage for stage in found.stages] == ["new"]


def test_a_case_that_nobody_created() -> None:
    """Known but without creation it is a case of no day; a mere stub is none."""
    assert of(customer("x", created=None)).created_day == 0
    assert case_of(Customer("stub", 1)) is None
    assert case_of(Customer("stub", 1), [customer("y")]) is not None


def test_stages_stand_in_the_order_of_their_versions() -> None:
    """A later version of an earlier moment is the later entry; no stage is ''."""
    stages = ((5, NOON[YESTERDAY], YESTERDAY, None, None), (1, NOON[TODAY], TODAY, "new", None))
    found = of(msgspec.structs.replace(customer("x"), stages=stages))
    assert [(entry.stage, entry.day) for entry in found.stages] == [("new", TODAY), ("", YESTERDAY)]
    assert found.stage == ""
