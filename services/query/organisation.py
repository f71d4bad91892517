"""Who belongs where: the department tree and the people in it, from the org facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from schemas.calendar import NOW
from schemas.facts import Department, Employee, department_on, unpack
from schemas.tables import NOBODY
from schemas.tree import Tree
from services.query.reports.names import FORMER


class Organisation:
    """The departments and employees of a tenant.

    Laws:   a parent that is unknown, or that would close a cycle, ends the walk.
    """

    def __init__(self, packed: Iterable[bytes] = ()) -> None:
        facts = [unpack(value) for value in packed]
        self.departments = {f.id: f for f in facts if isinstance(f, Department)}
        self.employees = {f.id: f for f in facts if isinstance(f, Employee)}

    def subtree(self, department_id: str) -> tuple[str, ...]:
        """Return a department and all below it, each once, cycles or not."""
        return self.tree.below(department_id)

    def department_of(self, employee_id: str, day: int = NOW) -> str:
        """Return the department in which an employee counts on a day, '-' for none."""
        return department_on(self.employees.get(employee_id), day) or NOBODY

    def members(self, departments: Iterable[str] | None) -> list[str]:
        """Return the active employees who are in these departments now, None for all, by name."""
        wanted = None if departments is None else frozenset(departments)
        return sorted(
            (
                employee.id
                for employee in self.employees.values()
                if self.is_active(employee.id)
                and (wanted is None or self.department_of(employee.id) in wanted)
            ),
            key=lambda employee_id: (self.employee_name(employee_id), employee_id),
        )

    @cached_property
    def tree(self) -> Tree:
        """Return the organisation as the decision who may see what takes it."""
        return Tree(self.employees, self.departments)

    def grants(self, employee_id: str) -> frozenset[str]:
        """Return what an employee was granted; none for one who is unknown or left."""
        if not self.is_active(employee_id):
            return frozenset()
        permissions = self.employees[employee_id].permissions
        return frozenset(name for name, (_, is_granted) in permissions.items() if is_granted)

    def is_active(self, employee_id: str) -> bool:
        """Say whether an employee is known and not marked inactive."""
        employee = self.employees.get(employee_id)
        return employee is not None and (employee.profile is None or employee.profile[2])

    def employee_name(self, employee_id: str) -> str:
        """Return the name of an employee, the id if unknown; `Former employee N` of who asked."""
        former = self.former(employee_id)
        if former is not None:
            return FORMER.en.format(former)
        employee = self.employees.get(employee_id)
        return employee_id if employee is None or employee.profile is None else employee.profile[1]

    def former(self, employee_id: str) -> int | None:
        """Return the number by which a pseudonymised employee goes, None of who has a name.

        Laws:   counted from 1 in order of the first requests; a request is never taken back, so
                a number is nobody else's, ever. Who is active (again) has a name.
        """
        employee = self.employees.get(employee_id)
        is_here = employee is not None and employee.profile is not None and employee.profile[2]
        return None if is_here else self._pseudonyms.get(employee_id)

    @cached_property
    def _pseudonyms(self) -> dict[str, int]:
        asked = sorted(
            (employee.pseudonymised, employee.id)
            for employee in self.employees.values()
            if employee.pseudonymised is not None
        )
        return {name: place for place, (_, name) in enumerate(asked, 1)}

    def department_name(self, department_id: str) -> str:
        """Return the name of a department, the id if unknown."""
        found = self.departments.get(department_id)
        return department_id if found is None or found.profile is None else found.profile[1]
