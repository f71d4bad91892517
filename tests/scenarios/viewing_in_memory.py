"""What somebody is told by the pure decision, and by what the lists in memory hold."""

from __future__ import annotations

from dataclasses import replace

from schemas.access import Viewer, decide
from schemas.calendar import local_day
from schemas.facts import Department, Employee
from schemas.tree import tree_of
from tests.properties.pure_driver import PureDriver
from tests.scenarios.oracle import answer
from tests.scenarios.question import Question
from tests.scenarios.viewing import View


def purely(driver: PureDriver, view: View, now_ms: int) -> int | str:
    """Return what the decision alone gives: the code, or the number counted in memory."""
    tree = tree_of(f for f in driver.facts.values() if isinstance(f, Employee | Department))
    who = tree.employees.get(view.viewer)
    rights = {} if who is None else who.permissions
    grants = frozenset(name for name, (_, is_granted) in rights.items() if is_granted)
    decision = decide(Viewer("person", view.viewer, grants), view.ask, tree)
    if not decision.is_allowed:
        return decision.code
    asked, today = view.question, local_day(now_ms, driver.tenant.settings.time_zone)
    if view.door == "stream":
        asked = replace(asked, first=today, last=today)
    if decision.within is None:
        return int(answer(driver, asked, now_ms))
    return narrowed(driver, asked, decision.within)


def narrowed(driver: PureDriver, asked: Question, within: frozenset[str]) -> int:
    """Count the facts of an employee that stand in the lists of some departments."""
    assert asked.scope == "employee", asked
    return sum(
        len(numbers)
        for (name, place), numbers in driver.lists.items()
        if name == asked.kpi.name
        and (place.employee, place.department in within) == (asked.scope_id, True)
        and asked.first <= place.day <= asked.last
    )
