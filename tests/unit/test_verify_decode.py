"""What `salespulse verify` makes of one Redis key."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.facts import Amount, Customer, Department, Employee, Order, pack
from schemas.tables import GenerationKeys, TenantKeys
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


def test_what_cannot_be_read_is_a_row_too() -> None:
    """A value that is no number, no fact or of the wrong type is reported, never raised."""
    key = TENANT.cells("company", "all", 0)
    assert rows(key, {b"orders": b"two"})[0][0] == "unreadable"
    assert rows(key, ValueError("WRONGTYPE"))[0][0] == "unreadable"
    assert rows(TENANT.facts(1)[0], {b"1": b"\xc1"})[0][0] == "unreadable"
    assert rows(TENANT.keys, {b"k": b"[]"})[0][0] == "unreadable"


def test_fact_becomes_its_registers() -> None:
    """A packed fact gives its entity and each register that says something."""
    key, field = TENANT.facts(70)
    order = Order("o1", 70, total=(5, Amount(100, "VND")), owner=(5, None))
    assert rows(key, {field.encode(): pack(order)}) == [
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


def test_profiles_of_people() -> None:
    """The profile of an employee or a department is one register, not a map of fields."""
    assert dict(registers_of(Employee("e", 1, profile=(1, "An", True, None)))) == {
        "profile": '[1,"An",true,null]'
    }
    assert dict(registers_of(Department("d", 1, profile=(1, "N", None, None, True)))) == {
        "profile": '[1,"N",null,null,true]'
    }
