"""How far somebody is, out of the pure core: which target holds is found here by hand.

The value is the oracle's, what was crossed is what the fold said; pace and score are the query
service's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.calendar import DEFAULT_TIME_ZONE
from schemas.facts import TAGS, Department, Employee, Target, department_on
from schemas.kpis import CATALOGUE
from schemas.target_periods import span_of
from schemas.targets import DEFAULT_THRESHOLDS
from schemas.working_days import calendar_of
from services.query.targets.pace import pace, score
from tests.properties.crossing_driver import CrossingDriver
from tests.scenarios.aiming import SCORE, Aimed
from tests.scenarios.oracle import answer
from tests.scenarios.question import Question

_CALENDAR: Final = "calendar:"


def purely(driver: CrossingDriver, aimed: Aimed, now_ms: int) -> Mapping[str, Any]:
    """Answer as `/v1/attainment` does, as far as stories look at it."""
    return _Aims(driver, aimed, now_ms).document()


class _Aims:
    def __init__(self, driver: CrossingDriver, aimed: Aimed, now_ms: int) -> None:
        self.driver, self.aimed, self.now_ms = driver, aimed, now_ms

    def document(self) -> Mapping[str, Any]:
        aimed = self.aimed
        names = [aimed.metric]
        if aimed.metric == SCORE:
            names = [name for name in CATALOGUE if self._aim(name) is not None]
        figures = [self._figure(name) for name in names]
        weighted = ((each["weight"], each["attainment"]) for each in figures)
        return {"figures": figures, "score": score(weighted, None)}

    def _figure(self, metric: str) -> dict[str, Any]:
        aimed, aim = self.aimed, self._aim(metric)
        first, last = span_of(aimed.period)
        place = (aimed.scope, aimed.scope_id, first, last)
        value = answer(self.driver, Question(CATALOGUE[metric], *place, sub=aimed.sub), self.now_ms)
        marks: tuple[int, ...] = () if aim is None else aim[2] or DEFAULT_THRESHOLDS
        share = self._calendar().share(first, last, self.now_ms)
        return {
            "metric": metric,
            "value": value,
            **pace(value, None if aim is None else aim[0], share),
            "weight": 0 if aim is None else aim[1],
            "crossed": sorted(
                each["threshold"]
                for each in self.driver.crossings
                if (each["metric"], each["scope"], each["id"], each["period"])
                == (metric, aimed.scope, aimed.scope_id, aimed.period)
                and each["threshold"] in marks
            ),
        }

    def _aim(self, metric: str) -> tuple[int, int, tuple[int, ...]] | None:
        """Return (value, weight, thresholds) of the target that holds."""
        aimed = self.aimed
        if aimed.sub:
            return self._together(metric)
        places = [f"{aimed.scope}|{aimed.scope_id}"]
        if aimed.scope == "employee":
            places += [f"department.each|{name}" for name in self._chain(self._department())]
            places.append("company.each|all")
        return next((aim for each in places if (aim := self._said(metric, each))), None)

    def _together(self, metric: str) -> tuple[int, int, tuple[int, ...]] | None:
        total = 0
        for name in self._below(self.aimed.scope_id):
            aim = self._said(metric, f"department|{name}")
            if aim is None and self._has_people(name):
                return None
            total += 0 if aim is None else aim[0]
        return total, 0, (0,)

    def _said(self, metric: str, place: str) -> tuple[int, int, tuple[int, ...]] | None:
        name = f"{metric}|{place}|{self.aimed.period}"
        fact = self.driver.tenant.entities.get((TAGS[Target], name))
        if not isinstance(fact, Target) or fact.aim is None or fact.aim[1] is None:
            return None
        _, value, weight, thresholds, _ = fact.aim
        return value.amount, weight, thresholds

    def _department(self) -> str | None:
        fact = self.driver.tenant.entities.get((TAGS[Employee], self.aimed.scope_id))
        return department_on(fact, 0) if isinstance(fact, Employee) else None

    def _chain(self, name: str | None) -> Iterator[str]:
        while name is not None:
            yield name
            name = self._parent(name)

    def _parent(self, name: str) -> str | None:
        fact = self.driver.tenant.entities.get((TAGS[Department], name))
        known = isinstance(fact, Department) and fact.profile is not None
        return fact.profile[2] if known else None  # type: ignore[index, union-attr]

    def _below(self, name: str) -> list[str]:
        named = [fact.id for fact in self.driver.facts.values() if isinstance(fact, Department)]
        return [each for each in named if name in self._chain(each)]

    def _has_people(self, department: str) -> bool:
        people = (fact for fact in self.driver.facts.values() if isinstance(fact, Employee))
        return any(department_on(fact, 0) == department for fact in people)

    def _calendar(self) -> Any:
        documents: dict[str, Any] = {
            name.removeprefix(_CALENDAR): document
            for name, document in self.driver.tenant.documents.items()
            if name.startswith(_CALENDAR)
        }
        scope, name = self.aimed.scope, self.aimed.scope_id
        begin = {"employee": self._department(), "department": name, "company": None}[scope]
        return calendar_of(documents, self._chain(begin), DEFAULT_TIME_ZONE)
