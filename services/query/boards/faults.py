"""What is wrong with the definition of a board, all of it at once. Pure.

The form (types, bounds) is the event model's; here is what depends on the catalogue, and what
tiles do to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from schemas.events.boards import BoardDefined, BoardTile
from schemas.kpis import CATALOGUE, Kpi
from services.query.hours import COURSES

FUNNEL: Final = ("customers_new", "interactions", "tasks_completed", "orders", "revenue")
"""The five steps (D-16, E-20)."""
FUNNEL_RATES: Final = ("conversion_rate_cohort", "conversion_rate_period")
STOCK: Final = "customers_assigned"
"""What stands in the stages of the journey now."""
RUNNING: Final = "calls_running"
HOURLY: Final = frozenset(COURSES)
"""Figures of what happens at an instant, so that a day has a course."""
_WITH_METRIC: Final = frozenset({"number", "leaderboard", "trend"})


class Fault(NamedTuple):
    """One thing that is wrong.

    Shape:  pointer is a JSON pointer into the definition.
    """

    code: str
    pointer: str
    detail: str

    def told(self) -> dict[str, str]:
        """Return it as a problem document carries it."""
        return self._asdict()


def faults_of(board: BoardDefined, catalogue: Mapping[str, Kpi] = CATALOGUE) -> list[Fault]:
    """Return everything that is wrong with a definition; nothing for a good one."""
    return [*_of_tiles(board, catalogue), *_of_board(board)]


def _of_tiles(board: BoardDefined, catalogue: Mapping[str, Kpi]) -> Iterator[Fault]:
    known: dict[str, int] = {}
    for at, tile in enumerate(board.tiles):
        place = f"/tiles/{at}"
        if known.setdefault(tile.id, at) != at:
            yield Fault("same_id", f"{place}/id", f"'{tile.id}' is the id of another tile too")
        yield from _of_place(board, tile, place)
        yield from _of_metric(board, tile, place, catalogue)
        yield from _of_scope(board, tile, place)
        yield from _of_thresholds(tile, place)
    for one, other in _overlapping(board.tiles):
        pointer = f"/tiles/{other}"
        detail = f"'{board.tiles[other].id}' lies on '{board.tiles[one].id}'"
        yield Fault("overlap", pointer, detail)


def _of_place(board: BoardDefined, tile: BoardTile, place: str) -> Iterator[Fault]:
    across, down = tile.x + tile.w, tile.y + tile.h
    if across > board.columns or down > board.rows:
        detail = (
            f"the tile ends at column {across} and row {down}, "
            f"the grid at {board.columns} and {board.rows}"
        )
        yield Fault("outside_the_grid", place, detail)


def _of_metric(
    board: BoardDefined, tile: BoardTile, place: str, catalogue: Mapping[str, Kpi]
) -> Iterator[Fault]:
    if tile.kind not in _WITH_METRIC:
        return
    pointer = f"{place}/metric"
    if tile.metric is None:
        yield Fault("no_metric", pointer, f"a tile of kind '{tile.kind}' shows a figure: which?")
        return
    kpi = catalogue.get(tile.metric)
    if kpi is None:
        yield Fault("unknown_metric", pointer, f"'{tile.metric}' is not in the catalogue")
        return
    if tile.kind == "trend" and kpi.name not in HOURLY:
        detail = f"'{kpi.name}' has no hours; it can be one of: {', '.join(sorted(HOURLY))}"
        yield Fault("no_hours", pointer, detail)
    elif tile.period == "day" and not kpi.streamed:
        detail = f"'{kpi.name}' is not followed live: choose a longer period, or another figure"
        yield Fault("not_streamed", pointer, detail)
    elif tile.period != "day" and (kpi.is_now or tile.kind == "trend"):
        detail = f"'{kpi.name}' is as of now" if kpi.is_now else "a trend is of the day"
        yield Fault("no_period", f"{place}/period", f"{detail}: leave the period at 'day'")
    shows_amounts = tile.kind == "number" or tile.rank_by != "attainment"
    if kpi.unit.startswith("money") and shows_amounts and not board.has_money:
        yield Fault("no_money", pointer, f"the board shows no money, but '{kpi.name}' is money")


def _of_scope(board: BoardDefined, tile: BoardTile, place: str) -> Iterator[Fault]:
    if tile.kind == "leaderboard" and tile.scope is not None:
        yield Fault("own_people_only", f"{place}/scope", "a board ranks the people of its scope")
    if (tile.scope is None) != (tile.scope_id is None):
        yield Fault("half_a_scope", f"{place}/scope", "give scope and scope_id, or neither")
    elif tile.scope == "company" and board.scope != "company":
        detail = "a tile cannot show more than its board: make it a board of the company"
        yield Fault("wider_than_the_board", f"{place}/scope", detail)


def _of_thresholds(tile: BoardTile, place: str) -> Iterator[Fault]:
    if tile.warn is None or tile.critical is None:
        return
    calm, bad = (tile.warn, tile.critical) if tile.is_high_good else (tile.critical, tile.warn)
    if calm < bad:
        detail = "the figure would be critical before it is a warning"
        yield Fault("thresholds_reversed", f"{place}/critical", detail)


def _of_board(board: BoardDefined) -> Iterator[Fault]:
    if board.scope == "company" and board.scope_id != "all":
        yield Fault("unknown_company", "/scope_id", "the company is 'all'")
    for pointer, quiet in (("/celebrations", board.celebrations), ("/alerts", board.alerts)):
        if (quiet.quiet_from is None) != (quiet.quiet_to is None):
            detail = "quiet hours have a beginning and an end"
            yield Fault("half_of_quiet_hours", pointer, detail)
    turns = [turn.board_id for turn in board.rotation]
    for at, (before, after) in enumerate(pairwise(turns), start=1):
        if before == after:
            yield Fault("same_turn", f"/rotation/{at}", f"'{after}' would follow itself")


def _overlapping(tiles: Iterable[BoardTile]) -> list[tuple[int, int]]:
    """Return the pairs of places in the list of tiles that share a cell."""
    taken: dict[tuple[int, int], int] = {}
    found: dict[tuple[int, int], None] = {}
    for at, tile in enumerate(tiles):
        for x in range(tile.x, tile.x + tile.w):
            for y in range(tile.y, tile.y + tile.h):
                first = taken.setdefault((x, y), at)
                if first != at:
                    found[first, at] = None
    return list(found)


def metrics_of(board: BoardDefined) -> frozenset[str]:
    """Return every figure that a board shows, as rights name them."""
    shown: set[str] = set()
    for tile in board.tiles:
        shown |= _metrics_of_tile(tile)
    return frozenset(shown)


def _metrics_of_tile(tile: BoardTile) -> set[str]:
    match tile.kind:
        case "funnel":
            return {*FUNNEL, *FUNNEL_RATES, "sales", "orders_approved"}
        case "stock":
            return {STOCK}
        case "calls":
            return {RUNNING}
        case "ticker" | "clock":
            return set()
        case _:
            return set() if tile.metric is None else {tile.metric}


def document_of(board: BoardDefined) -> dict[str, Any]:
    """Return a definition as it is stored and shown."""
    return board.model_dump(mode="json", exclude_none=True)
