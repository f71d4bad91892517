"""The telesales report, worked by hand: every column, both subjects, every filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from schemas.facts import Customer
from schemas.kpis.columns import TELESALES
from services.query.cohorts.columns import Columns
from services.query.cohorts.telesales import Counted, evaluate, members, nothing
from services.query.cohorts.units import TelesalesQuestion
from services.query.periods import Period
from tests.unit.cohort_people import (
    TODAY,
    YESTERDAY,
    appointment,
    call,
    columns_of,
    customer,
    opportunity,
    order,
    payment,
)

DEFAULT = TelesalesQuestion(
    subject="customer", created=Period(TODAY, TODAY), called=Period(TODAY, TODAY)
)
BY_OPPORTUNITY = replace(DEFAULT, subject="opportunity")
IDENTITIES = (
    ("called", "not_called"),
    ("customers_with_appointment", "no_appointment"),
    ("customers_with_order", "no_order"),
)


def asked(*customers: Any, question: TelesalesQuestion = DEFAULT, **changes: Any) -> Counted:
    """Evaluate a question; what must hold of every answer is checked here."""
    columns, wanted = columns_of(customers), replace(question, **changes)
    found = evaluate(columns, wanted)
    check(columns, wanted, found)
    return found


def check(columns: Columns, question: TelesalesQuestion, found: Counted) -> None:
    """Check the identities, and that each list is as long as its figure says."""
    units = "customers" if question.subject == "customer" else "opportunities"
    answers = [*found.rows.items(), (None, found.total)]
    for owner, figures in answers:
        for one, other in IDENTITIES:
            assert _count(figures[one]) + _count(figures[other]) == figures[units]
        for column in TELESALES[question.subject]:
            listed = members(columns, question, owner, column.name)
            assert listed == sorted(listed)
            if column.counts:
                assert len(listed) == figures[column.name], (owner, column.name)
            elif column.unit == "money":
                assert bool(listed) >= bool(figures[column.name]), (owner, column.name)


def _count(figure: Any) -> int:
    assert isinstance(figure, int)
    return figure


def told(figures: dict[str, Any], *names: str) -> Sequence[Any]:
    """Return some figures, in the order of their names."""
    return [figures[name] for name in names]


def test_a_call_of_a_colleague_leaves_the_customer_uncalled() -> None:
    """V14: what colleague C phones is no call of owner B, but one by anyone."""
    found = asked(customer("x", "B", calls=(call("C", 60),)))
    assert told(found.rows["B"], "called", "not_called", "calls_attempted") == [0, 1, 0]
    assert told(found.rows["B"], "called_by_anyone", "calls_by_anyone") == [1, 1]
    assert told(found.rows["B"], "calls_connected_by_anyone", "customers_reached") == [1, 0]
    loose = asked(customer("x", "B", calls=(call("C", 60),)), any_agent=True)
    assert told(loose.rows["B"], "called", "not_called", "calls_attempted") == [1, 0, 1]
    assert told(loose.rows["B"], "customers_reached", "talk_seconds") == [1, 60]


def test_appointments_and_orders_of_anyone_count_for_the_owner() -> None:
    """V15: whoever made them, the row of the owner has them."""
    found = asked(
        customer("x", "B", appointments=(appointment(),), orders=(order(1, 500),)),
    )
    names = ("appointments", "customers_with_appointment", "orders", "customers_with_order")
    assert told(found.rows["B"], *names) == [1, 1, 1, 1]


def test_three_attempts_one_answered() -> None:
    """V16: called counts the customer once, successful calls count the call."""
    calls = (call("B"), call("B", 42), call("B"))
    found = asked(customer("x", "B", calls=calls)).rows["B"]
    assert told(found, "called", "customers_reached") == [1, 1]
    assert told(found, "calls_attempted", "calls_connected", "talk_seconds") == [3, 1, 42]


def test_the_parts_of_the_cohort_make_it_up() -> None:
    """V17: called + not called = with appointment + without = with order + without = customers."""
    found = asked(
        customer("a", "B", calls=(call("B"),)),
        customer("b", "B", appointments=(appointment(completed=True), appointment())),
        customer("c", "C", orders=(order(2, 100), order(2, 50))),
        customer("d", None, calls=(call("B", 9),)),
    )
    assert {owner: figures["customers"] for owner, figures in found.rows.items()} == {
        "B": 2,
        "C": 1,
        "-": 1,
    }
    assert told(found.total, "customers", "called", "no_appointment", "no_order") == [4, 1, 3, 3]
    assert told(found.rows["B"], "appointments", "appointments_completed") == [2, 1]


def test_nobody_calls_the_customers_of_nobody() -> None:
    """A unit without owner is not called, though a call without agent stands there."""
    found = asked(customer("x", None, calls=(call(None), call("B"))))
    assert told(found.rows["-"], "called", "not_called", "calls_by_anyone") == [0, 1, 2]
    assert asked(customer("x", None, calls=(call(None),)), any_agent=True).total["called"] == 1


def test_the_windows_are_two() -> None:
    """The creation window picks customers, the call window picks calls and nothing else."""
    people = (
        customer("old", "B", day=YESTERDAY, calls=(call("B"), call("B", day=YESTERDAY))),
        customer("new", "B", calls=(call("B", day=YESTERDAY),)),
    )
    assert told(asked(*people).total, "customers", "calls_attempted") == [1, 0]
    both = asked(*people, created=Period(YESTERDAY, TODAY))
    assert told(both.total, "customers", "called", "calls_attempted") == [2, 1, 1]
    all_calls = asked(*people, created=Period(YESTERDAY, TODAY), called=Period(YESTERDAY, TODAY))
    assert told(all_calls.total, "called", "calls_attempted") == [2, 3]


def test_what_came_before_the_window_does_not_count() -> None:
    """Appointments and orders count from the first day of the creation window until now."""
    found = asked(
        customer(
            "x",
            "B",
            appointments=(appointment(day=YESTERDAY), appointment(day=20261123)),
            orders=(order(2, 700, 200, day=YESTERDAY), order(2, 100, 30, day=20261123)),
        )
    ).total
    assert told(found, "appointments", "orders", "order_value") == [1, 1, {"VND": 100}]
    assert told(found, "collected", "collected_other") == [{"VND": 30}, {"VND": 200}]
    assert told(found, "debt", "balance") == [{"VND": 70}, {"VND": 570}]


def test_money_by_state_of_the_order() -> None:
    """Approved is value, pending is apart, what does not count any more leaves its payments."""
    found = asked(
        customer(
            "x",
            "B",
            orders=(order(2, 1000, 400), order(1, 300, 50), order(0, 99, 25)),
            payments=(payment(7),),
        )
    ).total
    assert told(found, "orders", "order_value", "order_value_pending") == [
        2,
        {"VND": 1000},
        {"VND": 300},
    ]
    assert told(found, "collected", "collected_other") == [{"VND": 450}, {"VND": 32}]
    assert told(found, "debt", "balance") == [{"VND": 550}, {"VND": 518}]


def test_currencies_stay_apart_and_a_debt_may_be_below_zero() -> None:
    """Nothing is added over currencies, and who paid too much has a debt below zero."""
    found = asked(
        customer(
            "x",
            "B",
            orders=(
                order(2, 100, 130),
                order(2, 10, currency="USD"),
                order(2, 5, 5, currency="EUR"),
            ),
        ),
    ).total
    assert found["debt"] == {"USD": 10, "VND": -30}
    assert found["order_value"] == {"EUR": 5, "USD": 10, "VND": 100}


def test_sums_are_exact_beyond_64_bits() -> None:
    """Many of the largest amounts there may be add up without going round."""
    largest = 10**15
    people = [customer(f"c{n}", "B", orders=(order(2, largest),)) for n in range(9_300)]
    found = evaluate(columns_of(people), DEFAULT)
    assert found.total["order_value"] == {"VND": 9_300 * largest}
    assert found.rows["B"]["balance"] == {"VND": 9_300 * largest}


def test_one_number_of_two_customers() -> None:
    """A call to a number that two customers share calls both, and is one call."""
    shared = call("B", 30)
    found = asked(customer("x", "B", calls=(shared,)), customer("y", "B", calls=(shared,)))
    assert told(found.rows["B"], "called", "calls_attempted", "talk_seconds") == [2, 1, 30]
    apart = asked(customer("x", "B", calls=(shared,)), customer("y", "C", calls=(shared,)))
    assert told(apart.rows["C"], "called", "calls_attempted", "calls_by_anyone") == [0, 0, 1]
    assert told(apart.total, "called_by_anyone", "calls_by_anyone") == [2, 1]
    loose = asked(
        customer("x", "B", calls=(shared,)), customer("y", "C", calls=(shared,)), any_agent=True
    )
    assert [figures["talk_seconds"] for figures in loose.rows.values()] == [30, 30]
    assert told(loose.total, "called", "calls_attempted", "talk_seconds") == [2, 1, 30]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"source": "web"}, {"a", "b"}),
        ({"source": ""}, {"c", "d"}),
        ({"source": "unheard"}, set()),
        ({"group": "vip"}, {"a", "c"}),
        ({"group": ""}, {"b", "d"}),
        ({"source": "web", "group": "vip"}, {"a"}),
        ({"source": "", "group": ""}, {"d"}),
        ({"owners": frozenset({"B"})}, {"a", "b"}),
        ({"owners": frozenset({"-", "C"})}, {"c", "d"}),
        ({"owners": frozenset()}, set()),
        ({"owners": frozenset({"unheard"})}, set()),
        ({"campaign": "spring"}, {"a", "d"}),
        ({"campaign": ""}, {"b"}),
        ({"campaign": "unheard"}, set()),
        ({"campaign": "spring", "owners": frozenset({"B"}), "source": "web"}, {"a"}),
    ],
)
def test_filters_are_joined_by_and(filters: dict[str, Any], names: set[str]) -> None:
    """Each filter takes out those it does not name."""
    people = [
        customer("a", "B", sources=["web", "fair"], groups=["vip"],
                 opportunities=(opportunity("spring", None, YESTERDAY),)),
        customer("b", "B", sources=["web"], opportunities=(opportunity("", "B"),)),
        customer("c", "C", sources=[], groups=["vip", "new"]),
        customer("d", None, opportunities=(opportunity("spring", "B"),)),
    ]  # fmt: skip
    number = {person.number: person.id for person in people}
    columns, question = columns_of(people), replace(DEFAULT, **filters)
    check(columns, question, evaluate(columns, question))
    assert {number[found] for found in members(columns, question, None, "customers")} == names


def test_units_by_opportunity() -> None:
    """Each (customer, campaign, owner of the opportunity) is a unit; people are told apart."""
    x = customer(
        "x",
        "B",
        calls=(call("B", 5), call("C")),
        orders=(order(2, 100, 40),),
        appointments=(appointment(),),
        opportunities=(
            opportunity("spring", "B"),
            opportunity("spring", "B"),
            opportunity("spring", "C"),
            opportunity("autumn", "B"),
            opportunity("", None),
        ),
    )
    y = customer("y", "C", opportunities=(opportunity("spring", "C"),))
    found = asked(x, y, question=BY_OPPORTUNITY)
    assert {owner: row["opportunities"] for owner, row in found.rows.items()} == {
        "B": 2,
        "C": 2,
        "-": 1,
    }
    assert {owner: row["customers_distinct"] for owner, row in found.rows.items()} == {
        "B": 1,
        "C": 2,
        "-": 1,
    }
    assert told(found.total, "opportunities", "customers_distinct") == [5, 2]
    assert told(found.rows["B"], "called", "calls_attempted", "talk_seconds") == [2, 1, 5]
    assert told(found.rows["C"], "called", "not_called", "calls_by_anyone") == [1, 1, 2]
    assert [row["order_value"] for row in found.rows.values()] == [{"VND": 100}] * 3
    assert told(found.total, "orders", "customers_with_order") == [1, 4]
    assert told(found.total, "order_value", "debt") == [{"VND": 100}, {"VND": 60}]
    assert told(found.total, "called", "calls_attempted", "calls_by_anyone") == [3, 2, 2]


def test_the_first_time_in_a_campaign_decides() -> None:
    """Added again to a campaign, by whomever: the first day counts, of all units of it."""
    again = customer(
        "x",
        "B",
        day=YESTERDAY,
        opportunities=(opportunity("spring", "C"), opportunity("spring", "B", YESTERDAY)),
    )
    assert asked(again, question=BY_OPPORTUNITY).total["opportunities"] == 0
    before = Period(YESTERDAY, YESTERDAY)
    found = asked(again, question=BY_OPPORTUNITY, created=before)
    assert {owner: row["opportunities"] for owner, row in found.rows.items()} == {"B": 1, "C": 1}


def test_filters_by_opportunity() -> None:
    """Campaign and owner are those of the unit, source and group those of the customer."""
    x = customer(
        "x", "B", day=YESTERDAY, sources=["web"],
        opportunities=(opportunity("spring", "C"), opportunity("autumn", "D")),
    )  # fmt: skip
    y = customer("y", "C", opportunities=(opportunity("spring", "B"),))

    def units(**filters: Any) -> dict[str, Any]:
        found = asked(x, y, question=BY_OPPORTUNITY, **filters)
        return {owner: row["opportunities"] for owner, row in found.rows.items()}

    assert units() == {"B": 1, "C": 1, "D": 1}
    assert units(campaign="spring") == {"B": 1, "C": 1}
    assert units(campaign="spring", owners=frozenset({"C", "D"})) == {"C": 1}
    assert units(source="web", campaign="autumn") == {"D": 1}
    assert units(source="") == {"B": 1}
    assert units(campaign="unheard") == {}


def test_a_customer_by_opportunity_need_not_be_created() -> None:
    """What counts is the day of the campaign, also where no event says when it was created."""
    x = customer("x", "B", created=None, opportunities=(opportunity("spring", "B"),))
    assert asked(x, question=BY_OPPORTUNITY).total["opportunities"] == 1
    assert asked(x).total["customers"] == 0


def test_a_merged_group_is_one_customer() -> None:
    """The survivor has the dealings of its group, each once, and the earliest creation."""
    shared = call("B", 10)
    survivor = customer("x", "B", calls=(shared, call("B")), sources=["web"])
    absorbed = customer(
        "y", "C", day=YESTERDAY, calls=(shared,), orders=(order(2, 9),), sources=["fair"]
    )
    found = asked([survivor, absorbed], created=Period(YESTERDAY, YESTERDAY))
    assert told(found.rows["B"], "customers", "calls_attempted", "orders") == [1, 2, 1]
    assert asked([survivor, absorbed]).total["customers"] == 0
    by_source = asked([survivor, absorbed], created=Period(YESTERDAY, TODAY), source="fair")
    assert by_source.total["customers"] == 0


def test_who_is_not_alive_is_in_no_cohort() -> None:
    """A deleted customer, and one that is only referred to, has no case."""
    found = asked(
        customer("x", "B", deleted=(2, True)),
        Customer("stub", 1, opportunities=(opportunity("spring", "B"),)),
    )
    assert found.rows == {}
    assert found.total == nothing(TELESALES["customer"])


def test_nothing_is_asked_of_nobody() -> None:
    """Without customers every column is there, and 0."""
    for question in (DEFAULT, BY_OPPORTUNITY):
        assert asked(question=question).total == nothing(TELESALES[question.subject])


def test_an_unknown_column_is_told() -> None:
    """Asking for a list of a column that the subject has not is an error."""
    with pytest.raises(KeyError):
        members(columns_of([]), BY_OPPORTUNITY, None, "customers")
