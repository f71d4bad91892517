"""A random history as the query service's cohort reports see it: columns of the folded facts."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.envelope import LogEvent
from schemas.facts import TAGS, Customer, Department, Employee, pack
from services.query.cohorts.case import Case, case_of
from services.query.cohorts.columns import Columns
from services.query.organisation import Organisation
from services.verify.reports.questions import Question
from tests.properties.pure_driver import PureDriver

_KINDS = {tag: kind.__name__.lower() for kind, tag in TAGS.items()}


class CohortWorld:
    """The facts of one tenant, folded in memory, and what the reports are evaluated over."""

    def __init__(self, events: Iterable[LogEvent] = ()) -> None:
        self.driver = PureDriver().fold(events)
        self.columns = Columns()
        self.columns.put(list(self.cases().values()))

    def cases(self) -> dict[int, Case]:
        """Return the customers that are in some cohort, by number."""
        tenant = self.driver.tenant
        found: dict[int, Case] = {}
        for fact in self.driver.facts.values():
            if isinstance(fact, Customer) and tenant.survivor(fact.id) is fact:
                case = case_of(fact, [one for one in tenant.group(fact) if one is not fact])
                if case is not None:
                    found[fact.number] = case
        return found

    def names(self, numbers: Iterable[int]) -> list[tuple[str, str]]:
        """Return (kind, id) of facts by their numbers."""
        keys = (self.driver.tenant.by_number[number] for number in numbers)
        return [(_KINDS[tag], name) for tag, name in keys]

    def organisation(self) -> Organisation:
        """Return who works where."""
        facts = self.driver.facts.values()
        return Organisation(pack(f) for f in facts if isinstance(f, Department | Employee))

    def owners(self, question: Question) -> frozenset[str] | None:
        """Return whose customers a question is about, None for everybody's."""
        if question.employee is not None:
            return frozenset({question.employee})
        if question.department is None:
            return None
        org, name = self.organisation(), question.department
        within = org.subtree(name) if question.sub else (name,)
        return frozenset(one for one in org.employees if org.department_of(one) in within)
