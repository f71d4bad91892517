"""Facts: the current truth about one CRM entity, and how it is packed into Redis.

A fact is a set of registers. A register is `(version, value...)`; the larger version wins, and of
equal versions the larger value, so that the order of arrival never matters. Histories are sets of
dated entries. Times are milliseconds since 1970 UTC, days are yyyymmdd in the zone that was in
force when the event was folded. Packed as msgpack arrays: the position of a field is permanent,
new fields are appended with a default.

The aggregator writes facts, the query service reads them: hence here.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

Register = tuple[int, T]
"""(version, value)"""

Entry = tuple[int, int, int, str | None]
"""One dated entry of a history: (version, at_ms, day, value)."""


class Amount(msgspec.Struct, array_like=True, frozen=True):
    """Money inside a fact. Units: minor units of `currency`."""

    amount: int
    currency: str


class Fact(msgspec.Struct, array_like=True, frozen=True, tag_field="kind"):
    """Base of all facts. `id` is the entity id of the source, `number` our small integer."""

    id: str
    number: int


class Customer(Fact, tag="u", frozen=True, array_like=True):
    """A customer. Without `created` and `known` it is a stub that others refer to."""

    created: tuple[int, int, int, str | None] | None = None
    """(version, at_ms, day, creator id)"""
    known: bool = False
    deleted: Register[bool] | None = None
    owners: tuple[Entry, ...] = ()
    stages: tuple[tuple[int, int, int, str | None, str | None], ...] = ()
    """(version, at_ms, day, stage, actor id)"""
    profile: dict[str, tuple[int, Any]] = {}
    """field name -> (version, value)"""


class Call(Fact, tag="c", frozen=True, array_like=True):
    """A telephone call."""

    who: tuple[int, str, str | None, str | None, str | None, str | None] | None = None
    """(version, direction, employee id, customer id, phone, extension)"""
    started: tuple[int, int, int] | None = None
    """(version, at_ms, day)"""
    connected: tuple[int, int, int] | None = None
    """(version, at_ms, day)"""
    ended: tuple[int, int, int, int] | None = None
    """(version, at_ms, day, talk seconds)"""


class Email(Fact, tag="m", frozen=True, array_like=True):
    """An (e-mail, recipient); id is 'email id|recipient'."""

    who: tuple[int, str | None, str | None] | None = None
    """(version, sender id, customer id)"""
    opened: tuple[int, int] | None = None
    """(at_ms, day) of the first opening by a person"""


class Opportunity(Fact, tag="p", frozen=True, array_like=True):
    """An opportunity."""

    created: tuple[int, int | None, int | None] | None = None
    """(version, at_ms, day)"""
    closed: tuple[int, int, int, str] | None = None
    """(version, at_ms, day, 'won' or 'lost')"""
    owner: Register[str | None] | None = None
    customer: Register[str | None] | None = None
    product: Register[str | None] | None = None
    campaign: Register[str | None] | None = None
    value: tuple[int, Amount] | None = None


class Order(Fact, tag="o", frozen=True, array_like=True):
    """An order."""

    created: tuple[int, int, int] | None = None
    """(version, at_ms, day)"""
    order_day: Register[int] | None = None
    owner: Register[str | None] | None = None
    customer: Register[str | None] | None = None
    total: tuple[int, Amount] | None = None
    approval: tuple[int, bool, int, str | None] | None = None
    """(version, approved?, at_ms, actor id)"""
    cancelled: Register[int] | None = None
    """(version, at_ms)"""


class Employee(Fact, tag="e", frozen=True, array_like=True):
    """An employee with the departments worked in; at most one entry per `valid_from` day."""

    profile: tuple[int, str, bool, str | None] | None = None
    """(version, name, active?, extension)"""
    places: tuple[tuple[int, int, str | None, str | None], ...] = ()
    """(valid from day, version, department id, manager id), by day"""


class Department(Fact, tag="d", frozen=True, array_like=True):
    """A department of the tree."""

    profile: tuple[int, str, str | None, str | None, bool] | None = None
    """(version, name, parent id, head id, active?)"""


AnyFact = Customer | Call | Email | Opportunity | Order | Employee | Department

KINDS: dict[type[Fact], str] = {
    Customer: "customer",
    Call: "call",
    Email: "email",
    Opportunity: "opportunity",
    Order: "order",
    Employee: "employee",
    Department: "department",
}
"""The public name of each kind of fact."""

TAGS: dict[type[Fact], str] = {kind: str(kind.__struct_config__.tag) for kind in KINDS}

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[AnyFact] = msgspec.msgpack.Decoder(AnyFact)


def pack(fact: AnyFact) -> bytes:
    """Encode a fact as it stands in Redis."""
    return _encoder.encode(fact)


def unpack(value: bytes) -> AnyFact:
    """Decode a fact; raises msgspec.ValidationError on bytes that `pack` did not write."""
    return _decoder.decode(value)


def department_on(employee: Employee | None, day: int) -> str | None:
    """Return the department of an employee on a local day.

    Shape:  (employee or None, yyyymmdd; 0 = now) -> department id or None.
    Laws:   the entry with the latest `valid_from` not after the day; before the first entry the
            first one; 'now' is the last entry.
    Source: G3.
    """
    if employee is None or not employee.places:
        return None
    places = employee.places
    if day == 0:
        return places[-1][2]
    chosen = places[0]
    for place in places[1:]:
        if place[0] > day:
            break
        chosen = place
    return chosen[2]


def owner_of(customer: Customer) -> str | None:
    """Return the current owner of a customer: the entry with the largest version."""
    return max(customer.owners, key=_version_then_value)[3] if customer.owners else None


def stage_of(customer: Customer) -> str | None:
    """Return the current relationship stage of a customer."""
    return max(customer.stages, key=_version_then_value)[3] if customer.stages else None


def _version_then_value(entry: tuple[Any, ...]) -> tuple[int, int, str]:
    return (entry[0], entry[1], entry[3] or "")
