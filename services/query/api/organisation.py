"""`GET /v1/tenant`, `/v1/org`, `/v1/catalogue`: what names and figures there are."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.kpis import CATALOGUE
from services.query.access import Caller
from services.query.answers import OrgAnswer, TenantAnswer
from services.query.api.answer import answer, services_of
from services.query.api.responses import PROBLEMS
from services.query.cohorts.catalogue import report_definitions
from services.query.figure_answers import CatalogueAnswer
from services.query.reader import Reading
from services.query.selection import date_bases

router = APIRouter()


async def _read(request: Request) -> tuple[Caller, Reading]:
    services = services_of(request)
    caller = await services.access.caller(request)
    return caller, await services.reader.read(caller.partition, caller.tenant)


@router.get("/v1/tenant", response_model=TenantAnswer, responses=PROBLEMS, tags=["organisation"])
async def tenant(request: Request) -> Response:
    """Show the tenant of the key: name, time zone, currency, region."""
    caller, reading = await _read(request)
    settings = reading.basis.settings
    return answer(
        {
            **reading.head(),
            "tenant": caller.tenant,
            "name": settings.name or caller.tenant,
            "time_zone": settings.time_zone,
            "currency": settings.currency,
            "region": settings.region,
        }
    )


@router.get("/v1/org", response_model=OrgAnswer, responses=PROBLEMS, tags=["organisation"])
async def organisation(request: Request) -> Response:
    """Show departments and employees, each where they belong now."""
    _, reading = await _read(request)
    org = reading.basis.org
    departments = [
        {
            "id": fact.id,
            "name": org.department_name(fact.id),
            "parent_id": None if fact.profile is None else fact.profile[2],
            "head_id": None if fact.profile is None else fact.profile[3],
            "active": fact.profile is None or fact.profile[4],
        }
        for fact in sorted(org.departments.values(), key=lambda fact: fact.id)
    ]
    employees = [
        {
            "id": fact.id,
            "name": org.employee_name(fact.id),
            "department_id": fact.places[-1][2] if fact.places else None,
            "manager_id": fact.places[-1][3] if fact.places else None,
            "active": org.is_active(fact.id),
        }
        for fact in sorted(org.employees.values(), key=lambda fact: fact.id)
    ]
    return answer({**reading.head(), "departments": departments, "employees": employees})


@router.get("/v1/catalogue", response_model=CatalogueAnswer, responses=PROBLEMS, tags=["figures"])
async def catalogue(request: Request) -> Response:
    """Show the definition of every KPI, in the order of display, and whether it can be told.

    `reports` are the columns of the cohort reports.
    """
    _, reading = await _read(request)
    words, settings = reading.basis.words, reading.basis.settings
    kpis = [
        {
            **asdict(kpi),
            "own_definition": words.definition(kpi.name),
            "date_bases": date_bases(kpi),
            "adds_over_time": kpi.adds_over_time,
            "available": settings.is_fed(kpi.feed),
        }
        for kpi in CATALOGUE.values()
    ]
    return answer({**reading.head(), "kpis": kpis, "reports": report_definitions()})
