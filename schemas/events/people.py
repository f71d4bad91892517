"""Who works where, on which extension, and may do what: effective-dated."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import StrictBool

from schemas.events.base import EventData, Id, Ids, LocalDate, Text, Timestamp


class DepartmentUpserted(EventData):
    """A department exists, under a parent, led by a head. Subject: department id."""

    event_type: ClassVar[str] = "department.upserted"

    name: Text
    parent_id: Id | None = None
    head_id: Id | None = None
    active: StrictBool = True


class EmployeeUpserted(EventData):
    """An employee works in a department from a date on. Subject: employee id.

    Laws:   without `valid_from` it holds from the local day of the event's time; the earliest
            known entry also holds for every day before it. A move never rewrites the days
            before `valid_from` (G3). Figures count for `department_id`; `other_department_ids`,
            of the same days, are for the question who may see what (D-04).
    """

    event_type: ClassVar[str] = "employee.upserted"

    name: Text
    department_id: Id | None = None
    other_department_ids: Ids | None = None
    manager_id: Id | None = None
    extension: Text | None = None
    valid_from: LocalDate | None = None
    active: StrictBool = True


class EmployeeExtensionChanged(EventData):
    """An employee got another extension, or none (null). Subject: employee id."""

    event_type: ClassVar[str] = "employee.extension_changed"

    extension: Text | None
    changed_at: Timestamp


class EmployeePseudonymised(EventData):
    """A leaver wants to be named no more. Subject: employee id. Written by us only.

    Laws:   whoever is active has their name, before and after: it hides when they have left.
    """

    event_type: ClassVar[str] = "employee.pseudonymised"

    actor_id: Id | None = None


Permission = Literal[
    "kpi", "department_kpi", "employee_kpi", "telesales", "view_all", "export", "phones",
    "administer",
]  # fmt: skip


class PermissionChanged(EventData):
    """An employee was granted, or lost, a right. Subject: employee id. Written by us only."""

    event_type: ClassVar[str] = "permission.changed"

    permission: Permission
    granted: StrictBool
    actor_id: Id | None = None
