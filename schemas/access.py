"""Who may see what: one pure decision for figure, list, export, live stream and board.

Default deny; the union of grants. A superior sees subordinates by the tree of now; people of the
same level do not see each other, whatever the report shows (docs/access.md has the table).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from schemas.tables import NOBODY, Scope
from schemas.tree import Tree

Permission = Literal[
    "kpi", "department_kpi", "employee_kpi", "telesales", "view_all", "export", "phones",
    "administer",
]  # fmt: skip
FEATURES: frozenset[str] = frozenset(
    {"kpi", "department_kpi", "employee_kpi", "telesales", "view_all"}
)
"""Permissions any of which opens the door to figures at all (E-10)."""
Kind = Literal["machine", "person", "kiosk"]
Subject = Literal[
    "figures", "telesales", "customer", "organisation", "oversight", "catalogue", "administer",
    "configure", "operate",
]  # fmt: skip
"""What is asked for. `oversight`: quality, restatements, audit; `administer`: people, grants,
keys and settings of the tenant; `configure`: boards, targets, alert rules of a scope; `operate`:
the tenants themselves, which no viewer of a tenant may ever do."""
WRITING: frozenset[Subject] = frozenset({"administer", "configure", "operate"})
"""Subjects of what is set up; nothing else is ever changed by who reads figures."""
Form = Literal["figure", "rows", "list", "export", "stream", "change"]
"""`rows`: figures of the people in the scope, each for itself; `list`: the facts behind;
`change`: it is to be another one from now on."""


@dataclass(frozen=True, slots=True)
class Board:
    """What a kiosk may show: named by the manager who granted it (E-16).

    Shape:  with `board_id` what that stored board shows; `beside` are other places, as
            (scope, id, sub), of which it shows figures too.
    """

    scope: Scope
    scope_id: str
    sub: bool
    metrics: frozenset[str]
    has_names: bool = True
    board_id: str = ""
    beside: frozenset[tuple[Scope, str, bool]] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks.

    Laws:   a machine holds an API key with the scope `query` and sees its tenant whole, with the
            scope `administer` beside it it has that grant; a person is an employee with grants;
            a kiosk sees its board and nothing else. Nobody ever sees another tenant: it is no
            part of the question.
    """

    kind: Kind
    employee: str = ""
    grants: frozenset[str] = frozenset()
    board: Board | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for.

    Shape:  `scope_id` of an employee `-` is nobody; `departments`, of an employee: only what
            counts for these; `owner` of a customer: its current owner, None for nobody;
            `is_cohort`: about the customers who are with the employee now, wherever earned.
    """

    subject: Subject
    form: Form = "figure"
    scope: Scope = "company"
    scope_id: str = "all"
    sub: bool = False
    departments: frozenset[str] | None = None
    metrics: frozenset[str] = frozenset()
    owner: str | None = None
    is_cohort: bool = False


class Decision(NamedTuple):
    """Yes or no, and why not.

    Shape:  `people` are the employees whose own rows may be shown, None for all; `has_phones`
            says whether telephone numbers are shown whole; `within` are the departments of
            which an employee's figures are shown, None for all; `is_unnamed` says that everybody
            may be ranked as long as nothing tells who it is.
    """

    is_allowed: bool
    code: str = ""
    detail: str = ""
    people: frozenset[str] | None = None
    has_phones: bool = False
    within: frozenset[str] | None = None
    is_unnamed: bool = False


_ALLOWED = Decision(True, has_phones=True)


def decide(viewer: Viewer, ask: Ask, tree: Tree) -> Decision:
    """Say whether a viewer may see what is asked for, and whose rows in it.

    Laws:   default deny; a function of viewer, question and tree alone; more grants never show
            less.
    Source: D-02..D-05, E-10..E-18, T-02..T-04, G14.
    """
    if ask.subject == "operate":
        detail = "tenants are kept by the operator of this installation, with their own token"
        return _refused("operator_only", detail)
    match viewer.kind:
        case "machine":
            return _machine(viewer, ask)
        case "kiosk":
            return _board(viewer, ask)
        case "person":
            return _person(viewer, ask, tree)


def _refused(code: str, detail: str) -> Decision:
    return Decision(False, code, detail)


def _machine(viewer: Viewer, ask: Ask) -> Decision:
    if ask.subject in WRITING and "administer" not in viewer.grants:
        return _refused("read_only", "this wants an API key with the scope 'administer'")
    return _ALLOWED


def _board(viewer: Viewer, ask: Ask) -> Decision:
    board = viewer.board
    if board is None or ask.form not in ("figure", "rows", "stream"):
        return _refused("kiosk_only", "a kiosk shows its board, no lists and no files")
    if ask.subject == "catalogue":
        return Decision(True)
    if ask.subject == "organisation":
        return Decision(True, people=None if board.has_names else frozenset())
    places = {(board.scope, board.scope_id, board.sub), *board.beside}
    if ask.subject != "figures" or (ask.scope, ask.scope_id, ask.sub) not in places:
        return _refused("kiosk_only", "this is not the board that the kiosk was granted for")
    if not ask.metrics or not ask.metrics <= board.metrics:
        return _refused("kiosk_only", "the board does not show all of these figures")
    is_unnamed = not board.has_names and ask.form in ("rows", "stream")
    return Decision(True, people=None if board.has_names else frozenset(), is_unnamed=is_unnamed)


def _person(viewer: Viewer, ask: Ask, tree: Tree) -> Decision:
    refusal = _gate(viewer.grants, ask)
    if refusal is not None:
        return refusal
    if ask.subject in WRITING:
        return _set_up(viewer, ask, tree)
    led = _led(viewer, tree)
    wide = led._replace(people=None)
    has_all = "view_all" in viewer.grants
    if ask.subject in ("catalogue", "organisation", "oversight"):
        return wide if has_all else _named(viewer, ask, tree, led)
    near = _near(viewer, ask, tree, led)
    return wide._replace(has_phones=wide.has_phones or near.has_phones) if has_all else near


def _set_up(viewer: Viewer, ask: Ask, tree: Tree) -> Decision:
    """Decide who sets up what others see: administrators; of what they lead also superiors.

    Laws:   nobody sets up by it what they may not look at: to administer alone shows no figures,
            so boards and targets of the company want `view_all` too. Never for oneself alone.
            No row of figures is in what is set up.
    """
    me, name = viewer.employee, ask.scope_id
    allowed = Decision(True, people=frozenset())
    if ask.subject == "administer":
        if "administer" in viewer.grants:
            return allowed
        return _refused("no_administration", "this wants the permission 'administer'")
    if viewer.grants >= {"administer", "view_all"}:
        return allowed
    leads = {
        "employee": name in tree.subordinates(me),
        "department": tree.is_headed(name, me),
        "company": False,
    }
    if leads[ask.scope] and viewer.grants & FEATURES:
        return allowed
    detail = "this is set up by who leads it, or has the permissions 'administer' and 'view_all'"
    return _refused("not_led", detail)


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


def _named(viewer: Viewer, ask: Ask, tree: Tree, led: Decision) -> Decision:
    """Return whom a person may choose from: also whom they led when something was earned."""
    if ask.subject != "organisation" or not viewer.grants & FEATURES:
        return led
    once = tree.once_led(viewer.employee) - {viewer.employee}
    return led._replace(people=(led.people or frozenset()) | once)


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
    if viewer.grants & FEATURES:
        shown = led._replace(people=frozenset({name}), has_phones=True)
        seen = tree.seen_of(name, me)
        if ask.is_cohort and name in tree.subordinates(me):
            return shown
        if ask.departments and not ask.is_cohort:
            if all(each in seen or tree.answers_for(each, me) for each in ask.departments):
                return shown
        elif seen and not ask.is_cohort:
            return shown._replace(within=None if seen >= tree.earned_in(name) else seen)
    return _refused("not_yours", f"you do not lead '{name}'")


def _department(viewer: Viewer, ask: Ask, tree: Tree, led: Decision) -> Decision:
    me, name = viewer.employee, ask.scope_id
    if viewer.grants & FEATURES and tree.is_headed(name, me):
        return led._replace(people=None, has_phones=True)
    if ask.subject == "telesales":
        return _refused("not_yours", "the telesales report of others is for who leads them")
    belongs = name != NOBODY and name in tree.departments_of(me)
    if "department_kpi" not in viewer.grants or not belongs or (ask.sub and tree.has_parts(name)):
        return _refused("not_yours", f"you neither lead '{name}' nor belong to it alone")
    if ask.form in ("list", "export"):
        detail = "the facts of a department show what each of its people did: for who leads it"
        return _refused("needs_superior", detail)
    return led
