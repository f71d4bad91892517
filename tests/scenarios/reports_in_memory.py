"""Cohort reports out of the pure core: the query service's own evaluation, over facts in memory.

No store is read: the cases are joined here, and a basis is made of the facts. What the journey
report shows is counted by the oracle, for it is made of stored figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from schemas.changes import Version
from schemas.facts import Customer, Department, Employee, Term, pack
from schemas.tables import TenantKeys
from services.query.basis import Basis, Settings
from services.query.cohorts import performance
from services.query.cohorts.case import Case, case_of
from services.query.cohorts.columns import Columns
from services.query.cohorts.kinship import Kinship
from services.query.cohorts.lifecycle_report import LifecycleReport
from services.query.cohorts.parameters import (
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    SalesPerformanceFactsParameters,
    SalesPerformancePage,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.cohorts.performance_report import PerformanceReport, row_document
from services.query.cohorts.reading import Cell as ListedCell
from services.query.cohorts.reading import CohortReport
from services.query.cohorts.telesales_report import TelesalesReport
from services.query.cohorts.vocabulary import refusal, unknown_word
from services.query.freshness import Freshness
from services.query.names import Sight
from services.query.organisation import Organisation
from services.query.problems import as_problem
from services.query.reader import Reading
from services.query.settings import QuerySettings
from services.query.words import Words
from tests.properties.pure_driver import PureDriver
from tests.scenarios.asking import Asked
from tests.scenarios.journey_in_memory import FACTS, JourneyInMemory, facts_in_memory
from tests.scenarios.sight import Document, address, cells, differences, lists

Answer = Callable[["Desk", dict[str, str]], Document]
_KEYS: Final = TenantKeys(0, "memory", "acme")
_SETTINGS: Final = QuerySettings.load({})


def look(driver: PureDriver, questions: Sequence[Asked], now_ms: int) -> list[str]:
    """Return what is otherwise in some reports than a story says."""
    if not questions:
        return []
    desk, found = Desk(driver, now_ms), []
    for question in questions:
        seen = cells(question, desk.get(address(question)))
        opened = {name: desk.get(facts) for name, facts in lists(question, seen).items()}
        found += differences(question, seen, opened)
    return found


class Desk:
    """Answers the addresses of cohort reports at one moment."""

    def __init__(self, driver: PureDriver, now_ms: int) -> None:
        self.driver = driver
        self.reading = Reading(
            _basis(driver, now_ms),
            Freshness(Version("memory", 1), now_ms, 0, 0, "live", ""),
            [],
        )
        self.columns = Columns()
        self.columns.put(list(cases(driver)))

    def get(self, url: str) -> Document:
        """Answer an address; a refusal is a document, too."""
        parts = urlsplit(url)
        try:
            return _ANSWERS[parts.path](self, dict(parse_qsl(parts.query)))
        except Exception as error:
            problem = as_problem(error)
            if problem.code == "bug":
                raise
            return {"status": problem.status, "code": problem.code, **problem.members}

    def check(self, report: CohortReport) -> None:
        """See that a report may be asked, and that there are the words of its filters."""
        report.cohort(self.reading.basis)
        there = self.driver.tenant.words
        reply = [b"1" if f"{w.kind}:{w.value}" in there else None for w in report.words]
        word = unknown_word(self.reading.basis, report.words, reply)
        if word is not None:
            raise refusal(word, self.reading.basis, [name.encode() for name in there])

    def opened(self, cell: ListedCell) -> Document:
        """Return the list behind a cell as a page of it looks."""
        return self.page(cell.members(self.reading, self.columns))

    def page(self, numbers: Sequence[int]) -> Document:
        """Return a list of facts as a page of it looks."""
        by_number = self.driver.tenant.by_number
        return {"total": len(numbers), "rows": [{"id": by_number[each][1]} for each in numbers]}


def cases(driver: PureDriver) -> Iterator[Case]:
    """Join every survivor with those that were merged into it."""
    people = (fact for fact in driver.facts.values() if isinstance(fact, Customer))
    for survivor, *others in Kinship().groups(people):
        case = case_of(survivor, others)
        if case is not None:
            yield case


def _basis(driver: PureDriver, now_ms: int) -> Basis:
    facts, settings = driver.facts.values(), driver.tenant.settings
    org = frozenset(pack(fact) for fact in facts if isinstance(fact, Department | Employee))
    words = frozenset(pack(fact) for fact in facts if isinstance(fact, Term))
    return Basis(
        "memory",
        _KEYS,
        Settings(
            "",
            settings.time_zone,
            "VND",
            frozenset(driver.tenant.feeds),
            frozenset(settings.modules_off),
        ),
        packed_org=org,
        org=Organisation(org),
        now_ms=now_ms,
        packed_words=words,
        words=Words(words),
    )


def _telesales(desk: Desk, given: dict[str, str]) -> Document:
    report = TelesalesReport(TelesalesParameters.model_validate(given), _SETTINGS)
    desk.check(report)
    return report.answer(desk.reading, desk.columns)


def _telesales_facts(desk: Desk, given: dict[str, str]) -> Document:
    asked = TelesalesFactsParameters.model_validate(given)
    report = TelesalesReport(asked, _SETTINGS)
    desk.check(report)
    return desk.opened(report.cell(asked.row, asked.column))


def _lifecycle(desk: Desk, given: dict[str, str]) -> Document:
    report = LifecycleReport(LifecycleParameters.model_validate(given))
    desk.check(report)
    return report.answer(desk.reading, desk.columns)


def _lifecycle_facts(desk: Desk, given: dict[str, str]) -> Document:
    asked = LifecycleFactsParameters.model_validate(given)
    report = LifecycleReport(asked)
    desk.check(report)
    return desk.opened(report.cell(asked))


def _journey(desk: Desk, given: dict[str, str]) -> Document:
    asked = JourneyParameters.model_validate(given)
    return JourneyInMemory(desk.driver, desk.reading.basis, asked).document()


def _journey_facts(desk: Desk, given: dict[str, str]) -> Document:
    return desk.page(facts_in_memory(desk.driver, desk.reading.basis, given))


def _performance(desk: Desk, given: dict[str, str]) -> Document:
    report = PerformanceReport(SalesPerformancePage.model_validate(given))
    desk.check(report)
    basis = desk.reading.basis
    page = performance.evaluate(desk.columns, report.question(basis, limit=100))
    facts = (desk.driver.tenant.entities[desk.driver.tenant.by_number[r.number]] for r in page.rows)
    rows = [
        row_document(row, fact, basis, sight=Sight(has_phones=True))
        for row, fact in zip(page.rows, facts, strict=True)
        if isinstance(fact, Customer)
    ]
    return {**report.head(desk.reading, page), "rows": rows}


def _performance_facts(desk: Desk, given: dict[str, str]) -> Document:
    asked = SalesPerformanceFactsParameters.model_validate(given)
    report = PerformanceReport(asked)
    desk.check(report)
    return desk.opened(report.cell(asked.row, asked.column))


_ANSWERS: Final[dict[str, Answer]] = {
    "/v1/reports/telesales": _telesales,
    "/v1/reports/telesales/facts": _telesales_facts,
    "/v1/reports/lifecycle": _lifecycle,
    "/v1/reports/lifecycle/facts": _lifecycle_facts,
    "/v1/reports/journey": _journey,
    FACTS: _journey_facts,
    "/v1/reports/sales-performance": _performance,
    "/v1/reports/sales-performance/facts": _performance_facts,
}
