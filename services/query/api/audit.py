"""`GET /v1/audit`: who looked at what, took away, was refused, granted, set targets, locked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.audit import ACTIONS, AuditRecord
from schemas.calendar import day_end, day_start, format_day
from services.query.answers import AuditAnswer
from services.query.api.answer import answer, declares, enter
from services.query.api.exports import CSV_RESPONSES, XLSX_RESPONSES, days_text, sent
from services.query.api.responses import PROBLEMS
from services.query.audit.trail import AuditTrail, Kept, whole
from services.query.basis import Basis
from services.query.cursors import mark_of, read_cursor, write_cursor
from services.query.export import Cell, Form, Heading, Sheet, file_name
from services.query.parameters import AuditParameters
from services.query.periods import Period
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.selection import period_of
from services.query.settings import QuerySettings

router = APIRouter()
_CHUNK: Final = 500
_COLUMNS: Final = (
    "at (UTC)", "actor_kind", "actor_id", "actor_name", "action", "subject", "scope", "scope_id",
    "details", "times", "version", "address", "id",
)  # fmt: skip


@router.get(
    "/v1/audit",
    response_model=AuditAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["audit"],
)
@declares("oversight")
async def audit(request: Request, parameters: Annotated[AuditParameters, Query()]) -> Response:
    """Show who did what, newest first.

    For machines and who may `view_all` or `administer`. Records name people by id; their names
    are those of now. `trail.since` says where what is kept here begins.
    """
    entered = await enter(request)
    question = AuditQuestion(parameters, entered.settings)
    reading = await entered.visit(Ask("oversight")).read()
    trail = entered.services.audit.trail
    return answer(question.answer(reading, trail, entered.caller.tenant))


@router.get("/v1/audit.csv", responses=CSV_RESPONSES, response_class=Response, tags=["audit"])
@declares("oversight")
async def audit_csv(request: Request, parameters: Annotated[AuditParameters, Query()]) -> Response:
    """Export the audit trail of a time as CSV; `limit` means nothing here."""
    return await _exported(request, parameters, "csv")


@router.get("/v1/audit.xlsx", responses=XLSX_RESPONSES, response_class=Response, tags=["audit"])
@declares("oversight")
async def audit_xlsx(request: Request, parameters: Annotated[AuditParameters, Query()]) -> Response:
    """Export the audit trail of a time as XLSX; `limit` means nothing here."""
    return await _exported(request, parameters, "xlsx")


async def _exported(request: Request, parameters: AuditParameters, form: Form) -> Response:
    entered = await enter(request)
    if parameters.cursor:
        detail = "an export holds the whole trail and takes no cursor"
        raise invalid("conflicting_parameters", detail, "cursor")
    question = AuditQuestion(parameters, entered.settings)
    reading = await entered.visit(Ask("oversight", "export")).read()
    period = question.period(reading.basis)
    found = question.found(reading.basis, entered.services.audit.trail, entered.caller.tenant)
    name = file_name("salespulse", "audit", days_text(period.first, period.last, 0), form=form)
    sheet = Sheet("audit", tuple(map(Heading, _COLUMNS)), _chunks(found, reading.basis))
    return sent([sheet], form, name, str(reading.head()["version"]))


class AuditQuestion:
    """One question for the audit trail."""

    def __init__(self, parameters: AuditParameters, settings: QuerySettings) -> None:
        self.parameters = parameters
        self.settings = settings
        self.actions = frozenset(filter(None, parameters.action.split(",")))
        for unknown in self.actions.difference(ACTIONS):
            detail = f"'{unknown}' is no action; there are {', '.join(ACTIONS)}"
            raise invalid("unknown_action", detail, "action")
        if parameters.limit > settings.max_rows:
            detail = f"at most {settings.max_rows} rows on a page"
            raise invalid("limit_too_large", detail, "limit", limit=settings.max_rows)

    def period(self, basis: Basis) -> Period:
        """Return the range of days."""
        given, longest = self.parameters, self.settings.max_range_days
        return period_of(given.from_, given.to, basis.today, longest)

    def found(self, basis: Basis, trail: AuditTrail, tenant: str) -> list[Kept]:
        """Return what there is, newest first."""
        period, zone = self.period(basis), basis.settings.time_zone
        first_ms, last_ms = day_start(period.first, zone), day_end(period.last, zone)
        return trail.find(tenant, first_ms, last_ms, self.parameters.actor, self.actions)

    def answer(self, reading: Reading, trail: AuditTrail, tenant: str) -> dict[str, Any]:
        """Return the answer document."""
        period, limit = self.period(reading.basis), self.parameters.limit
        mark = mark_of("audit", period, self.parameters.actor, sorted(self.actions))
        after = read_cursor(self.parameters.cursor, "audit", mark, (int, str))
        found = self.found(reading.basis, trail, tenant)
        left = found if after is None else [one for one in found if [one.at_ms, one.id] < after]
        shown = left[:limit]
        place = (shown[-1].at_ms, shown[-1].id) if len(left) > limit else None
        return {
            **reading.head(),
            "from": format_day(period.first),
            "to": format_day(period.last),
            "trail": {"state": trail.state(), "since": trail.since(tenant)},
            "total": len(found),
            "rows": [_row(whole(one), reading.basis) for one in shown],
            "next": None if place is None else write_cursor("audit", mark, place),
        }


def _row(record: AuditRecord, basis: Basis) -> dict[str, Any]:
    return {**record.document(), "actor_name": _name(record, basis)}


def _name(record: AuditRecord, basis: Basis) -> str:
    """Return what the actor is called: an employee now, a key when it was made."""
    actor = record.actor
    return basis.org.employee_name(actor.id) if actor.kind == "person" else actor.label


async def _chunks(found: Sequence[Kept], basis: Basis) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    for start in range(0, len(found), _CHUNK):
        yield [_cells(whole(one), basis) for one in found[start : start + _CHUNK]]


def _cells(record: AuditRecord, basis: Basis) -> list[Cell]:
    at = datetime.fromtimestamp(record.at_ms / 1000, UTC).replace(tzinfo=None)
    details = "; ".join(f"{name}={value}" for name, value in sorted(record.details.items()))
    actor = (record.actor.kind, record.actor.id, _name(record, basis))
    place = (record.action, record.subject, record.scope, record.scope_id)
    return [at, *actor, *place, details, record.times, record.version, record.address, record.id]
