"""Rights over random trees, with cycles, unknown managers and moves, against a naive rule."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from schemas.access import (
    FEATURES,
    Ask,
    Board,
    Decision,
    Form,
    Permission,
    Subject,
    Viewer,
    decide,
)
from schemas.facts import Department, Employee
from schemas.tree import Tree, tree_of

PEOPLE = tuple("abcdefgh")
PLACES = ("p", "q", "r", "s")
_SOMEBODY = st.none() | st.sampled_from((*PEOPLE, "stranger"))
_SOMEWHERE = st.none() | st.sampled_from((*PLACES, "nowhere"))
_GRANTS = st.frozensets(st.sampled_from(get_args(Permission)))
_FORMS = st.sampled_from(get_args(Form))


@st.composite
def employees(draw: st.DrawFn, name: str) -> Employee:
    """Draw an employee with up to three places, of which the last holds now."""
    moves = draw(st.lists(st.tuples(_SOMEWHERE, _SOMEBODY), max_size=3))
    places = tuple((20260101 + i, i, *move) for i, move in enumerate(moves))
    elsewhere = st.frozensets(st.sampled_from((*PLACES, "nowhere")), max_size=2)
    others = tuple(
        (place[0], tuple(sorted(found))) for place in places if (found := draw(elsewhere))
    )
    profile = (1, name, draw(st.booleans()), None)
    return Employee(name, 1, profile=profile, places=places, others=others)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Draw a company in which anybody may manage anybody, and parents may go in circles."""
    departments = [
        Department(name, 1, profile=(1, name, draw(_SOMEWHERE), draw(_SOMEBODY), True))
        for name in PLACES
    ]
    return tree_of([*departments, *(draw(employees(name)) for name in PEOPLE)])


@st.composite
def questions(draw: st.DrawFn) -> Ask:
    """Draw a question."""
    scope, names = draw(
        st.sampled_from(
            (("employee", (*PEOPLE, "-")), ("department", (*PLACES, "-")), ("company", ("all",)))
        )
    )
    return Ask(
        draw(st.sampled_from(get_args(Subject))),
        draw(_FORMS),
        scope,  # type: ignore[arg-type]
        draw(st.sampled_from(names)),
        draw(st.booleans()),
        draw(st.none() | st.frozensets(st.sampled_from((*PLACES, "-")))),
        draw(st.frozensets(st.sampled_from(("orders", "revenue")))),
        draw(_SOMEBODY),
        draw(st.booleans()),
    )


def shows_no_less(more: Decision, less: Decision) -> bool:
    """Say whether a decision shows all that another does."""
    if not less.is_allowed:
        return True
    people = more.people is None or (less.people is not None and less.people <= more.people)
    within = more.within is None or (less.within is not None and less.within <= more.within)
    return more.is_allowed and people and within and more.has_phones >= less.has_phones


def leads(tree: Tree, who: str, whom: str) -> bool:
    """Say by brute force whether somebody is above another: one step, repeated."""
    above = {whom}
    for _ in PEOPLE:
        above |= {name for each in above for name in _next_above(tree, each)}
    return who != whom and who in above


def _next_above(tree: Tree, employee: str) -> set[str]:
    fact = tree.employees.get(employee)
    if fact is None or not fact.places:
        return set()
    since, _, counting, manager = fact.places[-1]
    departments = {counting, *dict(fact.others).get(since, ())}
    heads = {head for one in departments for head in _heads_above(tree, employee, one)}
    return {name for name in (manager, *heads) if name is not None}


def _heads_above(tree: Tree, employee: str, department: str | None) -> list[str | None]:
    heads: list[str | None] = []
    seen: list[str] = []
    while department is not None and department in tree.departments and department not in seen:
        seen.append(department)
        profile = tree.departments[department].profile
        assert profile is not None
        heads.append(profile[3])
        department = profile[2]
    while employee in heads:
        heads = heads[heads.index(employee) + 1 :]
    return heads


def earned_where(tree: Tree, me: str, whom: str) -> set[str]:
    """Say by brute force in which departments somebody earned what another answers for (D-02)."""
    mine = {me} | {name for name in PEOPLE if leads(tree, me, name)}
    earned = {place[2] or "-" for place in tree.employees[whom].places}
    return {name for name in earned if mine & set(_heads_above(tree, "", name))}


@given(trees(), st.sampled_from(PEOPLE), _GRANTS, _GRANTS, questions())
def test_more_grants_never_show_less(
    tree: Tree, me: str, some: frozenset[str], others: frozenset[str], ask: Ask
) -> None:
    """Who is granted more is allowed as much, sees the same rows and the same numbers."""
    less = decide(Viewer("person", me, some), ask, tree)
    more = decide(Viewer("person", me, some | others), ask, tree)
    assert shows_no_less(more, less), (less, more)


@given(trees())
def test_superiors_are_those_above_by_any_number_of_steps(tree: Tree) -> None:
    """Superiors are transitive and never oneself, whatever circles the tree has."""
    for whom in PEOPLE:
        found = tree.superiors(whom)
        assert found == {who for who in (*PEOPLE, "stranger") if leads(tree, who, whom)}
        assert whom not in found
        for who in found:
            assert whom in tree.subordinates(who)
            assert tree.superiors(who) - {whom} <= found


@given(trees(), st.sampled_from(PEOPLE), _GRANTS, _FORMS)
def test_whom_one_sees_is_the_same_through_every_door(
    tree: Tree, me: str, grants: frozenset[str], form: Form
) -> None:
    """Figure, rows, list, export and stream of employees show those whom the rule names."""
    viewer = Viewer("person", me, grants | {"export"})
    below = {name for name in PEOPLE if leads(tree, me, name)} if grants & FEATURES else set()
    own = {me} if "employee_kpi" in grants else set()
    once = {name for name in PEOPLE if name != me and earned_where(tree, me, name)}
    once = once if grants & FEATURES else set()
    rule = set(PEOPLE) if "view_all" in grants else below | own | once
    seen = {
        name
        for name in PEOPLE
        if decide(viewer, Ask("figures", form, "employee", name), tree).is_allowed
    }
    assert seen == rule


@given(trees(), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), _GRANTS, _FORMS)
def test_history_is_seen_where_it_was_earned(
    tree: Tree, me: str, whom: str, grants: frozenset[str], form: Form
) -> None:
    """A superior sees what was earned where they answer for it and where the person is now."""
    viewer = Viewer("person", me, (grants - {"view_all"}) | {"export", "kpi"})
    decision = decide(viewer, Ask("figures", form, "employee", whom), tree)
    if whom == me or not decision.is_allowed:
        return
    fact = tree.employees[whom]
    now = {fact.places[-1][2] or "-", *dict(fact.others).get(fact.places[-1][0], ())}
    rule = earned_where(tree, me, whom) | (now if leads(tree, me, whom) else set())
    earned = {place[2] or "-" for place in fact.places}
    seen = earned if decision.within is None else decision.within & earned
    assert seen == rule & earned
    for department in PLACES:
        ask = Ask("figures", form, "employee", whom, departments=frozenset({department}))
        if department in earned:
            assert decide(viewer, ask, tree).is_allowed == (department in seen)


@given(trees(), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), _GRANTS)
def test_customers_of_now_are_for_who_leads_now(
    tree: Tree, me: str, whom: str, grants: frozenset[str]
) -> None:
    """A report about the customers of an employee is shown whole to who leads them, or not."""
    viewer = Viewer("person", me, (grants - {"view_all"}) | {"kpi"})
    decision = decide(viewer, Ask("figures", "rows", "employee", whom, is_cohort=True), tree)
    assert decision.within is None
    if whom != me:
        assert decision.is_allowed == leads(tree, me, whom)


@given(trees(), st.sampled_from(PEOPLE), _GRANTS, questions())
def test_rows_of_others_are_those_of_subordinates(
    tree: Tree, me: str, grants: frozenset[str], ask: Ask
) -> None:
    """Rows in an answer are one's own or a subordinate's, unless one heads the department."""
    decision = decide(Viewer("person", me, grants), ask, tree)
    if "view_all" in grants or not decision.is_allowed:
        return
    if decision.people is None:
        assert ask.scope == "department"
        assert tree.is_headed(ask.scope_id, me)
        return
    once = {name for name in PEOPLE if earned_where(tree, me, name)}
    earned = once if ask.subject == "organisation" else set()
    if ask.scope == "employee" and (ask.departments or ask.scope_id in once):
        earned = {ask.scope_id}
    peers = {name for name in PEOPLE if name != me and not leads(tree, me, name)}
    assert not decision.people & (peers - earned)


@given(trees(), st.sampled_from(PEOPLE), _GRANTS, questions())
def test_without_a_feature_nothing_is_shown(
    tree: Tree, me: str, grants: frozenset[str], ask: Ask
) -> None:
    """Exports, telephone numbers and the lead of a department open nothing by themselves."""
    nothing = Viewer("person", me, grants - FEATURES - {"administer"})
    assert not decide(nothing, ask, tree).is_allowed


@given(trees(), questions(), st.booleans())
def test_a_kiosk_shows_its_board_and_no_row_more(tree: Tree, ask: Ask, has_names: bool) -> None:
    """A board shows its place and its figures alone, never a list, a file or a number."""
    board = Board("department", "p", False, frozenset({"orders"}), has_names)
    decision = decide(Viewer("kiosk", board=board), ask, tree)
    assert not decision.has_phones
    if decision.is_allowed:
        assert ask.form not in ("list", "export")
        assert decision.people == (None if has_names or ask.subject == "catalogue" else set())
        is_ranking = (ask.subject, ask.form) == ("figures", "rows")
        assert decision.is_unnamed == (is_ranking and not has_names)
        if ask.subject not in ("catalogue", "organisation"):
            assert (ask.subject, ask.scope, ask.scope_id, ask.sub) == (
                "figures", "department", "p", False,
            )  # fmt: skip
            assert ask.metrics == {"orders"}


@given(trees(), st.sampled_from(PEOPLE), _GRANTS, questions())
def test_a_refusal_says_why_and_nothing_else(
    tree: Tree, me: str, grants: frozenset[str], ask: Ask
) -> None:
    """A refusal has a code and a sentence, and neither people nor numbers."""
    decision = decide(Viewer("person", me, grants), ask, tree)
    if decision.is_allowed:
        assert (decision.code, decision.detail) == ("", "")
        return
    assert decision.code in {
        "no_feature", "no_export", "no_oversight", "not_yours", "needs_superior",
        "no_administration", "not_led", "operator_only",
    }  # fmt: skip
    assert decision.detail
    assert (decision.people, decision.has_phones) == (None, False)


@given(trees(), st.sampled_from(PEOPLE), _GRANTS, questions())
def test_a_move_of_another_tenant_is_unthinkable(
    tree: Tree, me: str, grants: frozenset[str], ask: Ask
) -> None:
    """Who is in no tree that is read sees nobody in it but as everybody does."""
    stranger = Viewer("person", f"{me} of another company", grants - {"view_all"})
    decision = decide(stranger, ask, tree)
    if decision.is_allowed and ask.subject not in ("catalogue", "organisation", "oversight"):
        assert decision.people is not None
        assert not decision.people & set(PEOPLE)
