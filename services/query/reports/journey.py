"""The customer journey statistics: day by day who stands in which stage, who came and who went.

Stocks are walked back from that of the last day by the flows of each day, so that 84 days of all
stages read no more than the cells of these days; each is the figure of `/v1/kpis` for its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from schemas.calendar import days_between, format_day
from schemas.kpis import CATALOGUE, Kpi
from schemas.kpis.columns_customers import JOURNEY
from schemas.tables import COMPANY_ID, Scope, dimension
from services.query.basis import Basis, Command
from services.query.cohorts.cells import heading
from services.query.cohorts.parameters import JourneyParameters
from services.query.cohorts.windows import observation
from services.query.evaluation import Evaluation, Value, Wish
from services.query.periods import Period
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.reports.names import name_of
from services.query.selection import check_known, facts_link
from services.query.settings import QuerySettings

_STAGE: Final = "stage"
_STOCKS: Final = {"on_day": "customers_in_stage", "now": "owned_customers_in_stage"}
_REVENUE: Final = CATALOGUE["revenue"]
_MONEY: Final = ("value", "currency", "others")
Cell = dict[str, Any]
Counts = dict[str, int]
"""Stage ('' = none) -> customers."""


class JourneyQuestion:
    """One question for the journey report.

    Errors: Problem `conflicting_parameters` for employee and department; when read those of
            `observation`, `unknown_employee`, `unknown_department`.
    Source: D-100..D-105, E-70..E-73.
    """

    name: Final = "journey"

    def __init__(self, given: JourneyParameters, settings: QuerySettings) -> None:
        self.given, self.settings = given, settings
        self.scope: Scope = "company"
        self.scope_id = COMPANY_ID
        if given.employee:
            if given.department:
                detail = "'employee' and 'department' both say whose customers; send one of them"
                raise invalid("conflicting_parameters", detail, "employee")
            self.scope, self.scope_id = "employee", given.employee
        elif given.department not in ("", COMPANY_ID):
            self.scope, self.scope_id = "department", given.department
        self.sub = given.sub and self.scope == "department"
        self.stock = CATALOGUE[_STOCKS[given.owner]]
        self.entered, self.left = (CATALOGUE[part] for part in self.stock.parts)
        self._planned: Evaluation

    def period(self, basis: Basis) -> Period:
        """Return the days observed."""
        given = self.given
        return observation(given.days, given.weeks, basis.today, given.until)

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the last day's stock, and of each day the flows and the revenue."""
        check_known(basis, self.scope, self.scope_id)
        period = self.period(basis)
        wishes = [
            self._wish(self.stock, Period(period.last, period.last), _STAGE),
            self._wish(_REVENUE, period, "day"),
        ]
        for kpi in (self.entered, self.left):
            wishes += [self._wish(kpi, Period(day, day), _STAGE) for day in days_between(*period)]
        self._planned = Evaluation(basis, wishes, self.settings.max_hashes)
        return self._planned.commands

    def _wish(self, kpi: Kpi, period: Period, by: str) -> Wish:
        return Wish(kpi, self.scope, self.scope_id, period, self.sub, by=by)

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document; stages in the order of the company, 'none' last."""
        basis, period = reading.basis, self.period(reading.basis)
        stock, revenue, *flows = self._planned.answer(reading.replies)
        days = days_between(*period)
        entries, exits = (
            [_counts(value) for value in part] for part in (flows[: len(days)], flows[len(days) :])
        )
        stocks = _walked_back(_counts(stock), entries, exits)
        seen = {stage for counts in (*stocks, *entries, *exits) for stage in counts}
        stages = basis.words.in_order(_STAGE, seen)
        rows = [
            {
                "day": format_day(day),
                "total": self._cell(self.stock, sum(stocks[at].values()), Period(day, day)),
                "revenue": self._revenue(revenue.by[format_day(day)], Period(day, day)),
                "stages": [
                    {
                        name: self._cell(kpi, counts[at].get(stage, 0), Period(day, day), stage)
                        for name, kpi, counts in (
                            ("stock", self.stock, stocks),
                            ("entries", self.entered, entries),
                            ("exits", self.left, exits),
                        )
                    }
                    for stage in stages
                ],
            }
            for at, day in enumerate(days)
        ]
        return {
            **reading.head(),
            "report": self.name,
            "filters": self.filters(basis),
            "currency": basis.settings.currency,
            "from": format_day(period.first),
            "to": format_day(period.last),
            "columns": [heading(column) for column in JOURNEY],
            "stages": [
                {"id": stage, "name": name_of(basis.words, _STAGE, stage).en} for stage in stages
            ],
            "rows": rows,
            "total": {
                "cells": self._totals(revenue.figure, stages, entries, exits, period),
            },
        }

    def _totals(
        self,
        revenue: Cell,
        stages: Sequence[str],
        entries: Sequence[Counts],
        exits: Sequence[Counts],
        period: Period,
    ) -> list[Cell]:
        """Return the figures of all days together: total, revenue, then three of each stage."""
        found = [_no_sum(), self._revenue(revenue, period)]
        for stage in stages:
            came = sum(counts.get(stage, 0) for counts in entries)
            went = sum(counts.get(stage, 0) for counts in exits)
            found += [
                _no_sum(),
                self._cell(self.entered, came, period, stage),
                self._cell(self.left, went, period, stage),
            ]
        return found

    def filters(self, basis: Basis) -> dict[str, Any]:
        """Return the parameters as they were understood."""
        given, days = self.given, days_between(*self.period(basis))
        length = {"weeks": given.weeks} if given.weeks else {"days": len(days)}
        return {
            **length,
            "until": None if given.until is None else given.until.isoformat(),
            "employee": given.employee or None,
            "department": given.department or None,
            "sub": given.sub,
            "owner": given.owner,
        }

    def _cell(self, kpi: Kpi, value: int, period: Period, stage: str | None = None) -> Cell:
        part = "" if stage is None else dimension(stage=stage)
        return {"value": value, "facts": self._link(kpi, period, part)}

    def _revenue(self, figure: Cell, period: Period) -> Cell:
        money: Cell = {
            name: figure[name] for name in ("value", "currency", "others") if name in figure
        }
        return {**money, "facts": self._link(_REVENUE, period)}

    def _link(self, kpi: Kpi, period: Period, part: str = "") -> str:
        return facts_link(kpi, self.scope, self.scope_id, period, sub=self.sub, dimension=part)


def _no_sum() -> Cell:
    """Return what stands under stocks: they do not add up over days."""
    return {"value": None}


def _counts(value: Value) -> Counts:
    return {stage: figure["value"] for stage, figure in value.by.items() if figure["value"]}


def _walked_back(today: Counts, entries: Sequence[Counts], exits: Sequence[Counts]) -> list[Counts]:
    """Return the stock at the end of each day, of which the last is today."""
    found = [dict(today)]
    for came, went in zip(reversed(entries[1:]), reversed(exits[1:]), strict=True):
        stages = found[-1].keys() | came.keys() | went.keys()
        standing = {
            stage: found[-1].get(stage, 0) - came.get(stage, 0) + went.get(stage, 0)
            for stage in stages
        }
        found.append({stage: count for stage, count in standing.items() if count})
    return found[::-1]
