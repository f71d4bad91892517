"""The shape of the answers about the company itself: its settings, its people."""

from __future__ import annotations

from pydantic import BaseModel, Field

from services.query.answers import Head


class TenantAnswer(Head):
    """The tenant of the key."""

    tenant: str
    name: str
    time_zone: str
    currency: str
    region: str = Field(description="Where telephone numbers without country code are.")
    modules_off: list[str] = Field(description="Modules whose figures are not available.")
    thresholds: list[int] = Field(description="Percents of targets that name none of their own.")


class DepartmentRow(BaseModel):
    """One department."""

    id: str
    name: str
    parent_id: str | None
    head_id: str | None
    active: bool


class EmployeeRow(BaseModel):
    """One employee, in the department of now."""

    id: str
    name: str
    department_id: str | None
    other_department_ids: list[str] = Field(description="Where they are besides: for rights only.")
    manager_id: str | None
    active: bool


class OrgAnswer(Head):
    """The organisation."""

    departments: list[DepartmentRow]
    employees: list[EmployeeRow]
