"""One question how far somebody is: what to read, and what to make of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from schemas.access import Ask
from schemas.calendar import format_day
from schemas.kpis import Kpi
from schemas.tables import Scope, encode
from schemas.target_periods import KINDS, Span, is_period, kind_of, period_of, span_of
from schemas.targets import can_have_target
from schemas.working_days import WorkingCalendar, calendar_of
from services.query.basis import Basis, Command
from services.query.catalogue import catalogue, metric_named, names_of
from services.query.evaluation import Evaluation, Value, Wish
from services.query.periods import Comparison, Period, compared, last_year
from services.query.presentation import presentation
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.selection import check_known, facts_link, targets
from services.query.settings import QuerySettings
from services.query.targets.held import Held, Together, Wanted, chain_of, together
from services.query.targets.models import AttainmentParameters
from services.query.targets.pace import pace, score


def period_named(text: str, today: int, parameter: str = "period") -> str:
    """Return a period by name; `day`, `week` ... is the one of today.

    Errors: Problem `unknown_period`.
    """
    for kind in KINDS:
        if kind == text:
            return period_of(today, kind)
    if not is_period(text):
        detail = f"'{text}' is no period; it is one of {', '.join(KINDS)}, or like 2026-W47"
        raise invalid("unknown_period", detail, parameter, known=list(KINDS))
    return text


def calendar(basis: Basis, scope: Scope, scope_id: str) -> WorkingCalendar:
    """Return the working calendar that holds for somebody."""
    documents = orjson.dumps(dict(basis.configuration.of("calendar")))
    return _calendar(documents, chain_of(basis, scope, scope_id), basis.settings.time_zone)


@lru_cache(maxsize=256)
def _calendar(documents: bytes, chain: tuple[str, ...], time_zone: str) -> WorkingCalendar:
    return calendar_of(orjson.loads(documents), chain, time_zone)


class AttainmentQuestion:
    """How far somebody is.

    Laws:   without `metrics` the figures are those with a target, which is known only once the
            targets were read: it is asked again until `is_complete`.
    """

    def __init__(
        self,
        scope: Scope,
        scope_id: str,
        parameters: AttainmentParameters,
        settings: QuerySettings,
    ) -> None:
        self.scope, self.scope_id = scope, scope_id
        self.sub = parameters.sub and scope == "department"
        self.parameters = parameters
        self.settings = settings
        self.names = names_of(parameters.metrics)
        self._found: list[str] = []
        self._planned: Evaluation
        self._wanted: dict[str, Wanted]
        """Id -> its targets: of the scope, with `sub` of each department."""
        self._kpis: list[Kpi] = []

    @property
    def ask(self) -> Ask:
        """Return what is asked for, for whoever decides who may see it."""
        place = (self.scope, self.scope_id, self.sub)
        return Ask("figures", "figure", *place, metrics=frozenset(self.names))

    def period(self, basis: Basis) -> str:
        """Return the period asked for."""
        return period_named(self.parameters.period, basis.today)

    def _days(self, basis: Basis) -> Period:
        return Period(*span_of(self.period(basis)))

    def _comparison(self, basis: Basis) -> Comparison | None:
        days, how = self._days(basis), self.parameters.compare
        if how == "none":
            return None
        return (compared if how == "previous" else last_year)(days, basis.today)

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the targets, what was crossed, and the figures."""
        places = targets(basis.org, self.scope, self.scope_id, self.sub)
        names = self.names or self._found
        self._kpis = [metric_named(basis, name) for name in names]
        asked = self.names or [
            name for name, kpi in catalogue(basis).items() if can_have_target(kpi)
        ]
        period = self.period(basis)
        self._wanted = {each: Wanted(basis, (self.scope, each), period, asked) for each in places}
        days, comparison = self._days(basis), self._comparison(basis)
        ranges = [days, *(comparison or ())]
        wishes = [
            Wish(kpi, self.scope, self.scope_id, each, self.sub)
            for each in ranges
            for kpi in self._kpis
        ]
        self._planned = Evaluation(basis, wishes, self.settings.max_hashes)
        crossed: Command = ("HKEYS", basis.keys.crossed(period))
        wanted = [each.command for each in self._wanted.values()]
        return [*wanted, crossed, *self._planned.commands]

    def is_complete(self, reading: Reading) -> bool:
        """Say whether all figures with a target were read; take note of them."""
        held = self._held(reading)
        if self.names or set(held) <= set(self._found):
            return True
        self._found = list(held)
        return False

    def _held(self, reading: Reading) -> Mapping[str, Held | Together]:
        """Return metric -> the target that holds."""
        replies = reading.replies[: len(self._wanted)]
        each = {
            name: wanted.held(reply)
            for (name, wanted), reply in zip(self._wanted.items(), replies, strict=True)
        }
        if len(each) == 1:
            return next(iter(each.values()))
        org = reading.basis.org
        return together(each, (name for name in each if org.members([name])))

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis = reading.basis
        check_known(basis, self.scope, self.scope_id)
        marks, *replies = reading.replies[len(self._wanted) :]
        held, crossed = self._held(reading), {mark.decode() for mark in marks}
        values = self._planned.answer(replies)
        period, days = self.period(basis), self._days(basis)
        working = calendar(basis, self.scope, self.scope_id)
        share = working.share(*days, basis.now_ms)
        comparison, count = self._comparison(basis), len(self._kpis)
        figures = []
        for at, kpi in enumerate(self._kpis):
            if self.names or kpi.name in held:
                one = self._figure(basis, kpi, values[at], held.get(kpi.name), share)
                one["crossed"] = self._crossed(kpi, one["thresholds"], crossed)
                if comparison is not None:
                    elapsed, before = values[count + at], values[2 * count + at]
                    one["earlier"] = _earlier(comparison.previous, elapsed, before)
                figures.append(one)
        return {
            **reading.head(),
            "scope": self.scope,
            "id": self.scope_id,
            "sub": self.sub,
            "period": period,
            "kind": kind_of(period),
            "from": format_day(days.first),
            "to": format_day(days.last),
            **_working_days(working, days, basis.today),
            "figures": figures,
            "score": score(
                ((one["weight"] or 0, one["attainment"]) for one in figures),
                self.parameters.cap,
            ),
        }

    def _figure(
        self,
        basis: Basis,
        kpi: Kpi,
        value: Value,
        held: Held | Together | None,
        share: float | None,
    ) -> dict[str, Any]:
        aim = None if held is None else held.aim
        currency = value.figure.get("currency", "")
        is_ours = aim is not None and aim.currency == currency
        target = aim.value if aim is not None and is_ours else None
        found = {
            **presentation(kpi, basis.words),
            **value.figure,
            "period": self.period(basis),
            "expected_share": share,
            **pace(value.figure["value"] if can_have_target(kpi) else None, target, share),
            "default_of": None if held is None else held.default_of,
            "weight": None if aim is None or not aim.weight else aim.weight,
            "set_by": None if aim is None else aim.set_by,
            "thresholds": list(held.aim.marks) if isinstance(held, Held) else [],
            "facts": facts_link(kpi, self.scope, self.scope_id, self._days(basis), sub=self.sub)
            or None,
        }
        if isinstance(held, Together):
            found["target_of"], found["target_without"] = list(held.of), list(held.without)
            if aim is None:
                found["target_why"] = "not_all_departments" if held.without else "other_currency"
        if aim is not None and not is_ours:
            found["target_why"] = "other_currency"
            found["target_in"] = {"value": aim.value, "currency": aim.currency}
        return found

    def _crossed(self, kpi: Kpi, thresholds: list[int], marks: set[str]) -> list[int]:
        name = f"{encode(kpi.name)}|{self.scope}|{encode(self.scope_id)}"
        return [percent for percent in thresholds if f"{name}|{percent}" in marks]


def _earlier(days: Period, elapsed: Value, before: Value) -> dict[str, Any]:
    now, then = elapsed.figure["value"], before.figure["value"]
    change = None if now is None or then is None else now - then
    return {
        "from": format_day(days.first),
        "to": format_day(days.last),
        "value": then,
        "change": change,
        "change_ratio": change / then if change is not None and then else None,
    }


def _working_days(working: WorkingCalendar, days: Period, today: int) -> dict[str, int]:
    worked = working.days(*Span(*days))
    return {
        "working_days": len(worked),
        "working_days_left": sum(day > today for day in worked),
    }
