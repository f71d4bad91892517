"""Whole groups of merged customers, from facts that come one by one and in any order."""

from __future__ import annotations

import random
from collections.abc import Iterable

from schemas.facts import Customer
from services.query.cohorts.kinship import Kinship


def people(**into: str) -> dict[str, Customer]:
    """Return customers of which some are merged, a=b: a into b; with what they absorbed."""
    names = sorted({*into, *into.values()})
    return {
        name: Customer(
            name,
            number,
            known=True,
            merged=(1, into[name]) if name in into else None,
            absorbed=tuple(a for a, b in sorted(into.items()) if b == name and a != name),
        )
        for number, name in enumerate(names)
    }


def told(kinship: Kinship, facts: Iterable[Customer], asked: Iterable[str] = ()) -> list[list[str]]:
    """Return the groups that are whole: the id of the survivor, then the others by id."""
    groups = kinship.groups(facts, asked)
    return sorted([group[0].id, *sorted(fact.id for fact in group[1:])] for group in groups)


def asked_for(facts: dict[str, Customer], name: str) -> list[list[str]]:
    """Begin with one customer, and give what is asked for until nothing is."""
    kinship = Kinship()
    found = told(kinship, [facts[name]])
    while kinship.missing:
        names = kinship.missing
        found += told(kinship, [facts[each] for each in names if each in facts], names)
    return found


def test_a_customer_that_was_never_merged_is_a_group() -> None:
    """Nothing is asked for, whatever else comes."""
    kinship = Kinship()
    assert told(kinship, [Customer("a", 1), Customer("b", 2)]) == [["a"], ["b"]]
    assert not kinship.missing


def test_whoever_comes_first_the_whole_group_is_told() -> None:
    """From any member of a chain with branches the same group is reached."""
    facts = people(b="a", c="b", d="b", e="a")
    for name in "abcde":
        assert asked_for(facts, name) == [["a", "b", "c", "d", "e"]]


def test_a_circle_ends_at_its_smallest_id() -> None:
    """Also for one that only leads into the circle, whose own id is smaller still."""
    facts = people(d="c", c="b", b="d", a="d")
    for name in "abcd":
        assert asked_for(facts, name) == [["b", "a", "c", "d"]]


def test_a_customer_merged_into_itself_is_not_merged() -> None:
    """It stays, with those merged into it."""
    facts = people(a="a", b="a")
    assert asked_for(facts, "a") == asked_for(facts, "b") == [["a", "b"]]


def test_what_does_not_exist_is_left_out() -> None:
    """A name that was asked for and did not come ends the chain, or is not in the group."""
    facts = people(b="a")
    alone = Kinship()
    assert told(alone, [facts["a"]]) == []
    assert alone.missing == {"b"}
    assert told(alone, [], {"b"}) == [["a"]]
    assert not alone.missing


def test_a_fact_that_changes_while_others_are_waited_for() -> None:
    """The group is told as it is when the last of it has come."""
    kinship, before, after = Kinship(), people(b="a"), people(b="a", c="a")
    assert told(kinship, [before["b"]]) == []
    assert kinship.missing == {"a"}
    assert told(kinship, [after["a"]], {"a"}) == []
    assert kinship.missing == {"c"}
    assert told(kinship, [after["c"]], {"c"}) == [["a", "b", "c"]]


def test_any_graph_of_merges_is_told_once() -> None:
    """Every customer of any graph is in exactly one group, whoever is asked and in what order."""
    dice = random.Random(9)
    for _ in range(200):
        names = [f"c{number}" for number in range(dice.randint(1, 9))]
        facts = people(**{name: dice.choice(names) for name in names if dice.random() < 0.7})
        order = dice.sample(sorted(facts), len(facts))
        groups = told(Kinship(), [facts[name] for name in order])
        members = [name for group in groups for name in group]
        assert sorted(members) == sorted(facts)
        for group in groups:
            for name in group:
                assert asked_for(facts, name) == [group]
