"""Who may what, and how that changes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schemas.events.people import PermissionChanged
from schemas.tables import NOBODY
from services.query.organisation import Organisation
from services.query.writing import Change

_TYPE: Final = PermissionChanged.event_type


def granted(org: Organisation, employee_id: str) -> list[str]:
    """Return what an employee was granted, in order; also of one who has left."""
    permissions = org.employees[employee_id].permissions
    return sorted(name for name, (_, is_granted) in permissions.items() if is_granted)


def rows(org: Organisation) -> Iterator[dict[str, Any]]:
    """Yield what each employee may, by id; those who may nothing have an empty list."""
    for name in sorted(org.employees):
        if name != NOBODY:
            department = org.department_of(name)
            yield {
                "employee_id": name,
                "name": org.employee_name(name),
                "department_id": None if department == NOBODY else department,
                "active": org.is_active(name),
                "grants": granted(org, name),
            }


def change(
    org: Organisation, employee_id: str, permission: str, actor_id: str, *, is_granted: bool
) -> list[Change]:
    """Return what makes it so: nothing where it is so already.

    Shape:  actor_id '' where nobody of the company asks, but a machine.
    """
    version, was_granted = org.employees[employee_id].permissions.get(permission, (0, False))
    if was_granted == is_granted:
        return []
    by = {"actor_id": actor_id} if actor_id else {}
    data = {"permission": permission, "granted": is_granted, **by}
    return [Change(_TYPE, employee_id, data, after=version)]
