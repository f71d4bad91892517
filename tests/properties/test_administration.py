"""Laws of administration: what is asked for is what the fold makes of its events, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.calendar import from_date, parse_time
from schemas.envelope import REVISION_BITS, parse_event, read_event
from schemas.facts import Department, Employee, department_on, pack
from schemas.tables import TenantKeys
from services.aggregator.core.fold import RULES
from services.query.administration import departments, files, grants, people
from services.query.administration.bodies import DepartmentChange, PersonChange
from services.query.basis import Basis, Settings
from services.query.organisation import Organisation
from services.query.problems import Problem
from services.query.writing import Change, event_of

bounded = settings(max_examples=60)
ZONE = "Asia/Ho_Chi_Minh"
NOW = parse_time("2026-11-22T05:00:00Z")
TODAY = date(2026, 11, 22)
PLACES = ("p", "q", "r")
_DAYS = st.dates(TODAY - timedelta(40), TODAY + timedelta(5))
_SOMEWHERE = st.none() | st.sampled_from(PLACES)
_NUMBERS = st.none() | st.sampled_from(("101", "102"))
_VERSIONS = st.builds(
    lambda revision, at_ms: (revision << REVISION_BITS) | at_ms,
    st.integers(0, 3),
    st.integers(NOW - 10**9, NOW + 10**6),
)


@st.composite
def employees(draw: st.DrawFn) -> Employee:
    """Draw somebody as sources have told of them: revisions, clocks ahead, places in any order."""
    days = sorted(draw(st.sets(_DAYS, min_size=1, max_size=3)))
    places = tuple(
        (from_date(day), draw(_VERSIONS), draw(_SOMEWHERE), draw(st.sampled_from((None, "boss"))))
        for day in days
    )
    profile = (draw(_VERSIONS), draw(st.sampled_from(("An", "Bo"))), draw(st.booleans()), None)
    number = draw(_NUMBERS)
    extensions = () if number is None else ((draw(_VERSIONS), NOW - 10**9, 20261110, number),)
    return Employee("an", 1, profile=profile, places=places, extensions=extensions)


def basis_of(*facts: Employee | Department) -> Basis:
    """Return the organisation of these, of a company with the places and a boss."""
    named = [Department(name, 9, profile=(1, name, None, None, True)) for name in PLACES]
    boss = Employee("boss", 2, profile=(1, "Boss", True, None))
    own = {fact.id for fact in facts}
    others: list[Employee | Department] = [*named, boss]
    org = Organisation(
        pack(fact) for fact in [*facts, *(fact for fact in others if fact.id not in own)]
    )
    company = Settings("", ZONE, "VND")
    return replace(Basis("g", TenantKeys(0, "g", "t"), company, org=org), now_ms=NOW)


def folded(fact: Any, changes: list[Change]) -> Any:
    """Return what the fold makes of a fact when these changes are written."""
    for number, change in enumerate(changes):
        value = parse_event(event_of("t", change, f"e{number}", NOW), "t")
        assert isinstance(value, bytes), value
        fact = RULES[change.type].fold(fact, read_event(value), ZONE)
    return fact


_WISHES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(("An", "Bo", "Cam")),
        "department_id": _SOMEWHERE,
        "manager_id": st.sampled_from((None, "boss")),
        "extension": _NUMBERS,
        "active": st.booleans(),
        "valid_from": _DAYS.map(str),
    },
)


@bounded
@given(employees(), _WISHES)
def test_somebody_is_as_was_asked_for(fact: Employee, wish: dict[str, Any]) -> None:
    """Everything given is so, everything else as before, and asking again is idle."""
    try:
        changes = people.altered(basis_of(fact), "an", PersonChange.model_validate(wish))
    except Problem as problem:
        assert_hidden(problem, fact, wish)
        return
    after = folded(fact, changes)
    assert after.profile is not None
    assert fact.profile is not None
    assert after.profile[1] == wish.get("name", fact.profile[1])
    assert after.profile[2] == wish.get("active", fact.profile[2])
    last = fact.places[-1]
    day = from_date(date.fromisoformat(wish.get("valid_from", str(TODAY))))
    asked = (wish.get("department_id", last[2]), wish.get("manager_id", last[3]))
    is_moved = asked != (last[2], last[3]) or (
        "valid_from" in wish and {"department_id", "manager_id"} & wish.keys()
    )
    if is_moved:
        assert after.places[-1][0::2] == (day, asked[0])
        assert after.places[-1][3] == asked[1]
    else:
        assert [place[0::2] for place in after.places] == [place[0::2] for place in fact.places]
    numbers = [entry[3] for entry in after.extensions]
    assert "extension" not in wish or wish["extension"] in {None, *numbers}
    if "valid_from" not in wish:
        assert people.altered(basis_of(after), "an", PersonChange.model_validate(wish)) == []


def assert_hidden(problem: Problem, fact: Employee, wish: dict[str, Any]) -> None:
    """See that a move was refused because a later one would hide it."""
    first = from_date(date.fromisoformat(wish.get("valid_from", str(TODAY))))
    assert (problem.status, problem.code) == (409, "moved_later")
    assert first < fact.places[-1][0]
    assert {"department_id", "manager_id"} & wish.keys()


@bounded
@given(employees(), _WISHES)
def test_days_before_a_move_stay_where_they_were(fact: Employee, wish: dict[str, Any]) -> None:
    """No change of an administrator touches a day before its first day, but before all of them."""
    try:
        changes = people.altered(basis_of(fact), "an", PersonChange.model_validate(wish))
    except Problem as problem:
        assert_hidden(problem, fact, wish)
        return
    after = folded(fact, changes)
    first = from_date(date.fromisoformat(wish.get("valid_from", str(TODAY))))
    for days in range(60):
        day = from_date(TODAY - timedelta(days))
        if fact.places[0][0] <= day < first:
            assert department_on(after, day) == department_on(fact, day)


@bounded
@given(
    st.dictionaries(st.sampled_from(PLACES), _SOMEWHERE),
    st.lists(st.tuples(st.sampled_from(PLACES), _SOMEWHERE), max_size=6),
)
def test_the_tree_stays_a_tree(
    before: dict[str, str | None], moves: list[tuple[str, str | None]]
) -> None:
    """Whatever is moved where, nothing is ever below itself that was not before."""
    facts = {name: Department(name, 9, profile=(1, name, None, None, True)) for name in PLACES}
    for name, parent in [*before.items(), *moves]:
        body = DepartmentChange.model_validate({"parent_id": parent})
        org = basis_of(*facts.values()).org
        if parent is not None and name in org.tree.chain(parent):
            with pytest.raises(Problem, match="below it"):
                departments.altered(org, name, body)
            continue
        changes = departments.altered(org, name, body)
        facts[name] = folded(facts[name], changes)
        profile = facts[name].profile
        assert profile is not None
        assert profile[2] == parent
    parents = {name: fact.profile[2] if fact.profile else None for name, fact in facts.items()}
    assert departments.in_circles(basis_of(*facts.values()).org, parents) == set()


@bounded
@given(employees(), st.lists(st.tuples(st.sampled_from(("kpi", "phones")), st.booleans())))
def test_grants_are_what_was_said_last(fact: Employee, said: list[tuple[str, bool]]) -> None:
    """Grants in any order end as said last, each event only where it changes something."""
    wanted: dict[str, bool] = {}
    for permission, is_granted in said:
        org = basis_of(fact).org
        changes = grants.change(org, "an", permission, "boss", is_granted=is_granted)
        assert bool(changes) == (wanted.get(permission, False) != is_granted)
        fact = folded(fact, changes)
        wanted[permission] = is_granted
    assert grants.granted(basis_of(fact).org, "an") == sorted(p for p, g in wanted.items() if g)


_ROWS = st.lists(
    st.tuples(st.sampled_from(("an", "bo", "cam")), st.sampled_from(("", *PLACES)), _NUMBERS),
    unique_by=lambda row: row[0],
    max_size=3,
)


@bounded
@given(employees(), _ROWS)
def test_a_file_that_was_taken_says_nothing_new(
    fact: Employee, rows: list[tuple[str, str, str | None]]
) -> None:
    """What a file says is so after it was taken, and the same file again makes no event."""
    text = "id,name,department_id,manager_id,extension\n" + "".join(
        f"{name},{name.title()},{place},,{number or ''}\n" for name, place, number in rows
    )
    known = {"an": fact}
    if any(row[0] == "an" for row in rows) and fact.places[-1][0] > from_date(TODAY):
        return  # a move to come, of which the law above speaks
    first = files.outcome(text.encode(), "people", basis_of(*known.values()), "t", 10)
    for name, *_ in rows:
        own = [change for change in first.changes if change.subject == name]
        known[name] = folded(known.get(name) or Employee(name, 3), own)
    again = files.outcome(text.encode(), "people", basis_of(*known.values()), "t", 10)
    assert again.changes == []
    assert [row[-1] for row in again.rows] == ["same"] * len(rows)
    for name, place, number in rows:
        assert (known[name].places[-1][2] or "") == place
        assert number is None or known[name].extensions[-1][3] == number
