"""Whose customers a cohort report is about, by owner and department of now. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from schemas.tables import COMPANY_ID, NOBODY
from services.query.basis import Basis
from services.query.cohorts.parameters import CohortParameters
from services.query.problems import invalid
from services.query.reports.names import UNASSIGNED
from services.query.selection import check_known, targets


class Owners(NamedTuple):
    """Whose customers.

    Shape:  ids None: everybody's, also nobody's; `members` have a row without any customer.
    """

    ids: frozenset[str] | None
    members: tuple[str, ...]


def owners_of(basis: Basis, given: CohortParameters) -> Owners:
    """Return whom the filters employee and department name.

    Errors: Problem `conflicting_parameters` for both; `unknown_employee`, `unknown_department`.
    Laws:   an employee belongs to the department of now, one who left too; an owner whom the
            organisation does not know, and nobody, belongs to `-`.
    Source: T-11, D-111, E-71.
    """
    org = basis.org
    if given.employee:
        if given.department:
            detail = "'employee' and 'department' both say whose customers; send one of them"
            raise invalid("conflicting_parameters", detail, "employee")
        check_known(basis, "employee", given.employee)
        return Owners(frozenset({given.employee}), (given.employee,))
    if given.department in ("", COMPANY_ID):
        active = [name for name in org.employees if org.is_active(name)]
        return Owners(None, tuple(active))
    check_known(basis, "department", given.department)
    departments = targets(org, "department", given.department, given.sub)
    people = {NOBODY, *org.employees, *basis.pairs.employees}
    within = frozenset(name for name in people if org.department_of(name) in departments)
    return Owners(within, tuple(org.members(departments)))


def heads_of(basis: Basis, names: Collection[str]) -> list[dict[str, Any]]:
    """Return the heads of the rows of some owners, by name, nobody last.

    Shape:  {id, name, department_id, active} each.
    """
    org = basis.org
    order = sorted(names, key=lambda name: (name == NOBODY, org.employee_name(name), name))
    return [
        {
            "id": name,
            "name": UNASSIGNED.en if name == NOBODY else org.employee_name(name),
            "department_id": department_id(basis, name),
            "active": org.is_active(name),
            **({} if (former := org.former(name)) is None else {"former": former}),
        }
        for name in order
    ]


def department_id(basis: Basis, employee: str | None) -> str | None:
    """Return the department of an employee now, None for none."""
    found = basis.org.department_of(employee or NOBODY)
    return None if found == NOBODY else found
