"""`/v1/alerts`: figures that are watched, how they stand, what they did, who takes care."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Annotated, Any, Final
from uuid import uuid4

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask, Form, decide
from schemas.calendar import format_time
from schemas.formula_values import adds_over_places, form_behind
from schemas.kpis import Kpi
from schemas.tables import COMPANY_ID, NoticeKeys
from services.query.administration.alert_bodies import (
    AcknowledgeBody,
    AlertBody,
    AlertsAnswer,
    HistoryAnswer,
)
from services.query.administration.answers import Changed
from services.query.api.answer import Entered, answer, declares, enter
from services.query.api.change import change, changed
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.api.webhooks import DeliveryParameters
from services.query.basis import Basis
from services.query.catalogue import made_by
from services.query.door import viewer_of
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.writing import Change

router = APIRouter(tags=["alerts"])
_KIND: Final = "alert"
_LIST: Final = Ask("catalogue", "list")
_MAILS: Final = Ask("administer", "change")


@router.get("/v1/alerts", response_model=AlertsAnswer, responses=PROBLEMS)
@declares("catalogue")
async def list_alerts(request: Request) -> Response:
    """Show the alerts that the caller may define, and how they stand."""
    entered = await enter(request)
    reading = await entered.visit(_LIST).read()
    return answer({**reading.head(), "rows": await alert_rows(entered, reading)})


async def alert_rows(entered: Entered, reading: Reading) -> list[dict[str, Any]]:
    """Return the alerts of places that the caller sets up: defined by the log, judged elsewhere."""
    viewer, tree = viewer_of(entered.caller, reading.basis), reading.basis.org.tree
    keys = NoticeKeys(entered.caller.tenant)
    stored: Any = await entered.services.redis.hgetall(keys.alerts)
    states = {name.decode(): orjson.loads(value) for name, value in stored.items()}
    documents = reading.basis.configuration.of(_KIND)
    acknowledged = reading.basis.configuration.of("alert-acknowledgement")
    return [
        _row(name, documents[name], states.get(name, {}), acknowledged.get(name, {}))
        for name in sorted(documents)
        if decide(viewer, _place(documents[name], "list"), tree).is_allowed
    ]


def _row(
    name: str, data: Mapping[str, Any], state: Mapping[str, Any], taken: Mapping[str, Any]
) -> dict[str, Any]:
    level = state.get("level", "ok")
    occurrence = state.get("occurrence") or None if level != "ok" else None
    is_taken = occurrence is not None and taken.get("occurrence") == occurrence
    since = state.get("since_ms", 0)
    defined = AlertBody.model_validate(
        {key: value for key, value in data.items() if key in AlertBody.model_fields}
    )
    return {
        **defined.model_dump(mode="json"),
        "id": name,
        "defined_at": data["defined_at"],
        "defined_by": data.get("defined_by"),
        "state": level,
        "since": format_time(since) if since else None,
        "occurrence": occurrence,
        "value": state.get("value"),
        "acknowledged_at": taken["acknowledged_at"] if is_taken else None,
        "acknowledged_by": taken.get("acknowledged_by") if is_taken else None,
    }


@router.get("/v1/alerts/{alert_id}/history", response_model=HistoryAnswer, responses=PROBLEMS)
@declares("configure")
async def history(
    request: Request, alert_id: str, parameters: Annotated[DeliveryParameters, Query()]
) -> Response:
    """Show how an alert changed, newest first; one that never was has no history."""
    entered = await enter(request)
    reading = await entered.visit(partial(_stored, alert_id, "list")).read()
    key = NoticeKeys(entered.caller.tenant).history(alert_id)
    found: Any = await entered.services.redis.xrevrange(key, count=parameters.limit)
    rows = [_passed({key.decode(): value.decode() for key, value in f.items()}) for _, f in found]
    return answer({**reading.head(), "alert": alert_id, "rows": rows})


def _passed(fields: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": format_time(int(fields["at_ms"])),
        "state": fields["level"],
        "before": fields["before"],
        "occurrence": fields["occurrence"],
        "value": float(fields["value"]) if fields["value"] else None,
        "told": fields["silent"] == "0",
    }


@router.put("/v1/alerts/{alert_id}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def define(request: Request, alert_id: str, body: AlertBody) -> Response:
    """Watch a figure of a place that one leads. 422 `unknown_metric`, `not_alertable` and the like.

    By mail a figure leaves the company: who is mailed is said by who may `administer`.
    """
    entered = await enter(request)
    place = _place(body.model_dump(), "change")
    reading = await entered.visit(place).read()
    before = reading.basis.configuration.of(_KIND).get(alert_id)
    if before is not None:
        await entered.visit(_place(before, "change")).read()
    if set(body.mails or ()) - set((before or {}).get("mails") or ()):
        await entered.services.door.visit(entered.caller, _MAILS).read()

    def changes(reading: Reading, by: str) -> list[Change]:
        _check(body, made_by(reading.basis.configuration)[0])
        _check_place(body, reading)
        data = body.model_dump(mode="json", exclude_none=True)
        data["defined_at"] = format_time(request.app.state.services.now_ms())
        return [Change("alert.defined", alert_id, {**data, **_by("defined_by", by)})]

    return changed(await change(request, place, changes))


@router.delete("/v1/alerts/{alert_id}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def delete(request: Request, alert_id: str) -> Response:
    """Watch it no more. 404 `not_found`."""

    def changes(reading: Reading, by: str) -> list[Change]:
        _known(reading, alert_id)
        return [Change("alert.deleted", alert_id, _by("deleted_by", by))]

    return changed(await change(request, partial(_stored, alert_id, "change"), changes))


@router.post("/v1/alerts/{alert_id}/acknowledge", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def acknowledge(request: Request, alert_id: str, body: AcknowledgeBody) -> Response:
    """Take care of an occurrence; everybody sees who does. 404 `not_found`."""

    def changes(reading: Reading, by: str) -> list[Change]:
        _known(reading, alert_id)
        at = format_time(request.app.state.services.now_ms())
        data = {"occurrence": body.occurrence, "acknowledged_at": at}
        return [Change("alert.acknowledged", alert_id, data | _by("acknowledged_by", by))]

    return changed(await change(request, partial(_stored, alert_id, "change"), changes))


@router.post("/v1/alerts/{alert_id}/test", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def test(request: Request, alert_id: str) -> Response:
    """Try the channels of an alert; its state stays as it is. 404 `not_found`."""

    def changes(reading: Reading, by: str) -> list[Change]:
        _known(reading, alert_id)
        data = {"order": uuid4().hex}
        return [Change("alert.test_ordered", alert_id, data | _by("ordered_by", by))]

    return changed(await change(request, partial(_stored, alert_id, "change"), changes))


def _place(data: Mapping[str, Any], form: Form) -> Ask:
    """Return what has to be allowed: to set up the place that an alert watches."""
    scope = data.get("scope", "company")
    scope_id = COMPANY_ID if scope == "company" else data["scope_id"]
    return Ask("configure", form, scope, scope_id, data.get("sub", False))


def _stored(alert_id: str, form: Form, basis: Basis) -> Ask:
    """Return the same of an alert as it stands; of one that is not there, of the company."""
    return _place(basis.configuration.of(_KIND).get(alert_id, {}), form)


def _by(name: str, by: str) -> dict[str, str]:
    return {name: by} if by else {}


def _known(reading: Reading, name: str) -> None:
    if name not in reading.basis.configuration.of(_KIND):
        raise Problem(404, "not_found", f"there is no alert '{name}'")


def _check(body: AlertBody, known: Mapping[str, Kpi]) -> None:
    """See that the figure can be watched: it has cells, or is a ratio or formula of what has."""
    if body.rule == "age" or body.metric is None:
        return
    kpi = known.get(body.metric)
    if kpi is None:
        detail = f"there is no KPI {body.metric}"
        raise Problem(422, "unknown_metric", detail, pointer="/metric")
    form = form_behind(kpi)
    if form is None:
        detail = f"{kpi.name} has no cells: it is counted, written down or of the clock"
        raise Problem(422, "not_alertable", detail, pointer="/metric", metrics=[kpi.name])
    if body.sub and not adds_over_places(form):
        detail = f"{kpi.name} does not add over departments: leave 'sub' out"
        raise Problem(422, "not_alertable", detail, pointer="/sub", metrics=[kpi.name])
    if body.rule == "silence" and not kpi.is_stored:
        detail = f"{kpi.name} is made of others: silence is of one figure that grows"
        raise Problem(422, "not_alertable", detail, pointer="/metric", metrics=[kpi.name])


def _check_place(body: AlertBody, reading: Reading) -> None:
    org = reading.basis.org
    places: dict[str, Collection[str]] = {
        "employee": org.employees,
        "department": org.departments,
        "company": ("all",),
    }
    if body.scope_id not in places[body.scope]:
        code = "unknown_scope" if body.scope == "company" else f"unknown_{body.scope}"
        detail = f"there is no {body.scope} '{body.scope_id}'"
        raise Problem(422, code, detail, pointer="/scope_id")
