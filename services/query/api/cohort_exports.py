"""The cohort reports, and the lists behind their numbers, as CSV and XLSX."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import declares, enter
from services.query.api.exports import CSV_RESPONSES, XLSX_RESPONSES, log_export, sent
from services.query.cohorts import files
from services.query.cohorts.asking import ask_of
from services.query.cohorts.files import Export
from services.query.cohorts.parameters import (
    CallsParameters,
    CohortParameters,
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    SalesPerformanceFactsParameters,
    SalesPerformanceParameters,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.door import Visit
from services.query.export import Form, file_name
from services.query.services import Services

router = APIRouter(tags=["exports"], default_response_class=Response)
Given = TypeVar("Given", bound=CallsParameters | CohortParameters)
Making = Callable[[Services, Visit, Given], Awaitable[Export]]


async def _exported(request: Request, given: Given, making: Making[Given], form: Form) -> Response:
    """Answer a file; CSV holds the first sheet."""
    entered = await enter(request)
    visit = entered.visit(ask_of(entered.subject, "export", given))
    made = await making(entered.services, visit, given)
    log_export(f"{made.name[0]} report", form, made.version, entered.caller)
    name = file_name("salespulse", *made.name, form=form)
    return sent(made.sheets, form, name, made.version)


@router.get("/v1/reports/telesales.csv", responses=CSV_RESPONSES)
@declares("telesales")
async def telesales_csv(
    request: Request, parameters: Annotated[TelesalesParameters, Query()]
) -> Response:
    """Export the telesales report as CSV."""
    return await _exported(request, parameters, files.telesales, "csv")


@router.get("/v1/reports/telesales.xlsx", responses=XLSX_RESPONSES)
@declares("telesales")
async def telesales_xlsx(
    request: Request, parameters: Annotated[TelesalesParameters, Query()]
) -> Response:
    """Export the telesales report as XLSX."""
    return await _exported(request, parameters, files.telesales, "xlsx")


@router.get("/v1/reports/telesales/facts.csv", responses=CSV_RESPONSES)
@declares("telesales")
async def telesales_facts_csv(
    request: Request, parameters: Annotated[TelesalesFactsParameters, Query()]
) -> Response:
    """Export the whole list behind a cell of the telesales report as CSV."""
    return await _exported(request, parameters, files.telesales_facts, "csv")


@router.get("/v1/reports/telesales/facts.xlsx", responses=XLSX_RESPONSES)
@declares("telesales")
async def telesales_facts_xlsx(
    request: Request, parameters: Annotated[TelesalesFactsParameters, Query()]
) -> Response:
    """Export the whole list behind a cell of the telesales report as XLSX."""
    return await _exported(request, parameters, files.telesales_facts, "xlsx")


@router.get("/v1/reports/lifecycle.csv", responses=CSV_RESPONSES)
@declares("figures")
async def lifecycle_csv(
    request: Request, parameters: Annotated[LifecycleParameters, Query()]
) -> Response:
    """Export the lifecycle report as CSV."""
    return await _exported(request, parameters, files.lifecycle, "csv")


@router.get("/v1/reports/lifecycle.xlsx", responses=XLSX_RESPONSES)
@declares("figures")
async def lifecycle_xlsx(
    request: Request, parameters: Annotated[LifecycleParameters, Query()]
) -> Response:
    """Export the lifecycle report as XLSX."""
    return await _exported(request, parameters, files.lifecycle, "xlsx")


@router.get("/v1/reports/lifecycle/facts.csv", responses=CSV_RESPONSES)
@declares("figures")
async def lifecycle_facts_csv(
    request: Request, parameters: Annotated[LifecycleFactsParameters, Query()]
) -> Response:
    """Export the customers behind a number of the lifecycle report as CSV."""
    return await _exported(request, parameters, files.lifecycle_facts, "csv")


@router.get("/v1/reports/lifecycle/facts.xlsx", responses=XLSX_RESPONSES)
@declares("figures")
async def lifecycle_facts_xlsx(
    request: Request, parameters: Annotated[LifecycleFactsParameters, Query()]
) -> Response:
    """Export the customers behind a number of the lifecycle report as XLSX."""
    return await _exported(request, parameters, files.lifecycle_facts, "xlsx")


@router.get("/v1/reports/journey.csv", responses=CSV_RESPONSES)
@declares("figures")
async def journey_csv(
    request: Request, parameters: Annotated[JourneyParameters, Query()]
) -> Response:
    """Export the customer journey statistics as CSV."""
    return await _exported(request, parameters, files.journey, "csv")


@router.get("/v1/reports/journey.xlsx", responses=XLSX_RESPONSES)
@declares("figures")
async def journey_xlsx(
    request: Request, parameters: Annotated[JourneyParameters, Query()]
) -> Response:
    """Export the customer journey statistics as XLSX."""
    return await _exported(request, parameters, files.journey, "xlsx")


@router.get("/v1/reports/sales-performance.csv", responses=CSV_RESPONSES)
@declares("figures")
async def sales_performance_csv(
    request: Request, parameters: Annotated[SalesPerformanceParameters, Query()]
) -> Response:
    """Export all customers of the sales performance report as CSV."""
    return await _exported(request, parameters, files.sales_performance, "csv")


@router.get("/v1/reports/sales-performance.xlsx", responses=XLSX_RESPONSES)
@declares("figures")
async def sales_performance_xlsx(
    request: Request, parameters: Annotated[SalesPerformanceParameters, Query()]
) -> Response:
    """Export all customers of the sales performance report as XLSX."""
    return await _exported(request, parameters, files.sales_performance, "xlsx")


@router.get("/v1/reports/sales-performance/facts.csv", responses=CSV_RESPONSES)
@declares("figures")
async def sales_performance_facts_csv(
    request: Request, parameters: Annotated[SalesPerformanceFactsParameters, Query()]
) -> Response:
    """Export the list behind a number of the sales performance report as CSV."""
    return await _exported(request, parameters, files.sales_performance_facts, "csv")


@router.get("/v1/reports/sales-performance/facts.xlsx", responses=XLSX_RESPONSES)
@declares("figures")
async def sales_performance_facts_xlsx(
    request: Request, parameters: Annotated[SalesPerformanceFactsParameters, Query()]
) -> Response:
    """Export the list behind a number of the sales performance report as XLSX."""
    return await _exported(request, parameters, files.sales_performance_facts, "xlsx")


@router.get("/v1/reports/calls.csv", responses=CSV_RESPONSES)
@declares("telesales")
async def calls_csv(request: Request, parameters: Annotated[CallsParameters, Query()]) -> Response:
    """Export the figures of the live call view as CSV."""
    return await _exported(request, parameters, files.calls, "csv")


@router.get("/v1/reports/calls.xlsx", responses=XLSX_RESPONSES)
@declares("telesales")
async def calls_xlsx(request: Request, parameters: Annotated[CallsParameters, Query()]) -> Response:
    """Export the figures of the live call view as XLSX."""
    return await _exported(request, parameters, files.calls, "xlsx")
