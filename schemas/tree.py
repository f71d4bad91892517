"""The organisation as of now: who leads whom, and of whom one sees what was earned where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from schemas.facts import Department, Employee, department_on, departments_of
from schemas.tables import NOBODY


@dataclass(frozen=True)
class Tree:
    """The organisation as of now.

    Laws:   a superior is the manager, their manager and so on, and the head of a department one
            is in or of one above it; never oneself. Who heads a department is led by the heads
            above it alone, wherever below it they work. Cycles end the walk.
    """

    employees: Mapping[str, Employee] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)

    def departments_of(self, employee: str) -> frozenset[str]:
        """Return the departments an employee is in now, '-' alone for none."""
        return departments_of(self.employees.get(employee)) or frozenset({NOBODY})

    def earned_in(self, employee: str) -> frozenset[str]:
        """Return the departments for which an employee's figures counted, on any day."""
        fact = self.employees.get(employee)
        places = () if fact is None else fact.places
        return frozenset(place[2] or NOBODY for place in places)

    def chain(self, department: str) -> tuple[str, ...]:
        """Return a department and those above it."""
        return self._chains.get(department) or (department,)

    @cached_property
    def _chains(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(self._upwards(name)) for name in self.departments}

    def _upwards(self, department: str) -> dict[str, None]:
        found: dict[str, None] = {}
        current: str | None = department
        while current is not None and current in self.departments and current not in found:
            found[current] = None
            profile = self.departments[current].profile
            current = None if profile is None else profile[2]
        return found

    def below(self, department: str) -> tuple[str, ...]:
        """Return a department and all below it, each once, cycles or not."""
        found: dict[str, None] = {}
        waiting = [department]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found[current] = None
                waiting.extend(reversed(self._children.get(current, ())))
        return tuple(found)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: defaultdict[str, list[str]] = defaultdict(list)
        for fact in sorted(self.departments.values(), key=lambda fact: fact.id):
            if fact.profile is not None and fact.profile[2] is not None:
                children[fact.profile[2]].append(fact.id)
        return dict(children)

    def superiors(self, employee: str) -> frozenset[str]:
        """Return who sees an employee without a grant (E-15)."""
        return _reached(employee, self._above)

    def subordinates(self, employee: str) -> frozenset[str]:
        """Return all of whom an employee is a superior."""
        if employee not in self._subordinates:
            self._subordinates[employee] = _reached(employee, self._below)
        return self._subordinates[employee]

    @cached_property
    def _subordinates(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        """One step up."""
        return {name: self._one_above(name) for name in self.employees}

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        """One step down."""
        below: defaultdict[str, set[str]] = defaultdict(set)
        for name, above in self._above.items():
            for superior in above:
                below[superior].add(name)
        return dict(below)

    def _one_above(self, employee: str) -> frozenset[str]:
        places = self.employees[employee].places
        manager = places[-1][3] if places else None
        above = {manager}
        for department in self.departments_of(employee):
            heads = [self._head(name) for name in self.chain(department)]
            own = [place for place, head in enumerate(heads) if head == employee]
            above.update(heads[own[-1] + 1 :] if own else heads)
        return frozenset(name for name in above - {employee} if name is not None)

    def _head(self, department: str) -> str | None:
        fact = self.departments.get(department)
        return None if fact is None or fact.profile is None else fact.profile[3]

    def is_headed(self, department: str, employee: str) -> bool:
        """Say whether an employee is head of a department, or of one above it."""
        return any(self._head(name) == employee for name in self.chain(department))

    def answers_for(self, department: str, employee: str) -> bool:
        """Say whether an employee, or somebody whom they lead, heads a department or one above."""
        below = self.subordinates(employee)
        heads = (self._head(name) for name in self.chain(department))
        return any(head == employee or head in below for head in heads)

    def seen_of(self, employee: str, viewer: str) -> frozenset[str]:
        """Return the departments of which a superior sees what an employee earned in them.

        Laws:   those that they answer for; and, of whom they lead now, those of now.
        Source: D-02: history is seen where it was earned, not by the department moved to.
        """
        leads = employee in self.subordinates(viewer)
        earned = {name for name in self.earned_in(employee) if self.answers_for(name, viewer)}
        if leads:  # whoever counts for no department counts for '-', also beside others
            counting = department_on(self.employees.get(employee), 0) or NOBODY
            earned |= {counting, *self.departments_of(employee)}
        return frozenset(earned)

    def once_led(self, viewer: str) -> frozenset[str]:
        """Return whose earlier figures somebody sees, though they do not lead them now."""
        return frozenset(name for name in self.employees if self.seen_of(name, viewer))

    def has_parts(self, department: str) -> bool:
        """Say whether there are departments below one."""
        return any(
            department in chain and name != department for name, chain in self._chains.items()
        )


def _reached(start: str, steps: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = steps.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found - {start})


def tree_of(facts: Iterable[Employee | Department]) -> Tree:
    """Return the tree out of the facts of people."""
    found = list(facts)
    return Tree(
        {fact.id: fact for fact in found if isinstance(fact, Employee)},
        {fact.id: fact for fact in found if isinstance(fact, Department)},
    )
