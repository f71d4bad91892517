"""`GET /v1/reports/department` and `/v1/reports/employee`, and both as files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import Entered, answer, declares, enter
from services.query.api.exports import (
    CSV_RESPONSES,
    XLSX_RESPONSES,
    days_text,
    log_export,
    sent,
    whole_list,
)
from services.query.api.facts import FactsQuestion
from services.query.api.responses import PROBLEMS
from services.query.door import Visit
from services.query.export import Form, Sheet, file_name
from services.query.problems import Problem, invalid
from services.query.reader import Reading
from services.query.reports.answers import ReportAnswer
from services.query.reports.parameters import (
    DepartmentReportParameters,
    EmployeeReportParameters,
)
from services.query.reports.question import ReportQuestion
from services.query.reports.sheets import sheet_of
from services.query.services import Services

router = APIRouter()
Parameters = DepartmentReportParameters | EmployeeReportParameters
_ATTEMPTS = 5


@router.get(
    "/v1/reports/department",
    response_model=ReportAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["reports"],
)
@declares("figures")
async def department_report(
    request: Request, parameters: Annotated[DepartmentReportParameters, Query()]
) -> Response:
    """Report what a department generated in a month or a range (D-01).

    Every cell carries its value and the address of the list behind it; everything is of one
    version and one today. With an Accept of CSV or XLSX it is the export.
    """
    return await _answered(request, parameters)


@router.get(
    "/v1/reports/department.csv",
    responses=CSV_RESPONSES,
    response_class=Response,
    tags=["exports"],
)
@declares("figures")
async def department_csv(
    request: Request, parameters: Annotated[DepartmentReportParameters, Query()]
) -> Response:
    """Export one block of the department report as CSV."""
    return await _exported(request, parameters, "csv")


@router.get(
    "/v1/reports/department.xlsx",
    responses=XLSX_RESPONSES,
    response_class=Response,
    tags=["exports"],
)
@declares("figures")
async def department_xlsx(
    request: Request, parameters: Annotated[DepartmentReportParameters, Query()]
) -> Response:
    """Export blocks of the department report as XLSX, a sheet each."""
    return await _exported(request, parameters, "xlsx")


@router.get(
    "/v1/reports/employee",
    response_model=ReportAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["reports"],
)
@declares("figures")
async def employee_report(
    request: Request, parameters: Annotated[EmployeeReportParameters, Query()]
) -> Response:
    """Report what one employee did in a month or a range (E-01); see the department report."""
    return await _answered(request, parameters)


@router.get(
    "/v1/reports/employee.csv", responses=CSV_RESPONSES, response_class=Response, tags=["exports"]
)
@declares("figures")
async def employee_csv(
    request: Request, parameters: Annotated[EmployeeReportParameters, Query()]
) -> Response:
    """Export one block of the employee report as CSV."""
    return await _exported(request, parameters, "csv")


@router.get(
    "/v1/reports/employee.xlsx", responses=XLSX_RESPONSES, response_class=Response, tags=["exports"]
)
@declares("figures")
async def employee_xlsx(
    request: Request, parameters: Annotated[EmployeeReportParameters, Query()]
) -> Response:
    """Export blocks of the employee report as XLSX, a sheet each."""
    return await _exported(request, parameters, "xlsx")


async def _answered(request: Request, parameters: Parameters) -> Response:
    entered = await enter(request)
    question = question_of(parameters, entered.services)
    visit = entered.visit(partial(question.ask, "rows"))
    reading = await visit.read(question.plan)
    return answer(visit.opened(reading, question.answer(reading)))


async def _exported(request: Request, parameters: Parameters, form: Form) -> Response:
    """Answer a file: of CSV one block, of XLSX a sheet for each block.

    The orders of a report are all of them there, at the version at which they were read; if a
    commit came between them and the tables, tables and orders are read again.
    """
    entered = await enter(request)
    question = question_of(parameters, entered.services)
    visit = entered.visit(partial(question.ask, "export"))
    if form == "csv" and len(question.blocks) != 1:
        detail = "a CSV file holds one table: name its block"
        known = [block.name for block in question.blocks]
        code = "too_many_blocks" if parameters.block else "missing_parameter"
        raise invalid(code, detail, "block", known=known)
    for _ in range(_ATTEMPTS):
        reading = await visit.read(question.plan)
        sheets, version = await _sheets(entered, visit, question, reading)
        if version == reading.head()["version"]:
            name = _file_name(question, reading, form)
            log_export(f"{question.scope} report", form, version, entered.caller)
            return sent(sheets, form, name, version)
    raise Problem(503, "busy", "the figures change too fast to export orders", retry_after=1)


async def _sheets(
    entered: Entered, visit: Visit, question: ReportQuestion, reading: Reading
) -> tuple[list[Sheet], str]:
    """Return the sheets, and the version of the last that was read."""
    document = question.answer(reading)
    lang, currency, version = question.parameters.lang, document["currency"], document["version"]
    sheets = []
    for table in document["blocks"]:
        if table["rows_by"] != "order":
            sheets.append(sheet_of(table, lang, currency))
            continue
        orders = FactsQuestion(question.orders(reading.basis), entered.settings)
        sheet, version = await whole_list(entered.services, visit, orders)
        sheets.append(replace(sheet, name=table["title"][lang]))
    return sheets, version


def question_of(parameters: Parameters, services: Services) -> ReportQuestion:
    """Return the question of a department or of an employee."""
    if isinstance(parameters, DepartmentReportParameters):
        return ReportQuestion.of_department(parameters, services.settings, services.plans)
    return ReportQuestion.of_employee(parameters, services.settings, services.plans)


def _file_name(question: ReportQuestion, reading: Reading, form: Form) -> str:
    chosen = question.range(reading.basis)
    block = question.blocks[0].name if len(question.blocks) == 1 else "report"
    days = days_text(*chosen.period, chosen.month)
    return file_name("salespulse", question.scope, question.scope_id, block, days, form=form)
