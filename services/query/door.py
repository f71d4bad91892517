"""The one door to figures: whoever reads says who asks and what for, and is let in or not.

Nothing that answers a request reads by itself. What is decided is decided on the organisation of
the very version that is read, so a change of a grant or of the tree holds from the next read on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, Final

from schemas.access import Ask, Decision, Subject, Viewer, decide
from schemas.tables import NOBODY
from services.query.access import Caller
from services.query.audit.notes import Notes
from services.query.basis import Basis, Command
from services.query.boards.stored import granted_by
from services.query.cohorts.book import Cohort, Found
from services.query.cohorts.books import Books
from services.query.links import without_links
from services.query.names import Sight
from services.query.organisation import Organisation
from services.query.problems import Problem
from services.query.reader import Plan, Reader, Reading, nothing_more

Asked = Ask | Callable[[Basis], Ask]
"""What is asked for, or how to tell once the organisation is known."""
_MOST_YOURS: Final = 50
_SEEN: Final = "seen"
_REFUSED: Final = "refused"


class NotAllowed(Problem):
    """The refusal of what was asked for."""

    def __init__(self, ask: Ask, decision: Decision, **members: Any) -> None:
        super().__init__(403, decision.code, decision.detail, **members)
        self.ask = ask


class Door:
    """Lets in who may see what is asked for, and notes who was let in and who was not.

    Errors: Problem 403 with code and detail of the decision; of the company also `yours`, the
            departments and employees that one may ask for instead.
    """

    def __init__(self, reader: Reader, books: Books, notes: Notes) -> None:
        self.reader, self.books, self.notes = reader, books, notes

    async def read(self, caller: Caller, ask: Asked, plan: Plan = nothing_more) -> Reading:
        """Read what a plan asks for; the reading carries the decision."""
        return await self.visit(caller, ask).read(plan)

    def visit(self, caller: Caller, ask: Asked, subject: Subject | None = None) -> Visit:
        """Return what reads for one question of a caller, as often as needed.

        Shape:  `subject` is the one that the route declared; None where no route asks.
        """
        return Visit(self, caller, ask, subject)


@dataclass(frozen=True, slots=True)
class Visit:
    """One question of one caller; every reading of it is decided anew.

    Laws:   is noted once in the audit trail, however often it reads.
    """

    door: Door
    caller: Caller
    ask: Asked
    subject: Subject | None = None
    noted: set[str] = field(default_factory=set, compare=False, repr=False)

    @property
    def partition(self) -> int:
        """Return the partition of the tenant."""
        return self.caller.partition

    @property
    def tenant(self) -> str:
        """Return whose figures are read."""
        return self.caller.tenant

    async def read(self, plan: Plan = nothing_more) -> Reading:
        """Read what a plan asks for; errors are those of `Reader.read` and `Door`."""
        place = (self.partition, self.tenant)
        with self._refusal_noted():
            reading = await self.door.reader.read(*place, self._guarded(plan))
            await self.door.reader.names.load(self.tenant, reading.replies)
            return self._seen(self._decided(reading))

    async def read_cohort(
        self, cohort: Callable[[Basis], Cohort], plan: Plan = nothing_more
    ) -> Found:
        """Read the customers of a cohort; errors are those of `Books.read` and `Door`."""
        place = (self.partition, self.tenant)
        with self._refusal_noted():
            found = await self.door.books.read(*place, cohort, self._guarded(plan))
            await self.door.reader.names.load(self.tenant, found.reading.replies)
            return found._replace(reading=self._seen(self._decided(found.reading)))

    async def read_customer(
        self,
        plan: Plan,
        owner_of: Callable[[Reading], str | None],
        wants_more: Callable[[Reading], bool],
    ) -> Reading:
        """Read what is known of a customer, whose owner stands in what was read.

        Shape:  `wants_more` says whether the plan is another one now that this was read.
        Laws:   who may not enter at all is refused first, as if it were one's own customer.
        """
        own = partial(self._owned, self.caller.employee)
        entered = replace(self, ask=own, noted={_SEEN})
        reading = await entered.read(plan)
        while wants_more(reading):
            reading = await entered.read(plan)
        with self._refusal_noted():
            ask = self._owned(owner_of(reading), reading.basis)
            decision = admitted(self.caller, ask, reading.basis)
            return self._seen(self._sighted(reading, decision))

    @contextmanager
    def _refusal_noted(self) -> Iterator[None]:
        try:
            yield
        except NotAllowed as refusal:
            self._refused(refusal.ask, refusal.code)
            raise

    def _refused(self, ask: Ask, code: str) -> None:
        if _REFUSED not in self.noted:
            self.noted.add(_REFUSED)
            self.door.notes.refused(self.caller, ask, code)

    def _seen(self, reading: Reading) -> Reading:
        if _SEEN not in self.noted:
            self.noted.add(_SEEN)
            version = str(reading.freshness.version)
            self.door.notes.seen(self.caller, self._asked(reading.basis), version)
        return reading

    def _owned(self, owner: str | None, basis: Basis) -> Ask:
        return replace(self._asked(basis), owner=owner)

    def opened(self, reading: Reading, document: dict[str, Any]) -> dict[str, Any]:
        """Return an answer without the addresses of lists that would be refused."""
        viewer, tree = viewer_of(self.caller, reading.basis), reading.basis.org.tree
        if viewer.kind == "machine" or "view_all" in viewer.grants:
            return document
        org = reading.basis.org
        found: dict[str, Any] = without_links(
            document, org, lambda ask: decide(viewer, ask, tree).is_allowed
        )
        return found

    def decide(self, basis: Basis) -> Decision:
        """Return the decision, without raising it; a refusal is noted."""
        ask = self._asked(basis)
        decision = decide(viewer_of(self.caller, basis), ask, basis.org.tree)
        if not decision.is_allowed:
            self._refused(ask, decision.code)
        return decision

    def would(self, basis: Basis) -> bool:
        """Say what the decision would be; nobody was refused anything by that."""
        viewer = viewer_of(self.caller, basis)
        return decide(viewer, self._asked(basis), basis.org.tree).is_allowed

    def opens_customers(self, basis: Basis) -> Callable[[str | None], bool]:
        """Return what says of an owner whether the stories of their customers may be opened."""
        viewer, tree = viewer_of(self.caller, basis), basis.org.tree

        @cache
        def opens(owner: str | None) -> bool:
            return decide(viewer, Ask("customer", "list", owner=owner), tree).is_allowed

        return opens

    def _asked(self, basis: Basis) -> Ask:
        ask = self.ask if isinstance(self.ask, Ask) else self.ask(basis)
        if self.subject is not None and ask.subject != self.subject:
            raise RuntimeError(f"a route of '{self.subject}' asked for '{ask.subject}'")
        return ask

    def _guarded(self, plan: Plan) -> Plan:
        def guarded(basis: Basis) -> Sequence[Command]:
            decision = admitted(self.caller, self._asked(basis), basis)
            return plan(basis.narrowed(decision.within))

        return guarded

    def _decided(self, reading: Reading) -> Reading:
        basis = reading.basis
        return self._sighted(reading, admitted(self.caller, self._asked(basis), basis))

    def _sighted(self, reading: Reading, decision: Decision) -> Reading:
        sight = Sight(decision.has_phones, self.tenant, self.door.reader.names)
        return replace(reading.decided(decision), sight=sight)


def viewer_of(caller: Caller, basis: Basis) -> Viewer:
    """Return who asks, with the grants of now; an employee who left has none."""
    is_person, board = caller.kind == "person", caller.board
    grants = basis.org.grants(caller.employee) if is_person else caller.grants
    if board is not None and board.board_id:
        board = granted_by(board, basis)
    return Viewer(caller.kind, caller.employee, grants, board)


def admitted(caller: Caller, ask: Ask, basis: Basis) -> Decision:
    """Return the decision; NotAllowed, a Problem 403, where it is no."""
    viewer = viewer_of(caller, basis)
    decision = decide(viewer, ask, basis.org.tree)
    if decision.is_allowed:
        return decision
    members: dict[str, Any] = {}
    if decision.code == "not_yours" and ask.scope == "company" and ask.subject != "customer":
        members["yours"] = yours(viewer, ask, basis.org)
        decision = decision._replace(detail=f"{decision.detail}; ask for one of 'yours'")
    raise NotAllowed(ask, decision, **members)


def yours(
    viewer: Viewer, ask: Ask, org: Organisation, most: int | None = _MOST_YOURS
) -> dict[str, list[str]]:
    """Return the departments and employees whom one may ask for instead of the company.

    Shape:  oneself first; at most so many each, None for all.
    Source: T-02, D-05.
    """

    def may_see(**place: Any) -> bool:
        return decide(viewer, replace(ask, sub=False, **place), org.tree).is_allowed

    departments = [
        name for name in sorted(org.departments) if may_see(scope="department", scope_id=name)
    ]
    employees = [
        name
        for name in sorted(org.employees, key=lambda name: (name != viewer.employee, name))
        if name != NOBODY and may_see(scope="employee", scope_id=name)
    ]
    return {"departments": departments[:most], "employees": employees[:most]}
