"""A company of 200 people on the telephone: its organisation, its words, and its desk.

What is here happens seldom: everything of it once in the morning, and a little of it all day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

EMPLOYEES: Final = 200
DEPARTMENTS: Final = 8
SOURCES, GROUPS, CAMPAIGNS, PRODUCTS = 5, 4, 6, 40
INDUSTRIES, PROVINCES = 7, 30
STAGES: Final = ("lead", "contacted", "qualified", "customer", "lost")
TODAY: Final = "2026-11-20"
MONTH: Final = "2026-11"
_LEAVER: Final = "leaver"

Said = tuple[str, str, dict[str, Any]]
"""(event type, subject, data)"""


def department_of(employee: int) -> str:
    """Return the department of an employee, which stays the same all day."""
    return f"d{employee % DEPARTMENTS}"


def morning(at: str) -> Iterator[Said]:
    """Yield what a company is made of, before its customers."""
    for number in range(DEPARTMENTS):
        head = f"emp{number}"
        yield "department.upserted", f"d{number}", {"name": f"Floor {number}", "head_id": head}
    for number in range(EMPLOYEES):
        yield "employee.upserted", f"emp{number}", employee(number)
    left = {"name": "Somebody", "department_id": "d0", "active": False}
    yield "employee.upserted", _LEAVER, left
    yield from _words()
    for number in range(EMPLOYEES):
        yield "target.set", f"aim{number}", aim("calls_outbound", f"emp{number}", 900)
    yield from desk(0, at)


def employee(number: int) -> dict[str, Any]:
    """Return what is said of an employee."""
    return {
        "name": f"Employee {number}",
        "department_id": department_of(number),
        "manager_id": f"emp{number % DEPARTMENTS}",
        "extension": str(1000 + number),
    }


def aim(metric: str, employee_id: str, value: int) -> dict[str, Any]:
    """Return a target of an employee for the month."""
    return {
        "metric": metric,
        "scope": "employee",
        "scope_id": employee_id,
        "period": MONTH,
        "value": value,
        "thresholds": [50, 100],
    }


def _words() -> Iterator[Said]:
    for position, stage in enumerate(STAGES):
        tags = {"contacted": ["mql"], "qualified": ["sql"]}.get(stage, [])
        data = {"kind": "relationship", "name": stage.title(), "tags": tags, "position": position}
        yield "taxonomy.upserted", stage, data
    kinds = (("source", SOURCES), ("group", GROUPS), ("campaign", CAMPAIGNS), ("product", PRODUCTS))
    for kind, count in kinds:
        for number in range(count):
            name = f"{kind}{number}"
            yield "taxonomy.upserted", name, {"kind": kind, "name": name.title()}


def desk(turn: int, at: str) -> list[Said]:
    """Return everything that is done at a desk, once; each turn is about others."""
    return [*_people(turn, at), *_rules(turn), *_boards(turn), *_notices(turn, at)]


def _people(turn: int, at: str) -> list[Said]:
    who, department, key = turn % EMPLOYEES, turn % DEPARTMENTS, f"key{turn}"
    right = {"permission": "telesales", "granted": True, "actor_id": "emp0"}
    floor = {"name": f"Floor {department}.{turn}", "head_id": f"emp{department}"}
    made = {"digest": f"{turn:064x}", "scopes": ["query"], "label": "Report"}
    extension = {"extension": str(3000 + turn), "changed_at": at}
    return [
        ("employee.upserted", f"emp{who}", employee(who)),
        ("employee.extension_changed", f"emp{who}", extension),
        ("employee.pseudonymised", _LEAVER, {"actor_id": "emp0"}),
        ("permission.changed", f"emp{who}", right),
        ("department.upserted", f"d{department}", floor),
        ("setting.changed", "company", {"name": f"Company {turn}"}),
        ("apikey.created", key, made),
        ("apikey.revoked", key, {}),
    ]


def _rules(turn: int) -> list[Said]:
    who, name = f"emp{turn % EMPLOYEES}", f"wins_a_call_{turn % 20}"
    slot = {"metric": "orders", "scope": "employee", "scope_id": who, "period": MONTH}
    formula = {
        "label_en": "Orders a call",
        "unit": "ratio",
        "expression": "orders / calls_outbound",
    }
    hours = {"week": {"monday": [{"from": "08:00", "to": "17:30"}]}}
    score = {**slot, "metric": "courtesy", "value": 8, "recorded_by": "emp0"}
    named = {"kind": "product", "name": f"Product {turn}", "position": turn % 100}
    text = {"definition": f"As agreed in meeting {turn}.", "changed_by": "emp0"}
    trial = {"department_id": f"d{turn % DEPARTMENTS}", "valid_from": TODAY}
    team = f"department:d{turn % DEPARTMENTS}"
    return [
        ("target.set", f"aim-orders-{turn}", aim("orders", who, 20)),
        ("target.removed", f"aim-orders-{turn}", slot),
        ("calendar.defined", team, {"versions": [hours]}),
        ("calendar.removed", team, {}),
        ("formula.defined", name, formula),
        ("formula.removed", name, {}),
        ("value.recorded", f"courtesy{turn}", score),
        ("value.removed", f"courtesy{turn}", {}),
        ("rollout.changed", "orders_approved", trial),
        ("rollout.ended", "orders_approved", {}),
        ("taxonomy.upserted", f"product{turn % PRODUCTS}", named),
        ("metric.definition_changed", "orders", text),
        ("period.locked", f"lock{turn}", {"first": "2026-09-01", "last": "2026-09-30"}),
    ]


def _boards(turn: int) -> list[Said]:
    place = {"x": 0, "y": 0, "w": 4, "h": 2}
    tile = {"id": "t1", "kind": "number", **place, "metric": "calls_outbound"}
    wall = {"name": f"Wall {turn}", "scope": "company", "scope_id": "all", "tiles": [tile]}
    name = f"wall{turn}"
    return [("board.defined", name, wall), ("board.deleted", name, {"deleted_by": "emp0"})]


def _notices(turn: int, at: str) -> list[Said]:
    hook, rule = f"hook{turn}", f"rule{turn}"
    told = {"url": "https://hooks.example.com/kpi", "events": ["kpi.changed"], "defined_at": at}
    watched = {"name": f"Rule {turn}", "metric": "calls_outbound", "warn": 1e6, "defined_at": at}
    seen = {"occurrence": "o1", "acknowledged_at": at}
    return [
        ("webhook.defined", hook, told),
        ("webhook.test_ordered", hook, {"order": "1"}),
        ("webhook.replay_ordered", hook, {"order": "2", "since": at}),
        ("webhook.deleted", hook, {}),
        ("alert.defined", rule, watched),
        ("alert.test_ordered", rule, {"order": "1"}),
        ("alert.acknowledged", rule, seen),
        ("alert.deleted", rule, {}),
    ]
