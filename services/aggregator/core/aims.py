"""What an event does to targets: those it sets, and the thresholds it crosses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from schemas.changes import Crossing, Occurrence
from schemas.envelope import LogEvent
from schemas.facts import TAGS, Department, Target, department_on
from schemas.tables import NOBODY
from schemas.target_periods import is_period
from schemas.targets import Aim, Slot
from services.aggregator.core.crossings import Held, Move
from services.aggregator.core.fold import entity_id
from services.aggregator.core.memory import EMPLOYEE_TAG
from services.aggregator.core.tenant import Tenant

CROSSED: Final = "kpi.target_crossed"
_TARGETS: Final = frozenset({"target.set", "target.removed"})


def aimed_at(target: str) -> tuple[Slot, str]:
    """Return slot and period of the id of a target."""
    slot, _, period = target.rpartition("|")
    return Slot.parse(slot), period


def aim_of(fact: Target) -> Aim | None:
    """Return the target of a slot as the store keeps it, None for one that was removed."""
    if fact.aim is None:
        return None
    version, value, weight, thresholds, set_by = fact.aim
    if value is None:
        return None
    return Aim(version, value.amount, value.currency, weight, thresholds, set_by)


def concerns_targets(tenant: Tenant, event: LogEvent) -> bool:
    """Say whether the event just applied may have crossed a threshold, or set a target."""
    return bool(tenant.ledger.moves) or event.type in _TARGETS


def crossings(tenant: Tenant, event: LogEvent, held: Held) -> list[Crossing]:
    """Return which thresholds the event just applied has crossed.

    Errors: Missing asks for targets and cells; it is called again then.
    Laws:   a function of the log up to the event, however it was cut into batches.
    Source: A-07; decision 0036.
    """
    watch = tenant.watch
    figures = watch.moved(tenant.ledger.moves)

    def chain(employee: str) -> list[str]:
        return _chain(tenant, employee)

    if event.type in _TARGETS:
        fact = cast("Target", tenant.entities[TAGS[Target], entity_id(event)])
        slot, period = aimed_at(fact.id)
        if is_period(period):  # an old record may say 30 February
            watch.aim(period, slot, aim_of(fact), _batch(tenant))
            people = [name for tag, name in tenant.entities if tag == EMPLOYEE_TAG]
            figures |= watch.about(period, slot, chain, people)
    return watch.look(event, figures, held, chain) if figures else []


def _batch(tenant: Tenant) -> Iterator[Move]:
    for place, fields in tenant.ledger.cells.items():
        for name, delta in fields.items():
            yield place, name, delta


def _chain(tenant: Tenant, employee: str) -> list[str]:
    """Return the department an employee is in now, and those above it."""
    found: list[str] = []
    name = department_on(tenant.employee(employee), 0)
    while name is not None and name not in found:
        found.append(name)
        fact = cast("Department | None", tenant.entities.get((TAGS[Department], name)))
        name = None if fact is None or fact.profile is None else fact.profile[2]
    return found


def told(tenant: Tenant, crossing: Crossing) -> Occurrence:
    """Return the ticker line of a crossing: how many percent, never how much."""
    scope, name = crossing["scope"], crossing["id"]
    employee = name if scope == "employee" else NOBODY
    department = name if scope == "department" else NOBODY
    if scope == "employee":
        department = department_on(tenant.employee(name), 0) or NOBODY
    return {
        "event_id": crossing["event_id"],
        "type": CROSSED,
        "subject": crossing["metric"],
        "at_ms": crossing["at_ms"],
        "employee": employee,
        "department": department,
        "customer": "",
        "amount": 0,
        "currency": "",
        "seconds": 0,
        "crossing": crossing,
    }
