"""Boards: named views of figures that hang on a wall. Configuration documents, subject: board id.

The form is checked here, once and for ever; whether the figures exist and the tiles fit is said
by who takes the definition from a person (services/query/boards), because the catalogue grows.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from schemas.events.base import EventData, Id, Text

TileKind = Literal[
    "number", "leaderboard", "trend", "funnel", "stock", "calls", "ticker", "clock"
]  # fmt: skip
TilePeriod = Literal["day", "week", "month", "quarter"]
RankBy = Literal["value", "attainment", "improved"]
BoardScope = Literal["employee", "department", "company"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Cell = Annotated[StrictInt, Field(ge=0, le=47)]
Span = Annotated[StrictInt, Field(ge=1, le=48)]
_FROZEN = ConfigDict(frozen=True, extra="ignore")


class BoardTile(BaseModel):
    """One tile.

    Shape:  place and size in cells of the board's grid; scope None is the board's own; `top`,
            `around`, `rank_by` are of a leaderboard. Thresholds in the unit of the figure as it is
            shown (a ratio 0.8, money in minor units); `is_high_good` says on which side of them
            the trouble begins.
    """

    model_config = _FROZEN

    id: Id
    kind: TileKind
    x: Cell
    y: Cell
    w: Span
    h: Span
    metric: Id | None = None
    title: Text = ""
    scope: BoardScope | None = None
    scope_id: Id | None = None
    sub: StrictBool = False
    period: TilePeriod = "day"
    rank_by: RankBy = "value"
    top: Annotated[StrictInt, Field(ge=1, le=200)] | None = None
    around: Id | None = None
    warn: float | None = None
    critical: float | None = None
    is_high_good: StrictBool = True


class BoardTurn(BaseModel):
    """One board of a rotation, and for how many seconds it stays."""

    model_config = _FROZEN

    board_id: Id
    seconds: Annotated[StrictInt, Field(ge=5, le=3600)] = 30


class BoardCelebrations(BaseModel):
    """Whether the board stops for what there is to celebrate.

    Shape:  quiet from `quiet_from` to `quiet_to` of the company's clock, over midnight too.
    """

    model_config = _FROZEN

    is_quiet: StrictBool = False
    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None


class BoardAlerts(BaseModel):
    """How the board shows alerts that are open.

    Shape:  a `banner` of them, the `mark` alone that says how many, or `off`; from `quiet_from` to
            `quiet_to` of the company's clock, over midnight too, a banner is the mark.
    """

    model_config = _FROZEN

    show: Literal["banner", "mark", "off"] = "banner"
    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None


class BoardDefined(EventData):
    """A board is what it says here, whatever it was before. Subject: board id. Written by us only.

    Shape:  `edition` counts the versions of a board from 1, so that who saves on top of somebody
            else's work is told so. Without `has_names` people are not named, without `has_money`
            no amount is shown.
    """

    event_type: ClassVar[str] = "board.defined"

    name: Name
    scope: BoardScope = "company"
    scope_id: Id = "all"
    sub: StrictBool = True
    columns: Span = 12
    rows: Span = 8
    tiles: Annotated[list[BoardTile], Field(default_factory=list, max_length=80)]
    theme: Literal["dark", "light"] = "dark"
    language: Literal["", "en", "vi"] = ""
    rotation: Annotated[list[BoardTurn], Field(default_factory=list, max_length=20)]
    celebrations: BoardCelebrations = BoardCelebrations()
    alerts: BoardAlerts = BoardAlerts()
    has_names: StrictBool = True
    has_money: StrictBool = True
    edition: Annotated[StrictInt, Field(ge=1, le=2_000_000)] = 1
    defined_by: Id | None = None


class BoardDeleted(EventData):
    """A board is no more. Subject: board id. Written by us only."""

    event_type: ClassVar[str] = "board.deleted"

    deleted_by: Id | None = None
