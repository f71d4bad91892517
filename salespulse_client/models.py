"""What answers hold. Members that are not named here are let pass: the service may tell more."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

State = Literal["live", "catching_up", "stale", "recovering"]
Scope = Literal["employee", "department", "company"]


class Lag(msgspec.Struct, frozen=True):
    """What is accepted and not in the figures yet."""

    events: int
    seconds: float


class Amount(msgspec.Struct, frozen=True):
    """Money of another currency; value in minor units."""

    value: int
    currency: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How fresh an answer is; everything in it is of one version."""

    as_of: str
    lag: Lag
    version: str
    state: State
    reason: str = ""
    today: str = ""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure.

    Units:  money in minor units of `currency`; a ratio as a number, None over zero.
    Shape:  `why` says why a value is None; `facts` is the address of the list behind it.
    """

    metric: str
    unit: str = ""
    value: float | int | None
    label: str = ""
    currency: str = ""
    others: list[Amount] = []
    parts: dict[str, float | int | None] = {}
    why: str = ""
    day: str = ""
    facts: str = ""
    by: list[dict[str, Any]] = []


class Answer(Head, frozen=True, kw_only=True):
    """Figures of one scope."""

    scope: Scope
    id: str
    figures: list[Figure]

    def __getitem__(self, metric: str) -> Figure:
        """Return a figure by its name; KeyError where it was not asked for."""
        for figure in self.figures:
            if figure.metric == metric:
                return figure
        raise KeyError(metric)


class LeaderboardRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a ranking; ties share a rank, who cannot be ranked has none."""

    rank: int | None
    id: str
    name: str
    department_id: str | None = None
    value: float | int | None
    currency: str = ""
    facts: str = ""


class Leaderboard(Head, frozen=True, kw_only=True):
    """People ranked by a KPI."""

    metric: str
    unit: str
    rows: list[LeaderboardRow]
    total: int


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a list; `more` holds what its kind has beside."""

    kind: str
    id: str
    day: str | None
    employee_id: str | None
    department_id: str | None
    more: dict[str, Any] = {}


class FactsPage(Head, frozen=True, kw_only=True):
    """A page of the list behind a figure; `total` equals the figure."""

    metric: str
    total: int | None
    rows: list[Fact]
    next: str | None = None
