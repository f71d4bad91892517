"""Who may see what: one pure decision for figure, list, export, live stream and board.

Default deny; the union of grants. A superior sees subordinates by the tree of now; people of the
same level do not see each other, whatever the report shows (docs/access.md has the table).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from schemas.facts import Department, Employee, department_on
from schemas.tables import NOBODY, Scope

Permission = Literal[
    "kpi", "department_kpi", "employee_kpi", "telesales", "view_all", "export", "phones",
    "administer",
]  # fmt: skip
FEATURES: frozenset[str] = frozenset(
    {"kpi", "department_kpi", "employee_kpi", "telesales", "view_all"}
)
"""Permissions any of which opens the door to figures at all (E-10)."""
Kind = Literal["machine", "person", "kiosk"]
Subject = Literal["figures", "telesales", "customer", "organisation", "oversight", "catalogue"]
"""What is asked for. `oversight`: quality, restatements, audit."""
Form = Literal["figure", "rows", "list", "export", "stream"]
"""`rows`: figures of the people in the scope, each for itself; `list`: the facts behind."""


@dataclass(frozen=True, slots=True)
class Board:
    """What a kiosk may show: named by the manager who granted it (E-16)."""

    scope: Scope
    scope_id: str
    sub: bool
    metrics: frozenset[str]
    has_names: bool = True


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks.

    Laws:   a machine holds an API key with the scope `query` and sees its tenant whole; a person
            is an employee with grants; a kiosk sees its board and nothing else. Nobody ever sees
            another tenant: it is no part of the question.
    """

    kind: Kind
    employee: str = ""
    grants: frozenset[str] = frozenset()
    board: Board | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for.

    Shape:  `scope_id` of an employee `-` is nobody; `departments`, of an employee: only what
            counts for these; `owner` of a customer: its current owner, None for nobody.
    """

    subject: Subject
    form: Form = "figure"
    scope: Scope = "company"
    scope_id: str = "all"
    sub: bool = False
    departments: frozenset[str] | None = None
    metrics: frozenset[str] = frozenset()
    owner: str | None = None


class Decision(NamedTuple):
    """Yes or no, and why not.

    Shape:  `people` are the employees whose own rows may be shown, None for all; `has_phones`
            says whether telephone numbers are shown whole.
    """

    is_allowed: bool
    code: str = ""
    detail: str = ""
    people: frozenset[str] | None = None
    has_phones: bool = False


@dataclass(frozen=True)
class Tree:
    """The organisation as of now.

    Laws:   a superior is the manager, their manager and so on, and the head of the department or
            of one above it; never oneself. Who heads a department is led by the heads above it
            alone, wherever below it they work. Cycles end the walk.
    """

    employees: Mapping[str, Employee] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)

    def department_of(self, employee: str) -> str:
        """Return the department an employee is in now, '-' for none."""
        return department_on(self.employees.get(employee), 0) or NOBODY

    def chain(self, department: str) -> tuple[str, ...]:
        """Return a department and those above it."""
        return self._chains.get(department) or (department,)

    @cached_property
    def _chains(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(self._upwards(name)) for name in self.departments}

    def _upwards(self, department: str) -> dict[str, None]:
        found: dict[str, None] = {}
        current: str | None = department
        while current is not None and current in self.departments and current not in found:
            found[current] = None
            profile = self.departments[current].profile
            current = None if profile is None else profile[2]
        return found

    def superiors(self, employee: str) -> frozenset[str]:
        """Return who sees an employee without a grant (E-15)."""
        return _reached(employee, self._above)

    def subordinates(self, employee: str) -> frozenset[str]:
        """Return all of whom an employee is a superior."""
        if employee not in self._subordinates:
            self._subordinates[employee] = _reached(employee, self._below)
        return self._subordinates[employee]

    @cached_property
    def _subordinates(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        """One step up."""
        return {name: self._one_above(name) for name in self.employees}

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        """One step down."""
        below: defaultdict[str, set[str]] = defaultdict(set)
        for name, above in self._above.items():
            for superior in above:
                below[superior].add(name)
        return dict(below)

    def _one_above(self, employee: str) -> frozenset[str]:
        places = self.employees[employee].places
        manager = places[-1][3] if places else None
        heads = [self._head(name) for name in self.chain(self.department_of(employee))]
        own = [place for place, head in enumerate(heads) if head == employee]
        above = {manager, *(heads[own[-1] + 1 :] if own else heads)}
        return frozenset(name for name in above if name is not None)

    def _head(self, department: str) -> str | None:
        fact = self.departments.get(department)
        return None if fact is None or fact.profile is None else fact.profile[3]

    def is_headed(self, department: str, employee: str) -> bool:
        """Say whether an employee is head of a department, or of one above it."""
        return any(self._head(name) == employee for name in self.chain(department))

    def has_parts(self, department: str) -> bool:
        """Say whether there are departments below one."""
        return any(
            department in chain and name != department for name, chain in self._chains.items()
        )


def _reached(start: str, steps: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = steps.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found - {start})


_ALLOWED = Decision(True, has_phones=True)


def decide(viewer: Viewer, ask: Ask, tree: Tree) -> Decision:
    """Say whether a viewer may see what is asked for, and whose rows in it.

    Laws:   default deny; a function of viewer, question and tree alone; more grants never show
            less.
    Source: D-02..D-05, E-10..E-18, T-02..T-04, G14.
    """
    match viewer.kind:
        case "machine":
            return _ALLOWED
        case "kiosk":
            return _board(viewer, ask)
        case "person":
            return _person(viewer, ask, tree)


def _refused(code: str, detail: str) -> Decision:
    return Decision(False, code, detail)


def _board(viewer: Viewer, ask: Ask) -> Decision:
    board = viewer.board
    if board is None or ask.form not in ("figure", "rows", "stream"):
        return _refused("kiosk_only", "a kiosk shows its board, no lists and no files")
    if ask.subject == "catalogue":
        return Decision(True)
    if ask.subject == "organisation":
        return Decision(True, people=None if board.has_names else frozenset())
    place = (board.scope, board.scope_id, board.sub)
    if ask.subject != "figures" or (ask.scope, ask.scope_id, ask.sub) != place:
        return _refused("kiosk_only", "this is not the board that the kiosk was granted for")
    if not ask.metrics or not ask.metrics <= board.metrics:
        return _refused("kiosk_only", "the board does not show all of these figures")
    return Decision(True, people=None if board.has_names else frozenset())


def _person(viewer: Viewer, ask: Ask, tree: Tree) -> Decision:
    refusal = _gate(viewer.grants, ask)
    if refusal is not None:
        return refusal
    led = _led(viewer, tree)
    wide = led._replace(people=None)
    has_all = "view_all" in viewer.grants
    if ask.subject in ("catalogue", "organisation", "oversight"):
        return wide if has_all else led
    near = _near(viewer, ask, tree, led)
    return wide._replace(has_phones=wide.has_phones or near.has_phones) if has_all else near


def _near(viewer: Viewer, ask: Ask, tree: Tree, led: Decision) -> Decision:
    """Decide as if nobody had granted to see all."""
    if ask.subject == "customer":
        return _customer(viewer, ask, led)
    if ask.scope == "company":
        return _refused("not_yours", "figures of the company want the permission 'view_all'")
    judge = _employee if ask.scope == "employee" else _department
    return judge(viewer, ask, tree, led)


def _gate(grants: frozenset[str], ask: Ask) -> Decision | None:
    """Refuse who may not enter at all, take files away, or look over everybody's shoulder."""
    if not grants & (FEATURES | {"administer"}):
        return _refused("no_feature", "nobody granted you KPI statistics")
    if ask.form == "export" and "export" not in grants:
        return _refused("no_export", "exporting wants the permission 'export'")
    if ask.subject == "oversight" and not grants & {"view_all", "administer"}:
        return _refused("no_oversight", "this wants the permission 'view_all' or 'administer'")
    return None


def _led(viewer: Viewer, tree: Tree) -> Decision:
    """Return whose rows a person sees wherever they may look: their own, and of whom they lead."""
    own = {viewer.employee} if viewer.grants & (FEATURES - {"kpi"}) else set[str]()
    below = tree.subordinates(viewer.employee) if viewer.grants & FEATURES else frozenset[str]()
    return Decision(True, people=below | own, has_phones="phones" in viewer.grants)


def _customer(viewer: Viewer, ask: Ask, led: Decision) -> Decision:
    """Decide by the owner of now.

    Laws:   whoever sees anybody's figures sees their own customers; a customer of nobody is for
            everyone who leads people.
    """
    people = led.people or frozenset()
    leads = bool(people - {viewer.employee})
    is_own = ask.owner == viewer.employee and bool(people)
    if is_own or (leads if ask.owner is None else ask.owner in people):
        return led._replace(has_phones=True)
    return _refused("not_yours", "this customer is with somebody whom you do not lead")


def _employee(viewer: Viewer, ask: Ask, tree: Tree, led: Decision) -> Decision:
    name, me = ask.scope_id, viewer.employee
    if name == me:
        own = "telesales" if ask.subject == "telesales" else "employee_kpi"
        if own in viewer.grants:
            return led._replace(people=frozenset({me}), has_phones=True)
        return _refused("not_yours", f"your own figures want the permission '{own}'")
    is_earned_here = bool(ask.departments) and all(
        tree.is_headed(department, me) for department in ask.departments or ()
    )
    leads = name in tree.subordinates(me) or is_earned_here
    if leads and viewer.grants & FEATURES:
        return led._replace(people=frozenset({name}), has_phones=True)
    return _refused("not_yours", f"you do not lead '{name}'")


def _department(viewer: Viewer, ask: Ask, tree: Tree, led: Decision) -> Decision:
    me, name = viewer.employee, ask.scope_id
    if viewer.grants & FEATURES and tree.is_headed(name, me):
        return led._replace(people=None, has_phones=True)
    if ask.subject == "telesales":
        return _refused("not_yours", "the telesales report of others is for who leads them")
    belongs = name != NOBODY and tree.department_of(me) == name
    if "department_kpi" not in viewer.grants or not belongs or (ask.sub and tree.has_parts(name)):
        return _refused("not_yours", f"you neither lead '{name}' nor belong to it alone")
    if ask.form in ("list", "export"):
        detail = "the facts of a department show what each of its people did: for who leads it"
        return _refused("needs_superior", detail)
    return led


def tree_of(facts: Iterable[Employee | Department]) -> Tree:
    """Return the tree out of the facts of people."""
    found = list(facts)
    return Tree(
        {fact.id: fact for fact in found if isinstance(fact, Employee)},
        {fact.id: fact for fact in found if isinstance(fact, Department)},
    )
