"""Facts about customers and those who work with them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec

from schemas.facts.model import Entry, Fact, Histogram, Register

_AT = itemgetter(1)

CallMark = tuple[int, int, int, str | None, bool, int]
"""(fact number, at_ms, day, agent, spoken?, talk seconds) of an outbound call, when it began"""
AppointmentMark = tuple[int, int, int, bool]
"""(fact number, created at_ms, day, completed?)"""
OrderMark = tuple[int, int, int, int, int, int, str, tuple[tuple[str, int], ...]]
"""(fact number, created at_ms, day, order day, state, total, currency, ((currency, paid)...));
state is 0 for an order that does not count, 1 pending approval, 2 approved"""
PaymentMark = tuple[int, str, int]
"""(fact number, currency, amount less what was reversed)"""
OpportunityMark = tuple[int, int, int, str, str | None]
"""(fact number, created at_ms, day, campaign or '', owner)"""
Holding = tuple[int, int, str, bool]
"""(from ms, until ms or 0, employee id, is it the first extension known of them?)"""


class Customer(Fact, tag="u", frozen=True, array_like=True):
    """A customer. Without `created` and `known` it is a stub that others refer to."""

    created: tuple[int, int, int, str | None] | None = None
    """(version, at_ms, day, creator id)"""
    known: bool = False
    deleted: Register[bool] | None = None
    owners: tuple[Entry, ...] = ()
    stages: tuple[tuple[int, int, int, str | None, str | None], ...] = ()
    """(version, at_ms, day, stage, actor id)"""
    profile: dict[str, tuple[int, Any]] = msgspec.field(default_factory=dict)
    """field name -> (version, value); `numbers` are the names of its phones, sorted"""
    merged: Register[str] | None = None
    """(version, id of the customer this one was merged into)"""
    absorbed: tuple[str, ...] = ()
    """Derived: ids of the customers that were merged into this one directly, sorted."""
    contacted: int = 0
    """Derived: the last day of contact over the facts about it, 0 = never."""
    bought: Histogram = ()
    """Derived: its approved orders by order date."""
    calls: tuple[CallMark, ...] = ()
    """Derived: the outbound calls to it."""
    appointments: tuple[AppointmentMark, ...] = ()
    """Derived: its live appointments."""
    orders: tuple[OrderMark, ...] = ()
    """Derived: its live orders, and others on which something was paid."""
    payments: tuple[PaymentMark, ...] = ()
    """Derived: what it paid without naming an order."""
    opportunities: tuple[OpportunityMark, ...] = ()
    """Derived: its opportunities that are not deleted and have a date."""
    erased: int | None = None
    """The version of the first request to forget who it is; it is never taken back."""


class CustomerHead(Fact, tag="u", frozen=True, array_like=True):
    """The first fields of a packed `Customer`, to tell cheaply whether the rest is wanted.

    Laws:   position by position those of `Customer`; what lies between is not looked at.
    """

    created: tuple[int, int, int, str | None] | None = None
    known: msgspec.Raw = msgspec.Raw()
    deleted: msgspec.Raw = msgspec.Raw()
    owners: msgspec.Raw = msgspec.Raw()
    stages: msgspec.Raw = msgspec.Raw()
    profile: msgspec.Raw = msgspec.Raw()
    merged: Register[str] | None = None
    absorbed: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether it was never merged, nor anybody into it."""
        return self.merged is None and not self.absorbed


class Contact(Fact, tag="w", frozen=True, array_like=True):
    """A contact person of a customer."""

    known: bool = False
    deleted: Register[bool] | None = None
    profile: dict[str, tuple[int, Any]] = msgspec.field(default_factory=dict)
    """field name (customer_id, name, phones, numbers, gender, birthday) -> (version, value)"""


class Employee(Fact, tag="e", frozen=True, array_like=True):
    """An employee with the departments worked in; at most one entry per `valid_from` day."""

    profile: tuple[int, str, bool, str | None] | None = None
    """(version, name, active?, extension)"""
    places: tuple[tuple[int, int, str | None, str | None], ...] = ()
    """(valid from day, version, department id, manager id), by day"""
    extensions: tuple[Entry, ...] = ()
    """(version, at_ms, day, extension), by time; at most one entry per time"""
    permissions: dict[str, tuple[int, bool]] = msgspec.field(default_factory=dict)
    """permission -> (version, granted?)"""
    pseudonymised: int | None = None
    """The version of the first request to be named no more; it is never taken back."""
    others: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """(valid from day of a place, other department ids sorted), of those places that have any"""


class PhoneNumber(Fact, tag="h", frozen=True, array_like=True):
    """A telephone number; the id is '#' and its keyed hash, or E.164 where it came plain."""

    holders: tuple[tuple[str, int], ...] = ()
    """Derived: (customer id, how often) of customers, and contacts of them, that have it."""


class Extension(Fact, tag="l", frozen=True, array_like=True):
    """An extension of the telephone system."""

    holders: tuple[Holding, ...] = ()
    """Derived: who had it when."""


class Department(Fact, tag="d", frozen=True, array_like=True):
    """A department of the tree."""

    profile: tuple[int, str, str | None, str | None, bool] | None = None
    """(version, name, parent id, head id, active?)"""


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


def departments_of(employee: Employee | None) -> frozenset[str]:
    """Return all departments that an employee is in now: the one that counts, and the others.

    Laws:   figures count for `department_on`; these are for the question who may see what.
    Source: D-04, decision 0030.
    """
    if employee is None or not employee.places:
        return frozenset()
    since, _, counting, _ = employee.places[-1]
    found = {counting, *dict(employee.others).get(since, ())}
    return frozenset(name for name in found if name is not None)


def owner_of(customer: Customer) -> str | None:
    """Return the current owner of a customer: the entry with the largest version."""
    return value_of(customer.owners)


def stage_of(customer: Customer) -> str | None:
    """Return the current relationship stage of a customer."""
    return value_of(customer.stages)


def value_of(entries: Sequence[tuple[Any, ...]]) -> str | None:
    """Return what a history says: of the entry with the largest (version, at, value).

    Shape:  entries (version, at_ms, day, value...) -> value, None without entries.
    """
    if len(entries) > 1:
        chosen: str | None = max(entries, key=_version_then_value)[3]
        return chosen
    return entries[0][3] if entries else None


def first_call_of(customer: Customer) -> int:
    """Return when a customer was first called (ms since 1970 UTC), 0 = never."""
    return min(map(_AT, customer.calls), default=0)


def is_deleted(register: Register[bool] | None) -> bool:
    """Say whether a `deleted` register says yes."""
    return register is not None and register[1]


def _version_then_value(entry: tuple[Any, ...]) -> tuple[int, int, str]:
    return (entry[0], entry[1], entry[3] or "")
