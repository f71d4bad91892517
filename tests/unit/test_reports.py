"""The pure parts of reports: days, people, bounds of processing times, the layout."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Department, Employee, pack
from schemas.kpis import CATALOGUE
from services.query.organisation import Organisation
from services.query.periods import Period
from services.query.problems import Problem
from services.query.reports.department import blocks_of
from services.query.reports.employee import BLOCKS
from services.query.reports.layout import Block
from services.query.reports.people import people_of
from services.query.reports.ranges import range_of
from services.query.reports.speed import BOUNDS, MORE, at_most

MAY = Period(20260501, 20260531)
BINS = [*map(str, BOUNDS), MORE]


def test_the_month_of_today_is_the_default() -> None:
    """Nothing said: the current month, to its end."""
    assert range_of("", None, None, 20260215, 400) == (Period(20260201, 20260228), 202602)


def test_a_month_or_a_range() -> None:
    """Both are days, ends included; an open end is today."""
    assert range_of("2026-05", None, None, 20260215, 400) == (MAY, 202605)
    found = range_of("", date(2026, 2, 1), None, 20260215, 400)
    assert found == (Period(20260201, 20260215), 0)


def test_a_month_and_a_range_contradict() -> None:
    """Which of both would hold is not guessed."""
    with pytest.raises(Problem, match="not both") as raised:
        range_of("2026-05", None, date(2026, 5, 2), 20260215, 400)
    assert raised.value.code == "conflicting_parameters"


@pytest.mark.parametrize(
    ("counts", "median", "p90"),
    [
        ({}, None, None),
        ({"60": 1}, 60, 60),
        ({"60": 3, "300": 1, "900": 1, "14400": 1, "86400": 1}, 300, 86400),
        ({"60": 9, "300": 1}, 60, 60),
        ({"60": 8, "300": 2}, 60, 300),
        ({"60": 5, "300": 5}, 60, 300),
        ({"604800": 1, "more": 9}, None, None),
    ],
)
def test_bounds_of_processing_times(
    counts: dict[str, int], median: int | None, p90: int | None
) -> None:
    """The first bin in which half, and nine of ten, are reached."""
    assert at_most(counts, 500)["value"] == median
    assert at_most(counts, 900)["value"] == p90


def test_an_open_bin_says_only_above_what_it_is() -> None:
    """Longer than a week: how much longer is not known."""
    assert at_most({"more": 1}, 500) == {"value": None, "why": "longer", "more_than": BOUNDS[-1]}


@given(st.dictionaries(st.sampled_from(BINS), st.integers(1, 50), min_size=1))
def test_a_bound_holds_for_as_many_as_it_says(counts: dict[str, int]) -> None:
    """At least half are within the median, and fewer than half within the bin before it."""
    bound = at_most(counts, 500)["value"] or float("inf")
    total = sum(counts.values())
    within = sum(n for name, n in counts.items() if name != MORE and int(name) <= bound)
    before = sum(n for name, n in counts.items() if name != MORE and int(name) < bound)
    if bound != float("inf"):
        assert 2 * within >= total
    assert 2 * before < total


def person(
    number: int, name: str, *places: tuple[int, str | None], active: bool = True
) -> Employee:
    return Employee(
        name,
        number,
        profile=(1, name.title(), active, None),
        places=tuple((day, 1, department, None) for day, department in places),
    )


ORG = Organisation(
    pack(fact)
    for fact in (
        Department("sales", 1, profile=(1, "Sales", None, None, True)),
        person(2, "an", (20260101, "sales")),
        person(3, "gone", (20260101, "sales"), active=False),
        person(4, "came", (20260101, "east"), (20260510, "sales")),
        person(5, "left", (20260101, "sales"), (20260510, "east")),
        person(6, "later", (20260101, "east"), (20260610, "sales")),
        person(7, "stranger", (20260101, "east")),
    )
)


def test_who_belongs_or_belonged_has_a_row() -> None:
    """By name; a leaver only with value; who comes later counts by what goes with the person."""
    found = people_of(ORG, {"ghost", "-"}, frozenset({"sales"}), MAY)
    assert [(one.id, one.is_member, one.is_settled) for one in found] == [
        ("an", True, True),
        ("came", True, False),
        ("gone", False, True),
        ("later", True, False),
        ("left", True, False),
    ]


def test_the_company_has_everybody_and_nobody_last() -> None:
    """Who is known, who only has facts, and what belongs to nobody."""
    found = people_of(ORG, {"ghost", "-"}, None, MAY)
    assert [one.id for one in found][-1] == "-"
    assert {one.id for one in found} == {*ORG.employees, "ghost", "-"}
    assert all(one.is_settled for one in found)


@pytest.mark.parametrize("blocks", [blocks_of("sales"), BLOCKS], ids=["department", "employee"])
def test_blocks_name_what_the_catalogue_has(blocks: tuple[Block, ...]) -> None:
    """Figures, dimensions, titles in both languages; each name once."""
    names = [block.name for block in blocks]
    assert len(set(names)) == len(names)
    for block in blocks:
        assert all(block.title)
        keys = [column.key for column in block.columns]
        assert len(set(keys)) == len(keys)
        for column in block.columns:
            kpi = CATALOGUE[column.metric]
            by = column.by(block.dimension if block.rows == "dimension" else "")
            assert not by or by in kpi.dimensions, (block.name, column.key)
