"""`/v1/webhooks`: whom we call when something changes; how that goes; tests, replays, secrets."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from uuid import uuid4

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.calendar import format_time
from schemas.kpis import CATALOGUE
from schemas.webhooks import digest_of, secret_of
from services.query.administration.answers import Changed
from services.query.administration.webhook_bodies import (
    DeliveriesAnswer,
    ReplayBody,
    RotateBody,
    SecretAnswer,
    WebhookBody,
    WebhooksAnswer,
)
from services.query.administration.webhook_state import deliveries, standing
from services.query.api.answer import Entered, answer, declares, enter
from services.query.api.change import change, changed
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.parameters import Parameters
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.writing import Change, Written

router = APIRouter(tags=["webhooks"])
_CHANGE: Final = Ask("administer", "change")
_LIST: Final = Ask("administer", "list")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_HOUR_MS: Final = 3_600_000


@router.get("/v1/webhooks", response_model=WebhooksAnswer, responses=PROBLEMS)
@declares("administer")
async def list_webhooks(request: Request) -> Response:
    """Show every webhook and how it stands; secrets are shown once, when they are made."""
    entered = await enter(request)
    reading = await entered.visit(_LIST).read()
    documents = reading.basis.configuration.of("webhook")
    names = sorted(documents)
    stands = await standing(entered.services.redis, entered.caller.tenant, names)
    rows = [_row(name, documents[name], one) for name, one in zip(names, stands, strict=True)]
    return answer({**reading.head(), "rows": rows})


def _row(name: str, data: dict[str, Any], stands: dict[str, Any]) -> dict[str, Any]:
    is_disabled = stands.pop("is_disabled") and stands.pop("digest") == digest_of(data)
    stands.pop("digest", None)
    state = "disabled" if is_disabled else "failing" if stands["failures"] else "active"
    reason = stands["reason"] if is_disabled else ""
    return {"rotation": 1, **data, "id": name, "state": state, **stands, "reason": reason}


class DeliveryParameters(Parameters):
    """Parameters of the delivery log."""

    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    before: str = ""


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries", response_model=DeliveriesAnswer, responses=PROBLEMS
)
@declares("administer")
async def list_deliveries(
    request: Request, webhook_id: str, parameters: Annotated[DeliveryParameters, Query()]
) -> Response:
    """Show the last attempts, newest first; a webhook that never was has none."""
    entered = await enter(request)
    reading = await entered.visit(_LIST).read()
    place = (entered.services.redis, entered.caller.tenant, webhook_id)
    if parameters.before and not re.fullmatch(r"\d+-\d+", parameters.before):
        raise Problem(422, "bad_cursor", "'before' is the `next` of a page", parameter="before")
    rows = await deliveries(*place, parameters.limit, parameters.before)
    following = rows[-1]["entry"] if len(rows) == parameters.limit else None
    return answer({**reading.head(), "webhook": webhook_id, "rows": rows, "next": following})


@router.put("/v1/webhooks/{webhook_id}", response_model=SecretAnswer, responses=CHANGE_PROBLEMS)
@declares("administer")
async def define(request: Request, webhook_id: str, body: WebhookBody) -> Response:
    """Define a webhook, or define it anew, which also enables one that was disabled.

    The secret of a new one is in the answer, this once. 422 `unknown_metric` and `not_alertable`
    name what has no cells.
    """
    if not _ID.fullmatch(webhook_id):
        detail = "an id has letters, digits, '_', '.' and '-', at most 64"
        raise Problem(422, "invalid_parameter", detail, parameter="webhook_id")
    _check(body)
    is_new = True

    def changes(reading: Reading, by: str) -> list[Change]:
        nonlocal is_new
        before = reading.basis.configuration.of("webhook").get(webhook_id)
        is_new = before is None
        kept = {
            key: value
            for key, value in (before or {}).items()
            if key in ("rotation", "previous_until")
        }
        data = {**body.model_dump(mode="json", exclude_none=True), **kept}
        return [_defined(request, webhook_id, data, by)]

    written = await change(request, _CHANGE, changes)
    return await _with_secret(request, webhook_id, written, 1 if is_new else None)


@router.delete("/v1/webhooks/{webhook_id}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def delete(request: Request, webhook_id: str) -> Response:
    """Delete a webhook, and what waits for it. 404 `not_found`."""

    def changes(reading: Reading, by: str) -> list[Change]:
        _known(reading, webhook_id)
        return [Change("webhook.deleted", webhook_id, {"deleted_by": by} if by else {})]

    return changed(await change(request, _CHANGE, changes))


@router.post(
    "/v1/webhooks/{webhook_id}/rotate", response_model=SecretAnswer, responses=CHANGE_PROBLEMS
)
@declares("administer")
async def rotate(request: Request, webhook_id: str, body: RotateBody) -> Response:
    """Make a new secret; for some hours deliveries are signed with both. 404 `not_found`."""
    rotation = 0

    def changes(reading: Reading, by: str) -> list[Change]:
        nonlocal rotation
        data = dict(_known(reading, webhook_id))
        rotation = data["rotation"] = data.get("rotation", 1) + 1
        until = _now_ms(request) + round(body.overlap_hours * _HOUR_MS)
        data["previous_until"] = format_time(until)
        return [_defined(request, webhook_id, data, by)]

    written = await change(request, _CHANGE, changes)
    return await _with_secret(request, webhook_id, written, rotation)


@router.post("/v1/webhooks/{webhook_id}/test", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def test(request: Request, webhook_id: str) -> Response:
    """Send a test; the delivery log says how it went. 404 `not_found`."""
    return await _ordered(request, webhook_id, "webhook.test_ordered", {})


@router.post("/v1/webhooks/{webhook_id}/replay", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def replay(request: Request, webhook_id: str, body: ReplayBody) -> Response:
    """Send again what was delivered, under the same ids, from a time or a message on."""
    told = body.model_dump(mode="json", exclude_none=True)
    return await _ordered(request, webhook_id, "webhook.replay_ordered", told)


async def _ordered(request: Request, name: str, kind: str, more: dict[str, Any]) -> Response:
    def changes(reading: Reading, by: str) -> list[Change]:
        _known(reading, name)
        who = {"ordered_by": by} if by else {}
        return [Change(kind, name, {**more, **who, "order": uuid4().hex})]

    return changed(await change(request, _CHANGE, changes))


def _known(reading: Reading, name: str) -> dict[str, Any]:
    found = reading.basis.configuration.of("webhook").get(name)
    if found is None:
        raise Problem(404, "not_found", f"there is no webhook '{name}'")
    return found


def _defined(request: Request, name: str, data: dict[str, Any], by: str) -> Change:
    data["defined_at"] = format_time(_now_ms(request))
    data.pop("defined_by", None)
    data.pop("revision", None)
    who = {"defined_by": by} if by else {}
    return Change("webhook.defined", name, {**data, **who})


def _check(body: WebhookBody) -> None:
    for metric in body.metrics or ():
        if metric not in CATALOGUE:
            detail = f"there is no KPI {metric}"
            raise Problem(422, "unknown_metric", detail, pointer="/metrics")
        if not CATALOGUE[metric].is_stored:
            detail = f"{metric} is made when read and has no changes of its own"
            raise Problem(422, "not_alertable", detail, pointer="/metrics", metrics=[metric])


def _now_ms(request: Request) -> int:
    now_ms: int = request.app.state.services.now_ms()
    return now_ms


async def _with_secret(
    request: Request, name: str, written: Written, rotation: int | None
) -> Response:
    told: dict[str, Any] = orjson.loads(bytes(changed(written).body))
    told["secret"] = None
    if rotation is not None:
        entered: Entered = await enter(request)
        key, tenant = entered.settings.webhook_secret.get_secret_value(), entered.caller.tenant
        told["secret"] = secret_of(key, tenant, name, rotation) if key else None
    return answer(told)
