"""The parameters of the reports and their exports, as typed models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.query.parameters import Ranged

Lang = Literal["en", "vi"]
Month = Annotated[str, StringConstraints(pattern=r"^((19|2\d)\d\d-(0[1-9]|1[0-2]))?$")]


class ReportParameters(Ranged):
    """What both reports take."""

    month: Month = Field("", description="A month, `2026-11`; default the current one.")
    basis: str = Field(
        "order_date",
        description="Day by which orders count: `order_date`, or `created_at`.",
    )
    compare: Literal["none", "previous"] = Field(
        "none", description="Set beside each figure: the same elapsed part of the previous period."
    )
    block: str = Field("", description="Only these blocks, separated by commas; default all.")
    lang: Lang = Field("en", description="Of an export: the language of its headings.")


class DepartmentReportParameters(ReportParameters):
    """Parameters of `/v1/reports/department`."""

    department: str = Field(description="Department id; `all` is the company.")
    sub: bool = Field(False, description="With all departments below it.")
    metric: str = Field("sales", description="KPI by which employees are compared (D-15).")


class EmployeeReportParameters(ReportParameters):
    """Parameters of `/v1/reports/employee`."""

    employee: str = Field(description="Employee id.")
