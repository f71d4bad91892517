"""The supervisor's live call view: all of today's calls by agent, whoever owns the customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from schemas.calendar import day_end
from schemas.facts import Call, unpack
from schemas.kpis import CATALOGUE
from schemas.kpis.call_columns import CALLS, CALLS_PER_HOUR
from schemas.kpis.clock import LONGEST_CALL_MS, RUNNING, window
from schemas.tables import COMPANY_ID, FACTS_PER_BUCKET
from services.query.basis import Basis, Command
from services.query.cohorts.call_rows import last_call, per_hour, running_call
from services.query.cohorts.calls_book import CallsBook, began_at
from services.query.cohorts.cells import heading
from services.query.cohorts.owners import heads_of
from services.query.cohorts.parameters import CallsParameters
from services.query.evaluation import Evaluation, Plans, Value, Wish
from services.query.periods import Period
from services.query.reader import Reading
from services.query.reports.cells import Aim, cell
from services.query.reports.layout import Column
from services.query.reports.scene import Scene
from services.query.selection import check_known
from services.query.settings import QuerySettings

_RUNNING: Final = "calls_running"
_COLUMNS: Final = tuple(Column(one.name) for one in CALLS if one is not CALLS_PER_HOUR)
_FIGURES: Final = tuple(column for column in _COLUMNS if column.metric != _RUNNING)
_SCRIPT: Final = """
local found = {}
for at, key in ipairs(cjson.decode(ARGV[3])) do
  local calls = {}
  for _, number in ipairs(redis.call('ZRANGEBYSCORE', key, ARGV[4], ARGV[5])) do
    local bucket = string.format('%d', math.floor(number / ARGV[2]))
    calls[#calls + 1] = redis.call('HGET', ARGV[1] .. 'f:' .. bucket, number)
  end
  found[at] = calls
end
return found
"""


@dataclass(frozen=True, slots=True)
class _Planned:
    """What was made of one basis.

    Shape:  aims: at each of the people; pairs: whose calls may run, keys: of their lists, as the
            script takes them.
    """

    basis: Basis
    scene: Scene
    aims: list[Aim]
    evaluation: Evaluation
    commands: list[Command]
    pairs: list[tuple[str, str]]
    keys: bytes

    def running_command(self, basis: Basis) -> Command:
        """Return what reads the calls that run at the instant of a basis."""
        low, high = window(_RUNNING, RUNNING, basis.now_ms, basis.today)
        facts = (basis.keys.prefix, FACTS_PER_BUCKET)
        return ("EVAL_RO", _SCRIPT, 0, *facts, self.keys, low, high)


class CallView:
    """One question for the live call view.

    Errors: Problem `unknown_department`, `too_many_cells`.
    Laws:   a person counts for the departments of today; calls that run stand where their agent
            is now. All is of one version: the book is read in the transaction of the figures.
    Source: T-22..T-24 by agent; field: call-centre boards.
    """

    name: Final = "calls"

    def __init__(
        self, given: CallsParameters, settings: QuerySettings, book: CallsBook, plans: Plans
    ) -> None:
        self.given, self._settings, self._book, self._plans = given, settings, book, plans
        self._planned: _Planned
        self._read = 0

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the figures once the book is near."""
        aim = self._aim(basis)
        book = self._book.commands(basis)
        self._read = len(book)
        if not self._book.is_near(basis):
            return book
        planned = self._planned = self._plans.of((self.name, aim), basis, self._planned_on)
        return [*book, planned.running_command(basis), *planned.commands]

    def _aim(self, basis: Basis) -> Aim:
        given, today = self.given, Period(basis.today, basis.today)
        if given.department in ("", COMPANY_ID):
            return Aim("company", COMPANY_ID, today, sub=False, basis="")
        check_known(basis, "department", given.department)
        return Aim("department", given.department, today, given.sub, "")

    def _planned_on(self, basis: Basis) -> _Planned:
        scene = Scene(basis, self._aim(basis), None)
        aims = [scene.of_person(person) for person in scene.people]
        wishes = [_wish(column, one) for one in (*aims, scene.aim) for column in _FIGURES]
        evaluation = Evaluation(basis, wishes, self._settings.max_hashes)
        pairs = _pairs(scene)
        keys = msgspec.json.encode([basis.keys.scored(_RUNNING, *pair) for pair in pairs])
        return _Planned(basis, scene, aims, evaluation, evaluation.commands, pairs, keys)

    def answer(self, reading: Reading) -> tuple[dict[str, Any], int] | None:
        """Return the answer, and when the clock alone changes it; None: read again."""
        has_figures = len(reading.replies) > self._read
        is_current = self._book.take(reading.basis, reading.replies[: self._read])
        if not (is_current and has_figures):
            return None
        running_calls, *replies = reading.replies[self._read :]
        planned, as_of_ms = self._planned, reading.freshness.as_of_ms
        scene = planned.scene
        basis, sight = reading.basis, reading.sight
        running: defaultdict[str, list[Call]] = defaultdict(list)
        for (_, agent), packed in zip(planned.pairs, running_calls, strict=True):
            calls = (sight.shown(unpack(one)) for one in packed)
            running[agent] += [fact for fact in calls if isinstance(fact, Call)]
        values = planned.evaluation.answer(replies)
        shown: dict[str, tuple[Aim, list[Value]]] = {}
        for at, (person, aim) in enumerate(zip(scene.people, planned.aims, strict=True)):
            found = values[at * len(_FIGURES) : (at + 1) * len(_FIGURES)]
            if person.is_member or running[person.id] or any(one.has_facts for one in found):
                shown[person.id] = aim, found
        rows = [
            {
                **head,
                "cells": self._cells(head["id"], *shown[head["id"]], running, as_of_ms),
                "running": _running_rows(running[head["id"]], as_of_ms),
                "last_call": self._last_call(head["id"], as_of_ms),
            }
            for head in heads_of(basis, shown)
            if reading.shows(head["id"])
        ]
        totals = values[-len(_FIGURES) :]
        document = {
            **reading.head(),
            "report": self.name,
            "filters": {"department": self.given.department or None, "sub": self.given.sub},
            "currency": basis.settings.currency,
            "columns": [heading(column) for column in CALLS],
            "rows": rows,
            "total": {"cells": self._cells(None, scene.aim, totals, running, as_of_ms)},
        }
        return document, self._until(running)

    def _cells(
        self,
        agent: str | None,
        aim: Aim,
        values: Sequence[Value],
        running: dict[str, list[Call]],
        as_of_ms: int,
    ) -> list[dict[str, Any]]:
        """Return the cells of an agent, or of all together."""
        figures = {
            column.metric: value.figure for column, value in zip(_FIGURES, values, strict=True)
        }
        calls = running.values() if agent is None else [running[agent]]
        figures[_RUNNING] = {"value": sum(map(len, calls))}
        found = {column.metric: cell(figures[column.metric], column, aim) for column in _COLUMNS}
        attempts = found["calls_attempted"]
        rate = per_hour(attempts["value"], self._first_ms(agent), as_of_ms)
        found[CALLS_PER_HOUR.name] = {**rate, "facts": attempts["facts"]}
        return [found[column.name] for column in CALLS]

    def _first_ms(self, agent: str | None) -> int | None:
        agents = self._book.agents if agent is None else [agent]
        ends = [ends for agent in agents if (ends := self._ends(agent)) is not None]
        return min((first.at_ms for first, _ in ends), default=None)

    def _last_call(self, agent: str, as_of_ms: int) -> dict[str, Any] | None:
        ends = self._ends(agent)
        return None if ends is None else last_call(ends[1], as_of_ms)

    def _ends(self, agent: str) -> Any:
        """Return first and last call of an agent, if they count for the departments asked for."""
        scene, org = self._planned.scene, self._planned.scene.basis.org
        day = scene.basis.today
        if scene.departments is not None and org.department_of(agent, day) not in scene.departments:
            return None
        return self._book.first_and_last(agent)

    def _until(self, running: dict[str, list[Call]]) -> int:
        basis = self._planned.scene.basis
        began = [
            found[0] for calls in running.values() for one in calls if (found := began_at(one))
        ]
        midnight = day_end(basis.today, basis.settings.time_zone) + 1
        return min([midnight, *(at_ms + LONGEST_CALL_MS + 1 for at_ms in began)])


def _pairs(scene: Scene) -> list[tuple[str, str]]:
    if scene.departments is None:
        return scene.basis.pairs.of("company", (), None)
    return scene.basis.pairs.of("department", sorted(scene.departments), None)


def _running_rows(calls: Sequence[Call], as_of_ms: int) -> list[dict[str, Any]]:
    found = [running_call(fact, as_of_ms) for fact in calls]
    return sorted(found, key=lambda one: (one["since"] or "", one["call_id"]))


def _wish(column: Column, aim: Aim) -> Wish:
    return Wish(
        CATALOGUE[column.metric],
        aim.scope,
        aim.scope_id,
        aim.period,
        aim.sub,
        departments=aim.departments,
    )
