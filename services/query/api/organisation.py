"""`GET /v1/tenant`, `/v1/org`, `/v1/catalogue`: what names and figures there are."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.formula_values import form_behind
from schemas.tables import NOBODY
from schemas.targets import DEFAULT_THRESHOLDS
from services.query.access import Caller
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.catalogue import catalogue as figures_of
from services.query.catalogue import described
from services.query.cohorts.catalogue import report_definitions
from services.query.company_answers import OrgAnswer, TenantAnswer
from services.query.figure_answers import CatalogueAnswer
from services.query.organisation import Organisation
from services.query.reader import Reading
from services.query.selection import date_bases

router = APIRouter()


async def _read(request: Request, ask: Ask) -> tuple[Caller, Reading]:
    entered = await enter(request)
    return entered.caller, await entered.visit(ask).read()


@router.get("/v1/tenant", response_model=TenantAnswer, responses=PROBLEMS, tags=["organisation"])
@declares("catalogue")
async def tenant(request: Request) -> Response:
    """Show the tenant of the key: name, time zone, currency, region, modules."""
    caller, reading = await _read(request, Ask("catalogue"))
    settings = reading.basis.settings
    return answer(
        {
            **reading.head(),
            "tenant": caller.tenant,
            "name": settings.name or caller.tenant,
            "time_zone": settings.time_zone,
            "currency": settings.currency,
            "region": settings.region,
            "modules_off": sorted(settings.modules_off),
            "thresholds": list(settings.thresholds or DEFAULT_THRESHOLDS),
        }
    )


@router.get("/v1/org", response_model=OrgAnswer, responses=PROBLEMS, tags=["organisation"])
@declares("organisation")
async def organisation(request: Request) -> Response:
    """Show departments and employees, each where they belong now.

    A person sees those whom they may look at, also such as left, and the departments of these; a
    kiosk without names the departments that its board is about.
    """
    caller, reading = await _read(request, Ask("organisation"))
    org = reading.basis.org
    people = reading.decision.people
    seen = _departments(caller, reading)
    departments = [
        {
            "id": fact.id,
            "name": org.department_name(fact.id),
            "parent_id": _if_in(seen, None if fact.profile is None else fact.profile[2]),
            "head_id": _if_in(people, None if fact.profile is None else fact.profile[3]),
            "active": fact.profile is None or fact.profile[4],
        }
        for fact in sorted(org.departments.values(), key=lambda fact: fact.id)
        if seen is None or fact.id in seen
    ]
    employees = [
        {
            "id": fact.id,
            "name": org.employee_name(fact.id),
            "department_id": fact.places[-1][2] if fact.places else None,
            "other_department_ids": _others(org, fact.id),
            "manager_id": _if_in(people, fact.places[-1][3] if fact.places else None),
            "active": org.is_active(fact.id),
        }
        for fact in sorted(org.employees.values(), key=lambda fact: fact.id)
        if reading.shows(fact.id)
    ]
    return answer({**reading.head(), "departments": departments, "employees": employees})


def _trial(reading: Reading, name: str) -> dict[str, dict[str, str]]:
    document = reading.basis.configuration.of("rollout").get(name)
    if document is None:
        return {}
    return {"trial": {"department_id": document["department_id"], "from": document["valid_from"]}}


def _departments(caller: Caller, reading: Reading) -> frozenset[str] | None:
    """Return the departments of those whom a caller may look at, and those they head; None: all.

    Laws:   a kiosk that knows no people knows the department that its board is of, by its name.
    """
    people, org, board = reading.decision.people, reading.basis.org, caller.board
    if people is None:
        return None
    headed = {name for name in org.departments if org.tree.is_headed(name, caller.employee)}
    if board is not None and board.scope == "department":
        headed |= set(org.subtree(board.scope_id)) if board.sub else {board.scope_id}
    return frozenset({each for name in people for each in org.tree.departments_of(name)} | headed)


def _others(org: Organisation, employee: str) -> list[str]:
    return sorted(org.tree.departments_of(employee) - {NOBODY, org.department_of(employee)})


def _if_in(seen: frozenset[str] | None, name: str | None) -> str | None:
    return name if seen is None or name in seen else None


@router.get("/v1/catalogue", response_model=CatalogueAnswer, responses=PROBLEMS, tags=["figures"])
@declares("catalogue")
async def catalogue(request: Request) -> Response:
    """Show the definition of every KPI, in the order of display, and whether it can be told.

    `reports` are the columns of the cohort reports.
    """
    _, reading = await _read(request, Ask("catalogue"))
    words, settings = reading.basis.words, reading.basis.settings
    kpis = [
        {
            **described(kpi),
            "own_definition": words.definition(kpi.name),
            "date_bases": date_bases(kpi),
            "adds_over_time": kpi.adds_over_time,
            "alertable": form_behind(kpi) is not None,
            "available": settings.is_fed(kpi.feed),
            **_trial(reading, kpi.name),
        }
        for kpi in figures_of(reading.basis).values()
    ]
    return answer({**reading.head(), "kpis": kpis, "reports": report_definitions()})
