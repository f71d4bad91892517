"""The boards of a tenant as they stand, and what has to be asked for to see one. Pure."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from schemas.access import Ask, Board, Form
from schemas.events.boards import BoardDefined, BoardTile
from schemas.kpis import CATALOGUE
from services.query.alerts.sight import AlertSight, Place
from services.query.basis import Basis
from services.query.boards.faults import metrics_of
from services.query.problems import Problem
from services.query.stream.cast import Beside, Subscription

KIND: Final = "board"


def boards_of(basis: Basis) -> dict[str, BoardDefined]:
    """Return the boards that can be read, by id."""
    found = {}
    for board_id, data in sorted(basis.configuration.of(KIND).items()):
        board = _read(data)
        if board is not None:
            found[board_id] = board
    return found


def board_of(basis: Basis, board_id: str) -> BoardDefined:
    """Return a board; Problem 404 `unknown_board`."""
    board = _found(basis, board_id)
    if board is None:
        raise Problem(404, "unknown_board", f"there is no board '{board_id}'")
    return board


def _found(basis: Basis, board_id: str) -> BoardDefined | None:
    data = basis.configuration.of(KIND).get(board_id)
    return None if data is None else _read(data)


def _read(data: dict[str, object]) -> BoardDefined | None:
    """Return a definition; None for one of another time that can be read no more."""
    try:
        return BoardDefined.model_validate(data)
    except ValidationError:
        return None


def place_of(board: BoardDefined) -> Place:
    """Return whose figures a board shows."""
    return Place(board.scope, board.scope_id, board.sub and board.scope == "department")


def place_of_tile(board: BoardDefined, tile: BoardTile) -> Place:
    """Return whose figure a tile shows: with the id of the board it is the board's own."""
    own = place_of(board)
    if tile.scope is None or tile.scope_id is None or (tile.scope, tile.scope_id) == own[:2]:
        return own
    return Place(tile.scope, tile.scope_id, tile.sub and tile.scope == "department")


def asks_of(board: BoardDefined, form: Form) -> list[Ask]:
    """Return what has to be allowed to see all of a board: its own place first, then others."""
    by_place: dict[Place, set[str]] = {place_of(board): set()}
    for tile in board.tiles:
        shown = metrics_of(board.model_copy(update={"tiles": [tile]}))
        if shown:
            by_place.setdefault(place_of_tile(board, tile), set()).update(shown)
    return [
        Ask("figures", form, *place, metrics=frozenset(shown)) for place, shown in by_place.items()
    ]


def granted_by(grant: Board, basis: Basis) -> Board:
    """Return what a kiosk that names a stored board may show on a given basis.

    Laws:   a board that is gone, or that was moved to another scope than the one the kiosk was
            granted for, shows nothing; what is put on the board may be shown without a new key.
    """
    board = _found(basis, grant.board_id)
    if board is None or place_of(board) != (grant.scope, grant.scope_id, grant.sub):
        return Board(grant.scope, grant.scope_id, grant.sub, frozenset(), False)
    main, *others = asks_of(board, "stream")
    return Board(
        main.scope,
        main.scope_id,
        main.sub,
        metrics_of(board),
        grant.has_names and board.has_names,
        grant.board_id,
        frozenset(
            {
                (main.scope, main.scope_id, False),
                *((other.scope, other.scope_id, other.sub) for other in others),
            }
        ),
    )


def alerts_of(board_id: str, basis: Basis) -> AlertSight:
    """Return which open alerts a board shows: those of the places it shows, or none.

    Laws:   of a board that is gone none.
    """
    board = _found(basis, board_id)
    if board is None or board.alerts.show == "off":
        return AlertSight(frozenset())
    places = {place_of(board), *(place_of_tile(board, tile) for tile in board.tiles)}
    return AlertSight(frozenset(places), has_names=board.has_names, has_money=board.has_money)


def subscription_of(tenant: str, board: BoardDefined) -> Subscription:
    """Return what the one stream of a board carries.

    Shape:  of people only what somebody is ranked by; what is not streamed is left to be read.
    """
    main, *others = asks_of(board, "stream")
    ranked = {
        tile.metric
        for tile in board.tiles
        if tile.kind == "leaderboard" and tile.rank_by == "value" and tile.metric
    }
    return Subscription(
        tenant,
        main.scope,
        main.scope_id,
        _streamed(main.metrics),
        _streamed(frozenset(ranked)),
        main.sub,
        has_amounts=board.has_money
        and any(
            CATALOGUE[name].unit.startswith("money") for name in main.metrics & CATALOGUE.keys()
        ),
        celebrates=not board.celebrations.is_quiet,
        beside=tuple(
            Beside(each.scope, each.scope_id, each.sub, _streamed(each.metrics)) for each in others
        ),
    )


def _streamed(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name, kpi in CATALOGUE.items() if name in names and kpi.streamed)
