"""One customer of a cohort: a survivor together with all that were merged into it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from schemas.facts import Customer, is_deleted, owner_of, stage_of
from schemas.facts.people import (
    AppointmentMark,
    CallMark,
    OpportunityMark,
    OrderMark,
    PaymentMark,
)


class StageMark(NamedTuple):
    """One entry of a customer into a stage. Units: at in ms since 1970 UTC, day yyyymmdd."""

    at: int
    day: int
    stage: str
    """'' where the customer has none from then on."""


class Case(NamedTuple):
    """What the reports know of a customer.

    Units:  created_ms in ms since 1970 UTC, created_day yyyymmdd; both 0 where nothing of the
            group says when it was created.
    Laws:   each call, appointment, order, payment and opportunity stands once.
    """

    number: int
    id: str
    name: str
    created_ms: int
    created_day: int
    owner: str
    """Current owner, '' = nobody."""
    stage: str
    """Current stage, '' = none."""
    sources: tuple[str, ...]
    groups: tuple[str, ...]
    calls: Sequence[CallMark]
    appointments: Sequence[AppointmentMark]
    orders: Sequence[OrderMark]
    payments: Sequence[PaymentMark]
    opportunities: Sequence[OpportunityMark]
    stages: Sequence[StageMark]
    """The survivor's own entries, by (version, at, stage)."""


def case_of(survivor: Customer, absorbed: Iterable[Customer] = ()) -> Case | None:
    """Join a survivor with all whose survivor it is, itself not among them.

    Shape:  (survivor, the others of its group) -> case; None where it is in no cohort: it is
            deleted, or nothing of the group is known but that others refer to it.
    Source: rules 2 (survivor, group, alive) and 8.
    """
    group = (survivor, *absorbed)
    if is_deleted(survivor.deleted) or not any(fact.known for fact in group):
        return None
    created = [fact.created for fact in group if fact.created is not None]
    first = min(created, key=_earliest) if created else (0, 0, 0, None)
    return Case(
        number=survivor.number,
        id=survivor.id,
        name=_profile(survivor, "name") or "",
        created_ms=first[1],
        created_day=first[2],
        owner=owner_of(survivor) or "",
        stage=stage_of(survivor) or "",
        sources=tuple(dict.fromkeys(_profile(survivor, "source_ids") or ())),
        groups=tuple(dict.fromkeys(_profile(survivor, "group_ids") or ())),
        calls=_once([fact.calls for fact in group]),
        appointments=_once([fact.appointments for fact in group]),
        orders=_once([fact.orders for fact in group]),
        payments=_all([fact.payments for fact in group]),
        opportunities=_once([fact.opportunities for fact in group]),
        stages=_stages(survivor),
    )


def _earliest(created: tuple[int, int, int, str | None]) -> tuple[int, int, int, str]:
    version, at, day, creator = created
    return at, day, version, creator or ""


def _profile(customer: Customer, name: str) -> Any:
    found = customer.profile.get(name)
    return None if found is None else found[1]


def _once(marks: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """Return the marks of a group, each fact number once."""
    if len(marks) == 1:
        return marks[0]
    return tuple({mark[0]: mark for each in marks for mark in each}.values())


def _all(marks: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """Return the marks of a group: a payment that was paid back in another currency has two."""
    return tuple(mark for each in marks for mark in each)


def _stages(survivor: Customer) -> tuple[StageMark, ...]:
    entries = survivor.stages
    if len(entries) > 1:
        entries = tuple(sorted(entries, key=lambda entry: (entry[0], entry[1], entry[3] or "")))
    return tuple(StageMark(at, day, stage or "") for _, at, day, stage, _ in entries)
