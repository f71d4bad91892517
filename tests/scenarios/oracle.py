"""What a question is answered out of the pure core's cells, lists, scores and visits.

A second, plain reading of `schemas.kpis.model`: it shares no code with the query service.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from schemas.calendar import from_date, local_day, to_date
from schemas.facts import Department, Term
from schemas.kpis import CATALOGUE, INTERACTIONS, Kpi, based
from schemas.kpis.clock import window
from schemas.tables import COMPANY_ID, parse_dimension, parse_field, parse_visit
from services.aggregator.core.contributions import Place
from tests.properties.pure_driver import PureDriver
from tests.scenarios.story import Question

NOT_AVAILABLE: Final = "not available"
Tally = dict[str, int]
"""currency, or '' -> amount"""
Tallies = tuple[Tally, dict[str, Tally]]
"""In all, and by dimension value."""
_LAST_DAY: Final = 99991231
_TERMS: Final = {"stage": "relationship", "first_source": "source"}


def answer(driver: PureDriver, question: Question, now_ms: int) -> Any:
    """Return a figure in the form in which a scenario file writes it."""
    oracle = _Oracle(driver, question, now_ms)
    kpi = question.kpi
    if not oracle.is_fed(kpi):
        return NOT_AVAILABLE
    if question.late:
        return written(kpi, oracle.late())
    if kpi.additivity == "ratio":
        return oracle.ratio()
    total, by = oracle.tallies(kpi)
    if not question.by:
        return written(kpi, total)
    return {name: written(kpi, tally) for name, tally in by.items() if any(tally.values())}


def written(kpi: Kpi, tally: Tally) -> Any:
    """Write an amount as scenario files do."""
    if kpi.unit == "money":
        some = {currency: amount for currency, amount in tally.items() if amount}
        return some.get("VND", 0) if some.keys() <= {"VND"} else some
    amount = tally.get("", 0)
    return amount / 1000 if kpi.unit == "quantity" else amount


class _Oracle:
    def __init__(self, driver: PureDriver, question: Question, now_ms: int) -> None:
        self.driver = driver
        self.ask = question
        self.now_ms = now_ms
        self.today = local_day(now_ms, driver.tenant.settings.time_zone)
        self.scopes = {question.scope_id, *(self._below() if question.sub else ())}

    def _below(self) -> Iterator[str]:
        departments = [f for f in self.driver.facts.values() if isinstance(f, Department)]
        waiting = [self.ask.scope_id]
        while waiting:
            parent = waiting.pop()
            below = [d.id for d in departments if d.profile and d.profile[2] == parent]
            waiting += below
            yield from below

    def is_fed(self, kpi: Kpi) -> bool:
        tenant = self.driver.tenant
        is_on = kpi.feed not in tenant.settings.modules_off
        return not kpi.feed or (kpi.feed in tenant.feeds and is_on)

    def has(self, department: str, employee: str) -> bool:
        """Say whether a pair belongs to the scope."""
        whose = {"employee": employee, "department": department, "company": COMPANY_ID}
        return whose[self.ask.scope] in self.scopes

    def tallies(self, kpi: Kpi) -> Tallies:
        ways = {
            "parts": self._parts,
            "spanning": self._spanning,
            "distinct": self._distinct,
            "timed": self._timed,
            "ended": self._ended,
            "tagged": self._tagged,
            "stock": self._stock,
        }
        return ways.get(kpi.additivity, self._stored)(kpi)

    def _stored(self, kpi: Kpi) -> Tallies:
        basis = self.ask.basis if self.ask.basis in kpi.bases else ""
        name = based(kpi.name, basis)
        total: defaultdict[str, int] = defaultdict(int)
        by: defaultdict[str, Tally] = defaultdict(dict)
        if len(self.scopes) > 1 and not kpi.adds_over_people:
            return {"": len(self._members((name,)))}, {}
        for cell, value in self.driver.cells.items():
            is_here = (cell.scope, cell.metric) == (self.ask.scope, name)
            if not is_here or cell.scope_id not in self.scopes or not self._is_in(kpi, cell.day):
                continue
            values = parse_dimension(cell.dimension)
            currency = values.pop("currency", "")
            if not values:
                total[currency] += value
            elif values.keys() == {self.ask.by}:
                into = by[values[self.ask.by]]
                into[currency] = into.get(currency, 0) + value
        return total, by

    def _is_in(self, kpi: Kpi, day: int) -> bool:
        return day == 0 if kpi.is_now else self.ask.first <= day <= self.ask.last

    def _members(self, names: tuple[str, ...]) -> set[int]:
        found: set[int] = set()
        for (name, place), numbers in self.driver.lists.items():
            is_here = name in names and self.has(place.department, place.employee)
            if is_here and self._is_in(CATALOGUE[name], place.day):
                found |= numbers
        return found

    def _spanning(self, kpi: Kpi) -> Tallies:
        if len(self.scopes) > 1:
            return {"": len(self._members(kpi.parts))}, {}
        starting, ending = (CATALOGUE[part] for part in kpi.parts)
        both = replace(self.ask, by="end")
        total, by_end = _Oracle(self.driver, both, self.now_ms)._stored(starting)
        ends = self._stored(ending)[0].get("", 0)
        inside = (n[""] for end, n in by_end.items() if self._is_in(ending, int(end)))
        return {"": total.get("", 0) + ends - sum(inside)}, {}

    def _parts(self, kpi: Kpi) -> Tallies:
        fed = [CATALOGUE[part] for part in kpi.parts if self.is_fed(CATALOGUE[part])]
        return {"": sum(self.tallies(part)[0].get("", 0) for part in fed)}, {}

    def _distinct(self, kpi: Kpi) -> Tallies:
        fed = [part for part in kpi.parts if self.is_fed(CATALOGUE[part])]
        names = {based(part, self.ask.basis): part for part in fed}
        kinds = {part: kind for kind, parts in INTERACTIONS.items() for part in parts}
        total: defaultdict[int, int] = defaultdict(int)
        by: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        for visits, fields in self.driver.visits.items():
            if visits.metric not in names or not self.has(visits.department, visits.employee):
                continue
            for field, count in fields.items():
                day, customer, value = parse_visit(field)
                if not self.ask.first <= visits.month * 100 + day <= self.ask.last:
                    continue
                if value is not None:
                    by[value][customer] += count
                    continue
                total[customer] += count
                if self.ask.by == "interaction":
                    by[kinds[names[visits.metric]]][customer] += count
        if kpi.unless:
            others = self._distinct_customers(kpi.unless)
            total = defaultdict(int, {who: n for who, n in total.items() if who not in others})
        return self._some(kpi, total), {name: self._some(kpi, of) for name, of in by.items()}

    def _distinct_customers(self, metrics: tuple[str, ...]) -> set[int]:
        return {
            customer
            for visits, fields in self.driver.visits.items()
            if visits.metric in metrics and self.has(visits.department, visits.employee)
            for day, customer, _ in map(parse_visit, fields)
            if self.ask.first <= visits.month * 100 + day <= self.ask.last
        }

    @staticmethod
    def _some(kpi: Kpi, counts: dict[int, int]) -> Tally:
        most = kpi.most or max(counts.values(), default=0)
        return {"": sum(kpi.least <= count <= most for count in counts.values())}

    def _timed(self, kpi: Kpi) -> Tallies:
        facts: dict[int, int] = {}
        for (name, department, employee), numbered in self.driver.scores.items():
            if name == kpi.of and self.has(department, employee):
                facts |= numbered
        by = {}
        for band in kpi.bands:
            low, high = window(kpi.of, band, self.now_ms, self.today)
            by[band] = {"": sum(low <= score <= high for score in facts.values())}
        return {"": sum(tally[""] for tally in by.values())}, by

    def _ended(self, kpi: Kpi) -> Tallies:
        yesterday = from_date(to_date(self.today) - timedelta(days=1))
        first, last = self.ask.first, self.ask.last
        if kpi.ends == "before today":
            last = min(last, yesterday)
        else:
            first = max(first, self.today)
        asked = replace(self.ask, kpi=CATALOGUE[kpi.of], first=first, last=last)
        return _Oracle(self.driver, asked, self.now_ms)._stored(asked.kpi)

    def _stock(self, kpi: Kpi) -> Tallies:
        entered, left = kpi.parts
        after = replace(self.ask, by="stage", first=self.ask.last + 1, last=_LAST_DAY)
        by: defaultdict[str, int] = defaultdict(int)
        for name, sign in ((kpi.of, 1), (entered, -1), (left, 1)):
            part = CATALOGUE[name]
            for stage, tally in _Oracle(self.driver, after, self.now_ms)._stored(part)[1].items():
                by[stage] += sign * tally[""]
        return {"": sum(by.values())}, {stage: {"": count} for stage, count in by.items()}

    def _tagged(self, kpi: Kpi) -> Tallies:
        of = CATALOGUE[kpi.of]
        asked = replace(self.ask, kpi=of, by=kpi.by)
        _, by = _Oracle(self.driver, asked, self.now_ms)._stored(of)
        kind = _TERMS[kpi.by]
        terms = (fact for fact in self.driver.facts.values() if isinstance(fact, Term))
        tagged = {term.id for term in terms if term.profile and kpi.tag in term.profile[2]}
        values = (tally[""] for name, tally in by.items() if f"{kind}:{name}" in tagged)
        return {"": sum(values)}, {}

    def ratio(self) -> Any:
        above, below = CATALOGUE[self.ask.kpi.numerator], CATALOGUE[self.ask.kpi.denominator]
        (over, over_by), (under, under_by) = self.tallies(above), self.tallies(below)
        if not self.ask.by:
            return f"{written(above, over)}/{written(below, under)}"
        return {
            name: f"{written(above, tally)}/{written(below, under_by.get(name, under))}"
            for name, tally in over_by.items()
        }

    def late(self) -> Tally:
        found: defaultdict[str, int] = defaultdict(int)
        for (_, place, name), value in self.driver.late.items():
            metric, dimension = parse_field(name)
            values = parse_dimension(dimension)
            currency = values.pop("currency", "")
            is_here = metric == self.ask.kpi.name and self._counts(place) and not values
            if is_here and self._is_in(self.ask.kpi, place.day):
                found[currency] += value
        return found

    def _counts(self, place: Place) -> bool:
        bit = {"employee": 1, "department": 2, "company": 4}[self.ask.scope]
        return bool(place.scopes & bit) and self.has(place.department, place.employee)
