"""`/v1/people`, `/v1/departments`: who works where, and how that changes."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from services.query.administration import departments, people
from services.query.administration.answers import (
    Changed,
    DepartmentsAnswer,
    FileAnswer,
    PeopleAnswer,
)
from services.query.administration.bodies import (
    DepartmentChange,
    NewDepartment,
    NewPerson,
    PersonChange,
)
from services.query.administration.files import What, outcome
from services.query.api.answer import answer, declares, enter
from services.query.api.change import change, changed, idempotency_of
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.parameters import Parameters
from services.query.problems import Problem
from services.query.writing import Written

router = APIRouter(tags=["administration"])
_LOOK: Final = Ask("administer", "list")
_CHANGE: Final = Ask("administer", "change")
_PERSON: Final = "/v1/people/{employee_id:path}"
_CSV: Final = "text/csv"
_FILE: Final = {
    "requestBody": {"required": True, "content": {_CSV: {"schema": {"type": "string"}}}}
}
_MOST_ROWS: Final = 10_000


class ImportParameters(Parameters):
    """Parameters of an import."""

    preview: bool = False


@router.get("/v1/people", response_model=PeopleAnswer, responses=PROBLEMS)
@declares("administer")
async def everybody(request: Request) -> Response:
    """Show all employees with their places, extension and grants; those who have left last."""
    entered = await enter(request)
    reading = await entered.visit(_LOOK).read()
    return answer({**reading.head(), "rows": list(people.rows(reading.basis.org))})


@router.post("/v1/people", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def join(request: Request, body: NewPerson) -> Response:
    """Take in somebody new. 409 `exists`; 422 `unknown_department`, `unknown_employee`."""
    return changed(
        await change(request, _CHANGE, lambda reading, _: people.created(reading.basis, body))
    )


@router.post(
    "/v1/people/import", response_model=FileAnswer, responses=CHANGE_PROBLEMS, openapi_extra=_FILE
)
@declares("administer")
async def import_people(
    request: Request, parameters: Annotated[ImportParameters, Query()]
) -> Response:
    """Take a file of people: all of its rows or none; with `preview` say what it would do.

    422 `bad_rows` names line, column and reason of what is wrong. Columns as at the ingestor.
    """
    return await _import(request, "people", is_preview=parameters.preview)


@router.patch(_PERSON, response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def change_person(request: Request, employee_id: str, body: PersonChange) -> Response:
    """Rename, move, let go or take back; what is left out stays. 404 `unknown_employee`."""
    return changed(
        await change(
            request, _CHANGE, lambda reading, _: people.altered(reading.basis, employee_id, body)
        )
    )


@router.post(f"{_PERSON}/pseudonym", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def pseudonymise(request: Request, employee_id: str) -> Response:
    """Name a leaver no more; no figure changes. It is not taken back. 409 `still_here`."""
    return changed(
        await change(
            request,
            _CHANGE,
            lambda reading, by: people.pseudonymised(reading.basis, employee_id, by),
        )
    )


@router.get("/v1/departments", response_model=DepartmentsAnswer, responses=PROBLEMS)
@declares("administer")
async def all_departments(request: Request) -> Response:
    """Show all departments, with how many people are in each now."""
    entered = await enter(request)
    reading = await entered.visit(_LOOK).read()
    return answer({**reading.head(), "rows": list(departments.rows(reading.basis.org))})


@router.post("/v1/departments", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def found(request: Request, body: NewDepartment) -> Response:
    """Make a department. 409 `exists`; 422 `unknown_department`, `unknown_employee`."""
    return changed(
        await change(
            request, _CHANGE, lambda reading, _: departments.created(reading.basis.org, body)
        )
    )


@router.post(
    "/v1/departments/import",
    response_model=FileAnswer,
    responses=CHANGE_PROBLEMS,
    openapi_extra=_FILE,
)
@declares("administer")
async def import_departments(
    request: Request, parameters: Annotated[ImportParameters, Query()]
) -> Response:
    """Take a file of departments, as one of people is taken."""
    return await _import(request, "departments", is_preview=parameters.preview)


@router.patch(
    "/v1/departments/{department_id:path}", response_model=Changed, responses=CHANGE_PROBLEMS
)
@declares("administer")
async def change_department(
    request: Request, department_id: str, body: DepartmentChange
) -> Response:
    """Rename, move, give a head, close or open; what is left out stays.

    422 `cycle` below itself; 409 `in_use` while people or departments are in what is closed.
    """
    return changed(
        await change(
            request,
            _CHANGE,
            lambda reading, _: departments.altered(reading.basis.org, department_id, body),
        )
    )


async def _import(request: Request, what: What, *, is_preview: bool) -> Response:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    entered = await enter(request)
    reading = await entered.visit(_CHANGE).read()
    if media_type != _CSV:
        raise Problem(415, "unsupported_media_type", f"send the file as {_CSV}")
    make = partial(outcome, await request.body(), what, reading.basis)
    result = make(entered.caller.tenant, _MOST_ROWS)
    written = Written(str(reading.freshness.version))
    if result.changes and not is_preview:
        idempotency = idempotency_of(request)
        written = await entered.services.writer.write(entered.caller, result.changes, idempotency)
    done = {"version": written.version, "events": list(written.events)}
    return answer({**result.document(), **done})
