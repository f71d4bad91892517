"""`/v1/boards`: the boards of a tenant, who may see them, and their change."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask, decide
from schemas.events.boards import BoardDefined
from services.query.administration.answers import Changed
from services.query.api.answer import Entered, answer, declares, enter
from services.query.api.change import changed, idempotency_of
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.api.stream import EventStream, Wanted, following_of_figures, open_stream
from services.query.basis import Basis
from services.query.board_answers import BoardAnswer, BoardsAnswer
from services.query.boards.accepting import check, defined, is_same
from services.query.boards.faults import HOURLY, document_of
from services.query.boards.stored import (
    KIND,
    alerts_of,
    asks_of,
    board_of,
    boards_of,
    place_of,
    subscription_of,
)
from services.query.door import viewer_of
from services.query.parameters import FollowParameters
from services.query.reader import Reading
from services.query.writing import Change, Written

router = APIRouter()
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": BoardDefined.model_json_schema()}},
    }
}


@router.get("/v1/boards", response_model=BoardsAnswer, responses=PROBLEMS, tags=["boards"])
@declares("catalogue")
async def boards(request: Request) -> Response:
    """List the boards of which the caller may see all that they show, by name.

    `hourly` are the figures that have a course of the day.
    """
    entered = await enter(request)
    reading = await entered.visit(Ask("catalogue")).read()
    found = [
        {"id": board_id, **document_of(board)}
        for board_id, board in boards_of(reading.basis).items()
        if _may_see(entered, reading.basis, board_id, board)
    ]
    found.sort(key=lambda board: (board["name"].casefold(), board["id"]))
    return answer({**reading.head(), "boards": found, "hourly": sorted(HOURLY)})


@router.get(
    "/v1/boards/{board_id}", response_model=BoardAnswer, responses=PROBLEMS, tags=["boards"]
)
@declares("figures")
async def board(request: Request, board_id: str) -> Response:
    """Show the definition of a board to who may see what it shows."""
    entered = await enter(request)
    reading = await entered.visit(partial(_ask, board_id)).read()
    return answer(_told(reading, board_id))


@router.get("/v1/boards/{board_id}/stream", responses=PROBLEMS, tags=["boards"])
@declares("figures")
async def board_stream(
    request: Request, board_id: str, parameters: Annotated[FollowParameters, Query()]
) -> EventStream:
    """Follow everything that a board shows live, in one stream.

    As `/v1/stream`; figures of other places than the board's own stand in `beside`, `boards`
    names boards that were changed, `alerts` has those that are open as far as the caller may see
    what they watch, and `kpi.first_of_day` and `kpi.record` come as occurrences.
    """
    entered = await enter(request)
    reading = await entered.visit(partial(_ask, board_id)).read()
    shown = board_of(reading.basis, board_id)
    main, *others = (entered.visit(ask) for ask in asks_of(shown, "stream"))
    subscription = subscription_of(entered.caller.tenant, shown)
    wanted = Wanted(main, following_of_figures(entered, subscription), beside=tuple(others))
    since, alerts = parameters.last_event_id, partial(alerts_of, board_id)
    return await open_stream(request, entered, [wanted], since, alerts)


@router.put(
    "/v1/boards/{board_id}",
    response_model=Changed,
    responses=CHANGE_PROBLEMS,
    tags=["boards"],
    openapi_extra=_BODY,
)
@declares("configure")
async def define_board(request: Request, board_id: str) -> Response:
    """Say what a board is from now on, whole; every screen that shows it follows within a second.

    Who says so may see all that it shows: a kiosk of it may be seen by anybody.
    `edition` is one more than that of the board as it stands (1 for a new one), else 409
    `edition_conflict`: somebody else has saved it meanwhile. 422 `bad_board` has all `faults`. A
    board that is so already stays as it is.
    """
    entered = await enter(request)
    wanted = defined(await request.body())
    reading = await entered.visit(_change_of(wanted)).read()
    for ask in asks_of(wanted, "figure"):
        await entered.services.door.visit(entered.caller, ask).read()
    before = reading.basis.configuration.of(KIND).get(board_id)
    if before is not None and place_of(board_of(reading.basis, board_id)) != place_of(wanted):
        await entered.visit(_change_of(board_of(reading.basis, board_id))).read()
    if before is not None and is_same(wanted, before):
        return changed(Written(str(reading.freshness.version)))
    check(wanted, before, reading.basis)
    by = {"defined_by": entered.caller.employee} if entered.caller.employee else {}
    data = document_of(wanted.model_copy(update=by))
    written = await entered.services.writer.write(
        entered.caller, [Change("board.defined", board_id, data)], idempotency_of(request)
    )
    return changed(written)


@router.delete(
    "/v1/boards/{board_id}", response_model=Changed, responses=CHANGE_PROBLEMS, tags=["boards"]
)
@declares("configure")
async def delete_board(request: Request, board_id: str) -> Response:
    """Take a board down for everybody; what is not there is down already."""
    entered = await enter(request)

    def ask(basis: Basis) -> Ask:
        known = boards_of(basis).get(board_id)
        return Ask("configure", "change") if known is None else _change_of(known)

    reading = await entered.visit(ask).read()
    if board_id not in reading.basis.configuration.of(KIND):
        return changed(Written(str(reading.freshness.version)))
    by = {"deleted_by": entered.caller.employee} if entered.caller.employee else {}
    written = await entered.services.writer.write(
        entered.caller, [Change("board.deleted", board_id, by)], idempotency_of(request)
    )
    return changed(written)


def _change_of(board: BoardDefined) -> Ask:
    return Ask("configure", "change", *place_of(board))


def _ask(board_id: str, basis: Basis) -> Ask:
    return asks_of(board_of(basis, board_id), "figure")[0]


def _told(reading: Reading, board_id: str) -> dict[str, Any]:
    shown = board_of(reading.basis, board_id)
    return {**reading.head(), "board": {"id": board_id, **document_of(shown)}}


def _may_see(entered: Entered, basis: Basis, board_id: str, board: BoardDefined) -> bool:
    caller = entered.caller
    if caller.board is not None and caller.board.board_id != board_id:
        return False
    viewer = viewer_of(caller, basis)
    asks = asks_of(board, "figure")
    return all(decide(viewer, ask, basis.org.tree).is_allowed for ask in asks)
