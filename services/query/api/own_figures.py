"""`/v1/formulas`, `/v1/values`, `/v1/rollouts`, `/v1/calendars`: what a tenant sets up itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.events.base import LocalDate
from schemas.events.calendars import CalendarVersion
from schemas.formulas import FormulaError, compiled, names_in
from schemas.kpis.model import Unit
from schemas.tables import COMPANY_ID, Scope
from schemas.working_days import COMPANY, calendar_name
from services.query.administration.answers import Changed
from services.query.answers import Head
from services.query.api.answer import answer, declares, enter
from services.query.api.change import change, changed
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.basis import Basis
from services.query.catalogue import made_by, metric_named, own
from services.query.parameters import Parameters
from services.query.problems import Problem, invalid
from services.query.reader import Reading
from services.query.selection import check_known, scope_named
from services.query.targets.question import period_named
from services.query.writing import Change

router = APIRouter(tags=["figures"])
_COMPANY: Final = Ask("configure", "change", "company")
_PLACE: Final = "{scope}/{scope_id}"
Changes = Callable[[Reading, str], Sequence[Change]]


class FormulaToDefine(BaseModel):
    """A figure made of figures, or (`manual`) of what people write down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label_en: str
    label_vi: str | None = None
    unit: Unit
    expression: str | None = None
    manual: StrictBool = False
    description: str | None = None


class FormulaRow(BaseModel):
    """A figure of the tenant's own, and what is wrong with it if it is none."""

    name: str
    label_en: str
    unit: str
    expression: str | None
    manual: bool
    version: int
    made_of: list[str]
    problem: str | None = Field(description="Why it is no figure (any more).")


class FormulasAnswer(Head):
    """The figures of the tenant's own."""

    rows: list[FormulaRow]


class ValueToRecord(BaseModel):
    """What somebody writes down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: int
    grade: str | None = None


class ValueParameters(Parameters):
    """Of which period a value is written down."""

    period: str = Field("month", description="Like 2026-11, or `month`: that of today.")


class RolloutToChange(BaseModel):
    """Where a figure is on trial, and since when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department_id: str
    valid_from: LocalDate


class CalendarToDefine(BaseModel):
    """When people work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: Annotated[list[CalendarVersion], Field(min_length=1, max_length=32)]


class CalendarsAnswer(Head):
    """The calendars that were defined, by `company` or `department:<id>`."""

    calendars: dict[str, Any]


@router.get("/v1/formulas", response_model=FormulasAnswer, responses=PROBLEMS)
@declares("catalogue")
async def formulas(request: Request) -> Response:
    """Show the figures that the tenant made itself, and what is wrong with those that are none."""
    reading = await (await enter(request)).visit(Ask("catalogue")).read()
    known, wrong = made_by(reading.basis.configuration)
    rows = [
        {
            "name": name,
            "label_en": document["label_en"],
            "unit": document["unit"],
            "expression": document.get("expression"),
            "manual": bool(document.get("manual")),
            "version": document.get("version") or 1,
            "made_of": own(known[name]).get("made_of", []) if name not in wrong else [],
            "problem": wrong[name].detail if name in wrong else None,
        }
        for name, document in sorted(reading.basis.configuration.of("formula").items())
    ]
    return answer({**reading.head(), "rows": rows})


@router.put("/v1/formulas/{name}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def define_formula(request: Request, name: str, given: FormulaToDefine) -> Response:
    """Define a figure; it is read like ours from the next answer on. Its version counts up."""

    def changes(reading: Reading, by: str) -> list[Change]:
        documents = dict(reading.basis.configuration.of("formula"))
        before = documents.get(name)
        data = given.model_dump(exclude_none=True) | _by("defined_by", by)
        data["version"] = 1 if before is None else (before.get("version") or 1) + 1
        wrong = compiled({**documents, name: data})[1]
        for broken in sorted(
            wrong.keys() - made_by(reading.basis.configuration)[1].keys() | {name}
        ):
            if broken in wrong:
                raise _refused(broken, wrong[broken])
        return [Change("formula.defined", name, data)]

    return await _write(request, _COMPANY, changes)


@router.delete("/v1/formulas/{name}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def remove_formula(request: Request, name: str) -> Response:
    """Remove a figure; 409 `in_use` while another one is made of it, or an alert watches it."""

    def changes(reading: Reading, by: str) -> list[Change]:
        documents = reading.basis.configuration.of("formula")
        users = [
            other
            for other, document in documents.items()
            if document.get("expression") and name in names_in(document["expression"])
        ]
        if users:
            raise Problem(409, "in_use", f"{', '.join(users)} is made of it", known=users)
        alerts = reading.basis.configuration.of("alert")
        watching = sorted(alert for alert, data in alerts.items() if data.get("metric") == name)
        if watching:
            detail = f"watched by the alerts {', '.join(watching)}"
            raise Problem(409, "in_use", detail, known=watching)
        return _gone("formula.removed", name, documents, _by("removed_by", by))

    return await _write(request, _COMPANY, changes)


@router.put(f"/v1/values/{{metric}}/{_PLACE}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def record_value(
    request: Request,
    scope: str,
    scope_id: str,
    given: ValueToRecord,
    asked: Annotated[ValueParameters, Query()],
) -> Response:
    """Write down the value of a manual figure; it is marked so wherever it is shown."""
    place, metric = _place(scope, scope_id), request.path_params["metric"]

    def changes(reading: Reading, by: str) -> list[Change]:
        basis = reading.basis
        check_known(basis, *place)
        if metric_named(basis, metric, "metric").additivity != "manual":
            raise invalid("not_manual", f"{metric} is counted, nobody writes it down", "metric")
        named = period_named(asked.period, basis.today)
        data = {"metric": metric, "scope": place[0], "scope_id": place[1], "period": named}
        data |= given.model_dump(exclude_none=True) | _by("recorded_by", by)
        return [Change("value.recorded", "|".join((metric, *place, named)), data)]

    return await _write(request, Ask("configure", "change", *place), changes)


@router.put("/v1/rollouts/{metric}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def try_out(request: Request, metric: str, given: RolloutToChange) -> Response:
    """Put a figure on trial: from a day on, in one department and those below it only."""

    def changes(reading: Reading, by: str) -> list[Change]:
        metric_named(reading.basis, metric, "metric")
        check_known(reading.basis, "department", given.department_id)
        data = given.model_dump(mode="json") | _by("changed_by", by)
        return [Change("rollout.changed", metric, data)]

    return await _write(request, _COMPANY, changes)


@router.delete("/v1/rollouts/{metric}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def roll_out(request: Request, metric: str) -> Response:
    """Let everybody have a figure that was on trial."""

    def changes(reading: Reading, by: str) -> list[Change]:
        documents = reading.basis.configuration.of("rollout")
        return _gone("rollout.ended", metric, documents, _by("changed_by", by))

    return await _write(request, _COMPANY, changes)


@router.get("/v1/calendars", response_model=CalendarsAnswer, responses=PROBLEMS)
@declares("catalogue")
async def calendars(request: Request) -> Response:
    """Show the working calendars."""
    reading = await (await enter(request)).visit(Ask("catalogue")).read()
    held = reading.basis.configuration.of("calendar")
    return answer({**reading.head(), "calendars": dict(held)})


@router.put(f"/v1/calendars/{_PLACE}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def define_calendar(
    request: Request, scope: str, scope_id: str, given: CalendarToDefine
) -> Response:
    """Define when the company or a department works."""
    place = _place(scope, scope_id)

    def changes(reading: Reading, by: str) -> list[Change]:
        name = _calendar(reading.basis, place)
        data = given.model_dump(mode="json", exclude_none=True) | _by("defined_by", by)
        return [Change("calendar.defined", name, data)]

    return await _write(request, Ask("configure", "change", *place), changes)


@router.delete(f"/v1/calendars/{_PLACE}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def remove_calendar(request: Request, scope: str, scope_id: str) -> Response:
    """Let that of a department above, or of the company, hold."""
    place = _place(scope, scope_id)

    def changes(reading: Reading, by: str) -> list[Change]:
        documents = reading.basis.configuration.of("calendar")
        name = _calendar(reading.basis, place)
        return _gone("calendar.removed", name, documents, _by("removed_by", by))

    return await _write(request, Ask("configure", "change", *place), changes)


async def _write(request: Request, ask: Ask, changes: Changes) -> Response:
    return changed(await change(request, ask, changes))


def _place(scope: str, scope_id: str) -> tuple[Scope, str]:
    named = scope_named(scope)
    return named, COMPANY_ID if named == "company" else scope_id


def _calendar(basis: Basis, place: tuple[Scope, str]) -> str:
    if place[0] == "employee":
        raise invalid("unknown_scope", "a calendar is of the company or a department", "scope")
    check_known(basis, *place)
    return COMPANY if place[0] == "company" else calendar_name(place[1])


def _by(member: str, actor: str) -> dict[str, str]:
    return {member: actor} if actor else {}


def _gone(event: str, name: str, documents: Any, data: dict[str, str]) -> list[Change]:
    return [Change(event, name, data)] if name in documents else []


def _refused(name: str, error: FormulaError) -> Problem:
    code = f"formula_{error.code}"
    return Problem(422, code, f"{name}: {error.detail}", pointer="/expression")
