"""The cohort reports, and the lists behind their numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.cohorts import answers
from services.query.cohorts.asking import ask_of
from services.query.cohorts.models import (
    CohortFactsAnswer,
    JourneyReportAnswer,
    LifecycleAnswer,
    SalesPerformanceAnswer,
    TelesalesAnswer,
)
from services.query.cohorts.parameters import (
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    SalesPerformanceFactsParameters,
    SalesPerformancePage,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.customer_names import with_customers

router = APIRouter(tags=["reports"])


@router.get(
    "/v1/reports/telesales",
    response_model=TelesalesAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("telesales")
async def telesales(
    request: Request, parameters: Annotated[TelesalesParameters, Query()]
) -> Response:
    """Report whom owners called of the customers created in a window, and what came of it (T-01).

    By default customers created today and calls of today. Every cell carries the address of the
    list behind it. With an Accept of CSV or XLSX it is the export.
    """
    entered = await enter(request)
    visit = entered.visit(ask_of("telesales", "rows", parameters))
    return answer(await answers.telesales(entered.services, visit, parameters))


@router.get(
    "/v1/reports/telesales/facts",
    response_model=CohortFactsAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("telesales")
async def telesales_facts(
    request: Request, parameters: Annotated[TelesalesFactsParameters, Query()]
) -> Response:
    """Open a cell of the telesales report into the facts behind it (T-36)."""
    entered = await enter(request)
    visit = entered.visit(ask_of("telesales", "list", parameters))
    found = await answers.telesales_facts(entered.services, visit, parameters)
    return answer(found | {"rows": await with_customers(visit, found["rows"])})


@router.get(
    "/v1/reports/lifecycle",
    response_model=LifecycleAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("figures")
async def lifecycle(
    request: Request, parameters: Annotated[LifecycleParameters, Query()]
) -> Response:
    """Report after how many days customers of the last days or weeks converted (D-90, E-60).

    `exact[k]` are those who did so k days after they were created, `cumulative[k]` those who did
    so by then; null where that day lies after today.
    """
    entered = await enter(request)
    visit = entered.visit(ask_of("figures", "rows", parameters))
    return answer(await answers.lifecycle(entered.services, visit, parameters))


@router.get(
    "/v1/reports/lifecycle/facts",
    response_model=CohortFactsAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("figures")
async def lifecycle_facts(
    request: Request, parameters: Annotated[LifecycleFactsParameters, Query()]
) -> Response:
    """Open a number of the lifecycle report into its customers (D-96)."""
    entered = await enter(request)
    visit = entered.visit(ask_of("figures", "list", parameters))
    found = await answers.lifecycle_facts(entered.services, visit, parameters)
    return answer(found | {"rows": await with_customers(visit, found["rows"])})


@router.get(
    "/v1/reports/journey",
    response_model=JourneyReportAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("figures")
async def journey(request: Request, parameters: Annotated[JourneyParameters, Query()]) -> Response:
    """Report how many customers are in each stage at the end of each day, with revenue (D-100)."""
    entered = await enter(request)
    visit = entered.visit(ask_of("figures", "rows", parameters))
    return answer(await answers.journey(entered.services, visit, parameters))


@router.get(
    "/v1/reports/sales-performance",
    response_model=SalesPerformanceAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("figures")
async def sales_performance(
    request: Request, parameters: Annotated[SalesPerformancePage, Query()]
) -> Response:
    """List customers created in a window, whether and how often they bought in a period (D-110)."""
    entered = await enter(request)
    visit = entered.visit(ask_of("figures", "rows", parameters))
    return answer(await answers.sales_performance(entered.services, visit, parameters))


@router.get(
    "/v1/reports/sales-performance/facts",
    response_model=CohortFactsAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("figures")
async def sales_performance_facts(
    request: Request, parameters: Annotated[SalesPerformanceFactsParameters, Query()]
) -> Response:
    """Open a number of the sales performance report into the facts behind it."""
    entered = await enter(request)
    visit = entered.visit(ask_of("figures", "list", parameters))
    found = await answers.sales_performance_facts(entered.services, visit, parameters)
    return answer(found | {"rows": await with_customers(visit, found["rows"])})
