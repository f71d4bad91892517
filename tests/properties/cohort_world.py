"""A random history as the query service's cohort reports see it: columns of the folded facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.envelope import LogEvent
from schemas.facts import TAGS, Customer, Department, Employee, pack
from services.query.cohorts.case import case_of
from services.query.cohorts.columns import Columns
from services.query.cohorts.kinship import Kinship
from services.query.organisation import Organisation
from services.verify.reports.questions import Question
from tests.properties.pure_driver import PureDriver

_KINDS = {tag: kind.__name__.lower() for kind, tag in TAGS.items()}


class CohortWorld:
    """The facts of one tenant, folded in memory, and what the reports are evaluated over."""

    def __init__(self, events: Iterable[LogEvent] = ()) -> None:
        self.driver = PureDriver().fold(events)
        self.columns = self.built()

    def customers(self) -> dict[str, Customer]:
        """Return the customer facts by id, also stubs and those that were merged."""
        facts = self.driver.facts.values()
        return {fact.id: fact for fact in facts if isinstance(fact, Customer)}

    def built(self) -> Columns:
        """Return columns made anew of all facts."""
        columns = Columns()
        take_in(columns, Kinship(), self.customers(), self.customers().values())
        return columns

    def follow(self, event: LogEvent, kinship: Kinship) -> None:
        """Fold one event, and let the columns take in the facts that it changed, no others."""
        before = self.customers()
        self.driver.fold([event])
        after = self.customers()
        changed = [fact for name, fact in after.items() if before.get(name) is not fact]
        take_in(self.columns, kinship, after, changed)

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


def take_in(
    columns: Columns, kinship: Kinship, there: Mapping[str, Customer], changed: Iterable[Customer]
) -> None:
    """Let columns say what changed facts say; whom else a group needs is looked up."""
    facts, asked = list(changed), frozenset[str]()
    while facts or asked:
        for survivor, *absorbed in kinship.groups(facts, asked):
            case = case_of(survivor, absorbed)
            columns.remove([survivor.number, *(fact.number for fact in absorbed)])
            if case is not None:
                columns.put([case])
        asked = kinship.missing
        facts = [there[name] for name in asked if name in there]
