"""What `salespulse verify` makes of one Redis key."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from schemas.facts import (
    Amount,
    Call,
    Customer,
    Department,
    Employee,
    Extension,
    Goods,
    Order,
    PhoneNumber,
    pack,
)
from schemas.tables import GenerationKeys, TenantKeys, dimension, field, late_field, visit
from services.verify.decode import parse_name, registers_of, rows_of

KEYS = GenerationKeys(3, "gen-1")
TENANT = TenantKeys(3, "gen-1", "a:b")


def rows(key: str, value: Any) -> list[tuple[str, tuple[Any, ...]]]:
    return list(rows_of(parse_name(key, KEYS.prefix), value))


def test_keys_are_taken_apart() -> None:
    """A key gives tenant, kind and the rest, whatever the tenant is called."""
    cell = TENANT.cells("employee", "e:1", 20260302)
    assert parse_name(cell, KEYS.prefix)[1:] == ("a:b", "d", "e:e%3A1:20260302")
    assert parse_name(TENANT.pairs, KEYS.prefix)[1:] == ("a:b", "pairs", "")
    assert parse_name(KEYS.tenants, KEYS.prefix)[1:] == ("", "tenants", "")


@pytest.mark.parametrize(
    ("key", "grain"),
    [
        (TENANT.cells("company", "all", 20260302), "cell"),
        (TENANT.month("company", "all", 202603), "month sum"),
        (TENANT.cells("company", "all", 0), "gauge"),
    ],
)
def test_cells_by_grain(key: str, grain: str) -> None:
    """Days, months and gauges are told apart by their keys."""
    assert rows(key, {b"orders": b"2"}) == [("found_cells", (key, grain, "orders", 2))]


def test_scored_lists_are_read_with_their_scores() -> None:
    """A sorted set is read with its scores, which are whole numbers."""
    name = parse_name(TENANT.scored("tasks_due", "d:1", "e"), KEYS.prefix)
    assert name.command == "ZRANGE"
    key = name.key
    assert rows(key, [(b"7", 1.7e12)]) == [("found_scored", (key, "a:b", 7, 1_700_000_000_000))]
    assert rows(key, [(b"7", 0.5)])[0][0] == "unreadable"


def test_visits_with_and_without_a_product() -> None:
    """A visit is a day of the month, a customer, maybe a value with any characters."""
    key = TENANT.visits("products_orders", "-", "e", 202603)
    found = {visit(20260302, 5).encode(): b"2", visit(20260331, 5, "p:1|x").encode(): b"1"}
    assert rows(key, found) == [
        ("found_visits", (key, "a:b", 2, 5, None, 2)),
        ("found_visits", (key, "a:b", 31, 5, "p:1|x", 1)),
    ]


def test_late_changes_are_taken_apart() -> None:
    """A late change names its cause, its place and its field, which may contain any character."""
    key = TENANT.late(202603)
    name = field("revenue", dimension(currency="VND", source="a|b:c"))
    said = late_field("event|1", "d|:", "e", 20260302, name)
    place = ("event|1", "d|:", "e", 20260302)
    assert rows(key, {said.encode(): b"-5"}) == [("found_late", (key, "a:b", *place, name, -5))]
    assert rows(key, {b"event-1|no place": b"1"})[0][0] == "unreadable"


def test_terms_stand_in_a_set_of_their_own() -> None:
    """The numbers of people and of words are kept apart."""
    assert rows(TENANT.terms, {b"3"}) == [("found_terms", (TENANT.terms, "a:b", 3))]
    assert rows(TENANT.org, {b"4"}) == [("found_org", (TENANT.org, "a:b", 4))]


def test_cohorts_and_words() -> None:
    """A cohort is a set of customers under its name and day; a word may contain any character."""
    cohort = TENANT.cohort("campaign", 20260302)
    assert rows(cohort, {b"5"}) == [("found_cohorts", (cohort, "a:b", "campaign", 20260302, 5))]
    assert rows(TENANT.words, {b"source:a:b": b"1"}) == [
        ("found_words", (TENANT.words, "source:a:b", "1"))
    ]
    assert rows(f"{TENANT.prefix}cohort:created", {b"5"})[0][0] == "unreadable"


def test_marks_of_a_customer_are_rows_of_their_own() -> None:
    """A mark names a fact by number, hence it is compared by itself and is no register."""
    key, number = TENANT.facts(70)
    calls = ((7, 5, 20260302, "an", True, 60), (9, 6, 20260302, None, False, 0))
    customer = Customer("c", 70, calls=calls, payments=((8, "VND", 5),))
    assert rows(key, {number.encode(): pack(customer)})[1:] == [
        ("found_marks", (key, "a:b", 70, "calls", 7, '[5,20260302,"an",true,60]')),
        ("found_marks", (key, "a:b", 70, "calls", 9, "[6,20260302,null,false,0]")),
        ("found_marks", (key, "a:b", 70, "payments", 8, '["VND",5]')),
    ]


def test_holders_agents_and_customers_are_registers() -> None:
    """What numbers, extensions and calls know from others is compared like what was said."""
    number = PhoneNumber("+84912345678", 1, holders=(("c2", 1), ("c1", 2)))
    assert dict(registers_of(number)) == {"holders": '["c1",2],["c2",1]'}
    extension = Extension("17", 1, holders=((5, 0, "an", True),))
    assert dict(registers_of(extension)) == {"holders": '[5,0,"an",true]'}
    call = Call("k", 1, agent="an", customers=("c1", "c2"))
    assert dict(registers_of(call)) == {"agent": '"an"', "customers": '["c1","c2"]'}


def test_what_cannot_be_read_is_a_row_too() -> None:
    """A value that is no number, no fact or of the wrong type is reported, never raised."""
    key = TENANT.cells("company", "all", 0)
    assert rows(key, {b"orders": b"two"})[0][0] == "unreadable"
    assert rows(key, ValueError("WRONGTYPE"))[0][0] == "unreadable"
    assert rows(TENANT.facts(1)[0], {b"1": b"\xc1"})[0][0] == "unreadable"
    assert rows(TENANT.keys, {b"k": b"[]"})[0][0] == "unreadable"


def test_fact_becomes_its_registers() -> None:
    """A packed fact gives its entity and each register that says something."""
    key, number = TENANT.facts(70)
    order = Order("o1", 70, total=(5, Amount(100, "VND")), owner=(5, None))
    assert rows(key, {number.encode(): pack(order)}) == [
        ("found_facts", (key, "a:b", 70, 70, "order", "o1")),
        ("found_registers", (key, "a:b", 70, "owner", "[5,null]")),
        ("found_registers", (key, "a:b", 70, "total", '[5,[100,"VND"]]')),
    ]


def test_histories_do_not_depend_on_their_order() -> None:
    """The entries of a history are a set."""
    first, second = (1, 1, 20260302, "an"), (2, 2, 20260303, None)
    one = Customer("c", 1, known=True, owners=(first, second), profile={"name": (1, "Ế")})
    other = Customer("c", 1, known=True, owners=(second, first), profile={"name": (1, "Ế")})
    assert dict(registers_of(one)) == dict(registers_of(other))
    assert dict(registers_of(one))["profile.name"] == '[1,"Ế"]'


def test_maps_of_registers_become_one_register_each() -> None:
    """Returns and permissions are registers by their key; what is derived is one more."""
    goods = (Goods("tea", 500),)
    order = Order("o", 1, returns={"r:1": (1, 2, 20260302, goods)}, paid=((20260302, "VND", 5),))
    assert dict(registers_of(order)) == {
        "returns.r:1": '[1,2,20260302,[["tea",500,0,""]]]',
        "paid": '[[20260302,"VND",5]]',
    }
    employee = Employee("e", 1, permissions={"kpi": (1, False)})
    assert dict(registers_of(employee)) == {"permissions.kpi": "[1,false]"}


def test_profiles_of_people() -> None:
    """The profile of an employee or a department is one register, not a map of fields."""
    assert dict(registers_of(Employee("e", 1, profile=(1, "An", True, None)))) == {
        "profile": '[1,"An",true,null]'
    }
    assert dict(registers_of(Department("d", 1, profile=(1, "N", None, None, True)))) == {
        "profile": '[1,"N",null,null,true]'
    }


@pytest.mark.parametrize(
    ("members", "standing"),
    [
        ({"revoked": False}, "d1"),
        ({"revoked": True}, "d1 revoked"),
        (
            {"revoked": True, "expires_at": "2027-01-01T00:00:00.000Z"},
            "d1 revoked 2027-01-01T00:00:00.000Z",
        ),
        ({"board": {"scope_id": "a"}, "addresses": ["::/0"]}, 'd1 {"scope_id":"a"} ["::/0"]'),
    ],
)
def test_what_opens_a_door_is_compared(members: dict[str, Any], standing: str) -> None:
    """Of a key: its digest, whether it is revoked, its end, its board and its networks."""
    record = orjson.dumps({"digest": "d1", "scopes": ["query"], "label": "x"} | members)
    found = rows(TENANT.keys, {b"k1": record})
    assert found == [("found_values", (TENANT.keys, "a:b", "keys", "k1", standing))]
