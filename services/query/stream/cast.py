"""Whom and what a subscription shows on a given basis: people, figures, and their cells. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from schemas.kpis import Kpi
from schemas.tables import Scope
from services.query.basis import Basis
from services.query.catalogue import catalogue
from services.query.evaluation import Live, Value, Wish
from services.query.periods import Period
from services.query.selection import check_known, targets

_BAND: Final = "band"
_OWN: Final = ("formula", "rollout", "value")
"""Documents that decide which figures there are, and what some of them say."""


class Subject(NamedTuple):
    """Whose figure: the scope asked for, or one employee of it."""

    scope: Scope
    id: str


class Beside(NamedTuple):
    """Figures of another scope that are shown beside those of the scope asked for."""

    scope: Scope
    scope_id: str
    sub: bool
    kpis: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        """Return whom they are about."""
        return Subject(self.scope, self.scope_id)


class Subscription(NamedTuple):
    """What a listener asks for; equal subscriptions share one scene and its frames.

    Shape:  `kpis` of the scope, and those of them that are shown of each employee too; `people`
            are those of whom more than their part in a sum is shown, None for everybody; `within`
            are the departments of which figures of an employee are shown; without `has_amounts`
            occurrences do not tell how much money it was; who `celebrates` is told of firsts and
            records too. Where it `is_unnamed` everybody is ranked, and nothing
            tells whose a value is.
    """

    tenant: str
    scope: Scope
    scope_id: str
    kpis: tuple[str, ...]
    kpis_of_people: tuple[str, ...]
    sub: bool
    people: frozenset[str] | None = None
    has_amounts: bool = True
    beside: tuple[Beside, ...] = ()
    celebrates: bool = False
    within: frozenset[str] | None = None
    is_unnamed: bool = False

    @property
    def subject(self) -> Subject:
        """Return whom it is about."""
        return Subject(self.scope, self.scope_id)

    def shows(self, employee: str) -> bool:
        """Say whether rows and occurrences of an employee are shown."""
        return self.people is None or employee in self.people


class Cast:
    """The figures of a subscription, each at its place in the evaluation.

    Laws:   what came after a lock is not told apart here: cells of a lock do not stream.
    """

    def __init__(self, subscription: Subscription, basis: Basis) -> None:
        self.basis = unlocked(basis).narrowed(subscription.within)
        self.subject = subscription.subject
        ids = targets(basis.org, *self.subject, subscription.sub)
        self.targets = frozenset(ids)
        """The ids whose cells make up the figures of the subject."""
        members = basis.org.members(ids) if subscription.scope == "department" else []
        self.people = frozenset(members)
        self.roster = [person for person in members if subscription.shows(person)]
        """Of the people, those who have a row."""
        today, sub = Period(basis.today, basis.today), subscription.sub
        known = catalogue(basis)
        wished = [(name, self.subject, sub) for name in subscription.kpis]
        ranked = basis.org.members(None) if subscription.scope == "company" else members
        self.unnamed = frozenset(ranked if subscription.is_unnamed else ()) - {*self.roster}
        """Of the people, those whose values are ranked and nothing tells whose they are."""
        for person in (*self.roster, *sorted(self.unnamed)):
            subject = Subject("employee", person)
            wished += [(name, subject, False) for name in subscription.kpis_of_people]
        for scope, scope_id, below, kpis in subscription.beside:
            targets(basis.org, scope, scope_id, below)
            wished += [(name, Subject(scope, scope_id), below) for name in kpis]
        self.wishes = [
            _wish(known[name], subject, today, below)
            for name, subject, below in wished
            if name in known  # a figure of the tenant's own may be gone by now
        ]
        self.live = Live(self.basis, self.wishes)

    @cached_property
    def places(self) -> dict[Subject, list[int]]:
        """Return the places of the figures of everybody."""
        found: dict[Subject, list[int]] = {self.subject: []}
        found |= {Subject("employee", person): [] for person in self.roster}
        for at, wish in enumerate(self.wishes):
            found.setdefault(whose(wish), []).append(at)
        return found

    @cached_property
    def ranked(self) -> dict[str, list[int]]:
        """Return for each figure the places of the values of those who are not named."""
        found: dict[str, list[int]] = {}
        for at, wish in enumerate(self.wishes):
            if wish.scope == "employee" and wish.scope_id in self.unnamed:
                found.setdefault(wish.kpi.name, []).append(at)
        return found

    @cached_property
    def unnamed_places(self) -> frozenset[int]:
        """Return the places of all values of those who are not named."""
        return frozenset(at for places in self.ranked.values() for at in places)

    @cached_property
    def asked(self) -> list[Wish]:
        """Return the wishes that the store has to be asked for, in their order."""
        return [self.wishes[at] for at in sorted(self.live.asked)]

    @cached_property
    def is_timed(self) -> bool:
        """Whether a figure changes by the clock alone."""
        return any(wish.kpi.additivity == "timed" for wish in self.asked)

    def check(self) -> None:
        """See that the subject was ever heard of; Problem `unknown_employee` and the like."""
        check_known(self.basis, *self.subject)

    def is_outdated(self, basis: Basis) -> bool:
        """Say whether on this basis other figures, or figures of others, would be shown."""
        before = self.basis
        return (
            (basis.today, basis.packed_org, basis.packed_words)
            != (before.today, before.packed_org, before.packed_words)
            or unlocked(basis).settings != before.settings
            or any(basis.configuration.of(kind) != before.configuration.of(kind) for kind in _OWN)
            or set(basis.pairs.departments) != set(before.pairs.departments)
        )


def whose(wish: Wish) -> Subject:
    """Return whom a wish is about."""
    return Subject(wish.scope, wish.scope_id)


def told(kpi: Kpi, value: Value) -> dict[str, Any]:
    """Return a figure as streams carry it; of a timed KPI with its bands."""
    if kpi.additivity != "timed" or not value.by:
        return value.figure
    bands = [{"dimension_value": name, **figure} for name, figure in value.by.items()]
    return {**value.figure, "by": bands}


def unlocked(basis: Basis) -> Basis:
    """Return a basis without locks, on which no figure tells what came late."""
    return replace(basis, settings=replace(basis.settings, locks=()))


def _wish(kpi: Kpi, subject: Subject, today: Period, sub: bool) -> Wish:
    by = _BAND if kpi.additivity == "timed" and _BAND in kpi.dimensions else ""
    return Wish(kpi, *subject, today, sub, by=by)
