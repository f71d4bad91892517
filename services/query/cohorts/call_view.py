"""The supervisor's live call view: all of today's calls by agent, whoever owns the customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from schemas.calendar import day_end
from schemas.facts import Call, unpack
from schemas.kpis import CATALOGUE
from schemas.kpis.call_columns import CALLS, CALLS_PER_HOUR
from schemas.kpis.clock import LONGEST_CALL_MS, RUNNING, window
from schemas.tables import COMPANY_ID, FACTS_PER_BUCKET
from services.query import masking
from services.query.basis import Basis, Command
from services.query.cohorts.call_rows import last_call, per_hour, running_call
from services.query.cohorts.calls_book import CallsBook, began_at
from services.query.cohorts.cells import heading
from services.query.cohorts.owners import heads_of
from services.query.cohorts.parameters import CallsParameters
from services.query.evaluation import Evaluation, Value, Wish
from services.query.periods import Period
from services.query.reader import Reading
from services.query.reports.cells import Aim, cell
from services.query.reports.layout import Column
from services.query.reports.people import Person
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


class CallView:
    """One question for the live call view.

    Errors: Problem `unknown_department`, `too_many_cells`.
    Laws:   a person counts for the departments of today; calls that run stand where their agent
            is now. All is of one version: the book is read in the transaction of the figures.
    Source: T-22..T-24 by agent; field: call-centre boards.
    """

    name: Final = "calls"

    def __init__(self, given: CallsParameters, settings: QuerySettings, book: CallsBook) -> None:
        self.given, self._settings, self._book = given, settings, book
        self._scene: Scene
        self._evaluation: Evaluation
        self._read = 0

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the figures once the book is near."""
        given, today = self.given, Period(basis.today, basis.today)
        if given.department in ("", COMPANY_ID):
            aim = Aim("company", COMPANY_ID, today, sub=False, basis="")
        else:
            check_known(basis, "department", given.department)
            aim = Aim("department", given.department, today, given.sub, "")
        scene = self._scene = Scene(basis, aim, None)
        book = self._book.commands(basis)
        self._read = len(book)
        if not self._book.is_near(basis):
            return book
        aims = [scene.of_person(person) for person in scene.people]
        wishes = [_wish(column, one) for one in (*aims, aim) for column in _FIGURES]
        self._evaluation = Evaluation(basis, wishes, self._settings.max_hashes)
        return [*book, self._running_command(), *self._evaluation.commands]

    def _running_command(self) -> Command:
        basis = self._scene.basis
        low, high = window(_RUNNING, RUNNING, basis.now_ms, basis.today)
        keys = [basis.keys.scored(_RUNNING, *pair) for pair in self._pairs()]
        request = msgspec.json.encode(keys)
        facts = (basis.keys.prefix, FACTS_PER_BUCKET)
        return ("EVAL_RO", _SCRIPT, 0, *facts, request, low, high)

    def _pairs(self) -> list[tuple[str, str]]:
        scene = self._scene
        if scene.departments is None:
            return scene.basis.pairs.of("company", (), None)
        return scene.basis.pairs.of("department", sorted(scene.departments), None)

    def answer(self, reading: Reading) -> tuple[dict[str, Any], int] | None:
        """Return the answer, and when the clock alone changes it; None: read again."""
        has_figures = len(reading.replies) > self._read
        is_current = self._book.take(reading.basis, reading.replies[: self._read])
        if not (is_current and has_figures):
            return None
        running_calls, *replies = reading.replies[self._read :]
        scene, as_of_ms = self._scene, reading.freshness.as_of_ms
        basis, has_phones = reading.basis, reading.decision.has_phones
        running: defaultdict[str, list[Call]] = defaultdict(list)
        for (_, agent), packed in zip(self._pairs(), running_calls, strict=True):
            calls = (masking.shown(unpack(one), has_phones=has_phones) for one in packed)
            running[agent] += [fact for fact in calls if isinstance(fact, Call)]
        values = self._evaluation.answer(replies)
        shown: dict[str, list[Value]] = {}
        for at, person in enumerate(scene.people):
            found = values[at * len(_FIGURES) : (at + 1) * len(_FIGURES)]
            if person.is_member or running[person.id] or any(one.has_facts for one in found):
                shown[person.id] = found
        people = {person.id: person for person in scene.people}
        rows = [
            {
                **head,
                "cells": self._cells(people[head["id"]], shown[head["id"]], running, as_of_ms),
                "running": _running_rows(running[head["id"]], as_of_ms),
                "last_call": self._last_call(head["id"], as_of_ms),
            }
            for head in heads_of(basis, shown)
            if reading.shows(head["id"])
        ]
        document = {
            **reading.head(),
            "report": self.name,
            "filters": {"department": self.given.department or None, "sub": self.given.sub},
            "currency": basis.settings.currency,
            "columns": [heading(column) for column in CALLS],
            "rows": rows,
            "total": {"cells": self._cells(None, values[-len(_FIGURES) :], running, as_of_ms)},
        }
        return document, self._until(running)

    def _cells(
        self,
        person: Person | None,
        values: Sequence[Value],
        running: dict[str, list[Call]],
        as_of_ms: int,
    ) -> list[dict[str, Any]]:
        """Return the cells of a person, or of all together."""
        scene = self._scene
        aim = scene.aim if person is None else scene.of_person(person)
        figures = {
            column.metric: value.figure for column, value in zip(_FIGURES, values, strict=True)
        }
        calls = running.values() if person is None else [running[person.id]]
        figures[_RUNNING] = {"value": sum(map(len, calls))}
        found = {column.metric: cell(figures[column.metric], column, aim) for column in _COLUMNS}
        attempts = found["calls_attempted"]
        rate = per_hour(attempts["value"], self._first_ms(person), as_of_ms)
        found[CALLS_PER_HOUR.name] = {**rate, "facts": attempts["facts"]}
        return [found[column.name] for column in CALLS]

    def _first_ms(self, person: Person | None) -> int | None:
        agents = self._book.agents if person is None else [person.id]
        ends = [ends for agent in agents if (ends := self._ends(agent)) is not None]
        return min((first.at_ms for first, _ in ends), default=None)

    def _last_call(self, agent: str, as_of_ms: int) -> dict[str, Any] | None:
        ends = self._ends(agent)
        return None if ends is None else last_call(ends[1], as_of_ms)

    def _ends(self, agent: str) -> Any:
        """Return first and last call of an agent, if they count for the departments asked for."""
        scene, org = self._scene, self._scene.basis.org
        day = scene.basis.today
        if scene.departments is not None and org.department_of(agent, day) not in scene.departments:
            return None
        return self._book.first_and_last(agent)

    def _until(self, running: dict[str, list[Call]]) -> int:
        basis = self._scene.basis
        began = [
            found[0] for calls in running.values() for one in calls if (found := began_at(one))
        ]
        midnight = day_end(basis.today, basis.settings.time_zone) + 1
        return min([midnight, *(at_ms + LONGEST_CALL_MS + 1 for at_ms in began)])


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
