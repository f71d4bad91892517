"""`/v1/keys`, `/v1/kiosks`: keys for administrators, those of boards also for who leads.

Keys are made and kept by the ingestor; their secret passes through here once and stays nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.events.configuration import KioskBoard
from schemas.kpis import CATALOGUE
from services.query.administration.answers import Changed, KeyMade, KeyRow, KeysAnswer
from services.query.administration.bodies import NewKey, NewKiosk
from services.query.api.answer import Entered, answer, declares, enter
from services.query.api.change import changed
from services.query.api.responses import CHANGE_PROBLEMS
from services.query.boards.stored import asks_of, board_of, place_of
from services.query.door import Visit
from services.query.organisation import Organisation
from services.query.problems import Problem
from services.query.writing import written

router = APIRouter(tags=["administration"])
_CHANGE: Final = Ask("administer", "change")


@router.get("/v1/keys", response_model=KeysAnswer, responses=CHANGE_PROBLEMS)
@declares("administer")
async def list_keys(request: Request) -> Response:
    """Show the keys of machines and kiosks, also the revoked; the secrets are known to nobody."""
    entered = await enter(request)
    await entered.visit(Ask("administer", "list")).read()
    return answer({"rows": await _all(entered)})


@router.post("/v1/keys", response_model=KeyMade, responses=CHANGE_PROBLEMS)
@declares("administer")
async def make_key(request: Request, body: NewKey) -> Response:
    """Make a key for a machine; the answer is the only time it is shown."""
    entered = await enter(request)
    await entered.visit(_CHANGE).read()
    return await _made(entered, body.model_dump(mode="json", exclude_none=True))


@router.delete("/v1/keys/{key_id}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def revoke_key(request: Request, key_id: str) -> Response:
    """Revoke a key of a machine or a kiosk, for good. 404 `not_found`."""
    entered = await enter(request)
    await entered.visit(_CHANGE).read()
    return await _revoked(entered, key_id)


@router.get("/v1/kiosks", response_model=KeysAnswer, responses=CHANGE_PROBLEMS)
@declares("organisation")
async def list_kiosks(request: Request) -> Response:
    """Show the keys of the boards that one may grant and revoke."""
    entered = await enter(request)
    reading = await entered.visit(Ask("organisation")).read()
    mine = [
        row
        for row in await _all(entered)
        if row["board"] and _visit(entered, _place(row["board"])).would(reading.basis)
    ]
    return answer({"rows": mine})


@router.post("/v1/kiosks", response_model=KeyMade, responses=CHANGE_PROBLEMS)
@declares("configure")
async def make_kiosk(request: Request, body: NewKiosk) -> Response:
    """Grant a board on a wall: a key for one place and these figures; it is shown once.

    Whoever leads the place may, or has `administer` and `view_all`; they are named as who did.
    With `board_id` it shows a stored board: whoever grants it leads all places that it shows.
    """
    entered = await enter(request)
    told = body.model_dump(mode="json", exclude_none=True)
    reading = await entered.visit(_place(told["board"])).read()
    _check_board(body.board, reading.basis.org)
    if body.board.board_id is not None:
        stored = board_of(reading.basis, body.board.board_id)
        if place_of(stored) != (body.board.scope, body.board.scope_id, body.board.sub):
            detail = "the stored board is one of another place"
            raise Problem(422, "wrong_place", detail, pointer="/board/scope_id")
        for shown in asks_of(stored, "figure"):
            place = Ask("configure", "change", shown.scope, shown.scope_id, shown.sub)
            await entered.visit(place).read()
    by = entered.caller.employee or entered.caller.label or entered.caller.key_id
    return await _made(entered, {**told, "scopes": ["kiosk"], "created_by": by})


@router.delete("/v1/kiosks/{key_id}", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def revoke_kiosk(request: Request, key_id: str) -> Response:
    """Revoke a board that one may grant. 404 `not_found`."""
    entered = await enter(request)
    # who leads nothing is refused before they learn whether there is such a key
    found = {row["key_id"]: row["board"] for row in await _all(entered)}.get(key_id)
    await entered.visit(_place(found or {"scope": "company", "scope_id": "all"})).read()
    if found is None:
        raise Problem(404, "not_found", f"there is no board with the key '{key_id}'")
    return await _revoked(entered, key_id)


def _visit(entered: Entered, ask: Ask) -> Visit:
    """Return a question of another subject than the route's: whose answer leaves rows out."""
    return entered.services.door.visit(entered.caller, ask)


def _place(board: dict[str, Any]) -> Ask:
    return Ask("configure", "change", board["scope"], board["scope_id"], bool(board.get("sub")))


def _check_board(board: KioskBoard, org: Organisation) -> None:
    """See that there is what the board is to show; problems 422 with a pointer."""
    unknown = sorted(set(board.metrics) - set(CATALOGUE))
    if unknown:
        detail = f"there is no KPI {', '.join(unknown)}"
        raise Problem(422, "unknown_metric", detail, pointer="/board/metrics")
    places: dict[str, tuple[Collection[str], str]] = {
        "employee": (org.employees, "unknown_employee"),
        "department": (org.departments, "unknown_department"),
        "company": (("all",), "unknown_scope"),
    }
    known, code = places[board.scope]
    if board.scope_id not in known:
        detail = f"there is no {board.scope} '{board.scope_id}'"
        raise Problem(422, code, detail, pointer="/board/scope_id")


def _path(entered: Entered) -> str:
    return f"/v1/tenants/{entered.caller.tenant}/keys"


async def _all(entered: Entered) -> list[dict[str, Any]]:
    told = await entered.services.writer.ask(entered.caller, "GET", _path(entered))
    return [{name: row.get(name) for name in KeyRow.model_fields} for row in told["keys"]]


async def _made(entered: Entered, wish: dict[str, Any]) -> Response:
    path = f"{_path(entered)}?wait=applied"
    made = await entered.services.writer.ask(
        entered.caller, "POST", path, content=orjson.dumps(wish)
    )
    told = {"key_id": made["key_id"], "key": made["key"], "version": made["version"] or ""}
    return answer(told)


async def _revoked(entered: Entered, key_id: str) -> Response:
    path = f"{_path(entered)}/{quote(key_id, safe='')}?wait=applied"
    return changed(written(await entered.services.writer.ask(entered.caller, "DELETE", path)))
