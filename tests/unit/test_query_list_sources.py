"""Which rows stand behind a figure: the rule of each kind, without a store."""

from __future__ import annotations

from typing import get_args

import pytest

from schemas.kpis import CATALOGUE, LISTS, VISITED
from schemas.kpis.clock import Window
from schemas.tables import ALL_SCOPES, late_field, parse_late_field
from services.aggregator.core.contributions.doubts import Doubt
from services.query.list_sources import (
    Flow,
    Listed,
    Moment,
    Postings,
    Question,
    Scored,
    Stock,
    Visits,
    basis_named,
    source_of,
)
from services.query.periods import Period
from services.query.problems import Problem
from services.query.quality import DOUBTS, LateRow, restatement

TODAY = 20261122
NOVEMBER = Period(20261101, 20261130)
TAGGED = {("stage", "mql"): ("warm", "hot"), ("first_source", "inbound"): ("web",)}


def moment(*feeds: str) -> Moment:
    """Return noon of that day, with some feeds."""
    return Moment(
        1_795_323_600_000,
        TODAY,
        lambda feed: not feed or feed in feeds,
        lambda name, tag: TAGGED.get((name, tag), ()),
    )


def postings(metric: str, dimension: str = "", basis: str = "", *feeds: str) -> tuple[Listed, ...]:
    found = source_of(Question(CATALOGUE[metric], dimension, basis), NOVEMBER, moment(*feeds))
    assert isinstance(found, Postings)
    return found.lists


def test_every_list_that_is_asked_for_is_kept() -> None:
    """Whatever a figure opens into is among the lists, scores or visits that the fold writes."""
    feeds = ("inventory", "contracts", "payments", "messages", "tasks", "notes", "products")
    for kpi in CATALOGUE.values():
        for basis in ("", *kpi.bases):
            source = source_of(Question(kpi, "", basis), NOVEMBER, moment(*feeds))
            match source:
                case Postings(lists=lists):
                    names = {part.name.partition("|")[0] for part in lists}
                    assert names <= {*LISTS}, kpi.name
                case Scored(bands=bands):
                    assert bands == CATALOGUE[kpi.list_name].bands
                case Visits(visits=visits):
                    assert {*visits} <= VISITED, kpi.name


def test_parts_are_the_lists_of_what_is_available() -> None:
    """Interactions without a task feed list what there is; with one, each task once."""
    names = [part.name for part in postings("interactions", "", "", "notes")]
    assert names == ["emails_opened", "calls_outbound", "notes_added"]
    spanned = postings("interactions", "", "", "tasks")[-2:]
    assert spanned == (
        Listed("tasks_ending", *NOVEMBER, once=True),
        Listed("tasks_starting", *NOVEMBER, once=True, unless="tasks_ending"),
    )


@pytest.mark.parametrize(
    ("metric", "first", "last"),
    [("contracts_expired", 20261101, 20261121), ("contracts_expiring", TODAY, 20261130)],
)
def test_an_ended_figure_lists_its_days(metric: str, first: int, last: int) -> None:
    """What expired ends yesterday, what will expire begins today."""
    assert [part[1:3] for part in postings(metric)] == [(first, last)]


def test_a_tagged_figure_lists_its_tagged_values() -> None:
    """Marketing qualified leads are the entries into each stage that carries the tag."""
    names = [part.name for part in postings("mql_entries")]
    assert names == ["stage_entries|stage:hot", "stage_entries|stage:warm"]
    assert postings("sql_entries") == ()


def test_entries_of_one_day_are_kept_apart_by_stage() -> None:
    """Without a stage all stages are listed; with one, that one."""
    assert [part.split for part in postings("stage_entries")] == ["stage"]
    assert [part.split for part in postings("stage_entries", "stage:hot")] == [""]


def test_another_date_basis_has_lists_of_its_own() -> None:
    """The list by day of creation is another one, for counts, money and customers alike."""
    assert postings("revenue", "source:web", "created_at")[0].name == (
        "orders_approved@created_at|source:web"
    )
    found = source_of(Question(CATALOGUE["customers_repeat"], "", "created_at"), NOVEMBER, moment())
    assert found == Visits(("orders_approved@created_at",), None, NOVEMBER, 2, 0)


def test_bands_and_types_of_interaction_are_chosen() -> None:
    """A band is its window of now; a type of interaction its metrics."""
    care = source_of(
        Question(CATALOGUE["customers_by_last_contact"], "band:7-13"), NOVEMBER, moment()
    )
    assert care == Scored(
        "customers_contacted", ("7-13",), (Window(20261109, 20261115),), once=False
    )
    calls = source_of(
        Question(CATALOGUE["customers_interacted"], "interaction:call"), NOVEMBER, moment()
    )
    assert calls == Visits(("calls_outbound",), None, NOVEMBER, 1, 0)


@pytest.mark.parametrize(
    ("metric", "dimension", "basis", "code"),
    [
        ("orders", "web", "", "bad_dimension"),
        ("orders", "source:web", "", "unknown_dimension"),
        ("orders", "currency:VND", "", "unknown_dimension"),
        ("revenue", "source:web,industry:food", "", "unknown_dimension"),
        ("persons_by_age", "band:18-19", "", "unknown_dimension"),
        ("customers_interacted", "interaction:fax", "", "unknown_dimension"),
        ("calls_outbound", "", "created_at", "unknown_basis"),
    ],
)
def test_what_is_not_kept_is_refused(metric: str, dimension: str, basis: str, code: str) -> None:
    """A dimension, value or date basis that a list does not have is named."""
    kpi = CATALOGUE[metric]
    with pytest.raises(Problem) as caught:
        source_of(Question(kpi, dimension, basis_named(kpi, basis)), NOVEMBER, moment())
    assert caught.value.code == code


def test_codes_of_doubt_are_those_of_the_fold() -> None:
    """`/v1/quality` shows samples of every code there is, also of what leaves nothing out."""
    assert {*get_args(Doubt), "not_a_phone_number"} == {*DOUBTS}


@pytest.mark.parametrize("scopes", [1, 3, ALL_SCOPES])
def test_a_late_change_is_read_as_it_was_written(scopes: int) -> None:
    """Ids with separators, a dimension that looks like a mask, and the scopes come back."""
    text = late_field(
        "e|1:2", "a:b", "-", TODAY, "revenue@created_at|currency:VND,source:1", scopes
    )
    late = parse_late_field(text)
    assert late[:4] == ("e|1:2", "a:b", "-", TODAY)
    row = restatement(LateRow(TODAY, text, -5))
    assert (row["metric"], row["basis"], row["currency"]) == ("revenue", "created_at", "VND")
    assert (row["dimension"], row["employee_id"], row["change"]) == ("source:1", None, -5)
    assert len(row["counts_for"]) == {1: 1, 3: 2, ALL_SCOPES: 3}[scopes]


def test_the_list_of_a_flow_leaves_out_who_only_moved() -> None:
    """Whoever goes and comes on the same day in the same stage only moved."""
    asked = Question(CATALOGUE["journey_exits"], "stage:hot", "")
    found = source_of(asked, NOVEMBER, moment())
    assert found == Flow("journey_exits", "journey_entries", "stage", "stage:hot", NOVEMBER)
    mine = source_of(Question(CATALOGUE["owned_entries"], "", ""), NOVEMBER, moment())
    assert mine == Flow("owned_entries", "", "stage", "", NOVEMBER)


@pytest.mark.parametrize(("last", "day"), [(20261110, 20261110), (20261130, TODAY)])
def test_the_list_of_a_stock_is_of_the_end_of_a_day(last: int, day: int) -> None:
    """A stock is that of the last day, of a day to come that of today, by the flows since."""
    question = Question(CATALOGUE["customers_in_stage"], "stage:", "")
    found = source_of(question, Period(20261101, last), moment())
    assert isinstance(found, Stock)
    assert (found.of, found.day, found.part) == ("customers_assigned", day, "stage:")
    assert found.since == Period(day + 1, 20271123)
