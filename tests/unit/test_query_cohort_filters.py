"""Filters of the cohort reports: whose customers, which words, which cell, which page."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.facts import Call, Customer, Order, Task, Term
from schemas.kpis.columns import TELESALES
from schemas.tables import NOBODY
from services.query.basis import Settings
from services.query.cohorts.cells import Links, cells_of
from services.query.cohorts.fact_pages import page_of, placed
from services.query.cohorts.owners import heads_of, owners_of
from services.query.cohorts.parameters import (
    CohortParameters,
    SalesPerformanceParameters,
    TelesalesParameters,
)
from services.query.cohorts.telesales_report import TelesalesReport
from services.query.cohorts.vocabulary import Word, filter_value, refusal, unknown_word
from services.query.lists import Row, RowKey
from services.query.problems import Problem, as_problem
from services.query.settings import QuerySettings
from tests.unit.query_stage import TODAY, basis

FED = Settings("Acme", "UTC", "VND", frozenset({"tasks", "payments"}))
STAGE = basis(
    Term("source:web", 50, profile=(1, "Web", (), 0, True)),
    people=("an", "eva"),
    pairs=("sales:an", "-:gone", "-:-"),
)


def problem_of(error: BaseException) -> tuple[str, Any]:
    """Return code and parameter of a problem."""
    assert isinstance(error, Exception)
    found = as_problem(error)
    return found.code, found.members.get("parameter")


@pytest.mark.parametrize(
    ("asked", "ids", "members"),
    [
        ({}, None, ("an", "eva")),
        ({"department": "all"}, None, ("an", "eva")),
        ({"employee": "an"}, {"an"}, ("an",)),
        ({"employee": "-"}, {"-"}, ("-",)),
        ({"department": "sales"}, {"an", "eva"}, ("an", "eva")),
        ({"department": "hanoi"}, set(), ()),
        ({"department": "-"}, {"-", "gone"}, ()),
    ],
)
def test_whose_customers(
    asked: dict[str, str], ids: set[str] | None, members: tuple[str, ...]
) -> None:
    """An employee, those of a department now, or everybody; nobody belongs to no department."""
    found = owners_of(STAGE, CohortParameters.model_validate(asked))
    assert found.ids == (None if ids is None else frozenset(ids))
    assert tuple(sorted(found.members)) == members


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"employee": "moon"}, "unknown_employee"),
        ({"department": "moon"}, "unknown_department"),
        ({"employee": "an", "department": "sales"}, "conflicting_parameters"),
    ],
)
def test_whoever_is_unknown_is_refused(asked: dict[str, str], code: str) -> None:
    """A wrong id must not look like no customers."""
    with pytest.raises(Problem) as raised:
        owners_of(STAGE, CohortParameters.model_validate(asked))
    assert problem_of(raised.value)[0] == code


def test_nobody_stands_last() -> None:
    """Rows are in order of names."""
    heads = heads_of(STAGE, {NOBODY, "eva", "an", "gone"})
    assert [head["id"] for head in heads] == ["an", "eva", "gone", NOBODY]
    assert [head["department_id"] for head in heads] == ["sales", "sales", None, None]
    assert heads[-1]["name"] == "Unassigned"


def test_words_are_known_by_a_name_or_an_event() -> None:
    """A term, an event that said it, or `-`; of others up to twenty are told."""
    web, fair, none = (Word("source", "source", name) for name in ("web", "fair", "-"))
    assert unknown_word(STAGE, [web, none, fair], [None, None, b"1"]) is None
    assert unknown_word(STAGE, [web, fair], [None, None]) == fair
    said = [f"source:s{number:02}".encode() for number in range(30)]
    told = refusal(Word("relationship", "relationship", "x"), STAGE, [*said, b"relationship:lead"])
    assert (told.code, told.members["known"]) == ("unknown_stage", ["lead"])
    assert len(refusal(fair, STAGE, said).members["known"]) == 20
    assert [filter_value(text) for text in ("", "-", "web")] == [None, "", "web"]


@pytest.mark.parametrize(
    ("asked", "code", "parameter"),
    [
        ({"subject": "order"}, "unknown_subject", "subject"),
        ({"created_from": "2026-11-22", "created_to": "2026-11-21"}, "range_reversed",
         "created_from"),
        ({"called_from": "2026-11-23"}, "range_reversed", "called_from"),
        ({"created_from": "2024-01-01"}, "range_too_long", "created_from"),
        ({"created_from": "22.11.2026"}, "invalid_parameter", "created_from"),
        ({"any_agent": "perhaps"}, "invalid_parameter", "any_agent"),
        ({"colour": "red"}, "unknown_parameter", "colour"),
    ],
)  # fmt: skip
def test_a_mistake_of_telesales_is_named(asked: dict[str, str], code: str, parameter: str) -> None:
    """Code and parameter say which rule was broken."""
    with pytest.raises((Problem, ValidationError)) as raised:
        TelesalesReport(TelesalesParameters.model_validate(asked), QuerySettings()).cohort(STAGE)
    assert problem_of(raised.value) == (code, parameter)


@pytest.mark.parametrize(
    ("asked", "created", "called"),
    [
        ({}, (TODAY, TODAY), (TODAY, TODAY)),
        ({"created_from": "2026-11-01"}, (20261101, TODAY), (TODAY, TODAY)),
        ({"called_from": "2026-11-01", "called_to": "2026-11-03"}, (TODAY, TODAY),
         (20261101, 20261103)),
    ],
)  # fmt: skip
def test_windows_of_telesales(
    asked: dict[str, str], created: tuple[int, int], called: tuple[int, int]
) -> None:
    """Today and today, each by itself; an open end is today (T-16)."""
    report = TelesalesReport(TelesalesParameters.model_validate(asked), QuerySettings())
    assert (report.created(STAGE), report.called(STAGE)) == (created, called)


def test_a_link_names_the_windows_as_they_were_understood() -> None:
    """An address that is opened tomorrow shows the same list."""
    links = Links("telesales", {"created_from": "2026-11-22", "sub": False, "any_agent": True})
    assert links.of_row("a b", TELESALES["customer"])[0] == (
        "/v1/reports/telesales/facts?created_from=2026-11-22&any_agent=true&row=a+b"
        "&column=customers"
    )


def test_cells_of_money_and_shares() -> None:
    """Currencies apart, no share of nothing, what was not counted is 0, n/a without feed."""
    counted: dict[str, Any] = {"customers": 4, "called": 1, "order_value": {"USD": 5, "VND": 7}}
    names = [column.name for column in TELESALES["customer"]]
    found = dict(zip(names, cells_of(TELESALES["customer"], counted, FED), strict=True))
    assert found["order_value"] == {
        "value": 7,
        "currency": "VND",
        "others": [{"value": 5, "currency": "USD"}],
    }
    assert found["called_rate"] == {"value": 0.25, "parts": {"numerator": 1, "denominator": 4}}
    assert found["debt"] == {"value": 0, "currency": "VND"}
    assert cells_of(TELESALES["customer"], {}, FED)[names.index("called_rate")]["value"] is None
    bare = Settings("Acme", "UTC", "VND", frozenset({"tasks"}), frozenset({"tasks"}))
    missing = [
        name
        for name, cell in zip(names, cells_of(TELESALES["customer"], {}, bare), strict=True)
        if cell.get("why") == "not_available"
    ]
    assert missing == [
        "appointments", "customers_with_appointment", "appointments_completed", "no_appointment",
        "collected", "collected_other", "debt", "balance",
    ]  # fmt: skip


def test_pages_go_on_after_the_last_number() -> None:
    """What came or went between two pages makes no other row be skipped or repeated."""
    first = page_of([3, 5, 8, 9], 2, "", "m", "g1")
    assert (first.total, first.numbers) == (4, [3, 5])
    assert first.next is not None
    second = page_of([1, 3, 4, 8, 9, 11], 3, first.next, "m", "g1")
    assert (second.numbers, second.next) == ([8, 9, 11], None)
    for generation, mark, code in (("g2", "m", "cursor_expired"), ("g1", "n", "bad_cursor")):
        with pytest.raises(Problem) as raised:
            page_of([3], 2, first.next, mark, generation)
        assert raised.value.code == code


@pytest.mark.parametrize(
    ("fact", "day", "place"),
    [
        (Customer("k", 1, created=(1, 5, 20261101, None), owners=((1, 5, 1, "an"),)), 20261101,
         ("sales", "an")),
        (Call("l", 1, started=(1, 5, 20261102), agent="gone"), 20261102, ("-", "gone")),
        (Task("t", 1, created=(1, 5, 20261103, None), assignees=(1, ("an", "eva"))), 20261103,
         ("-", "-")),
        (Order("o", 1), 0, ("-", "-")),
    ],
)  # fmt: skip
def test_a_row_says_when_and_for_whom(fact: Any, day: int, place: tuple[str, str]) -> None:
    """The day its fact says, its employee, and their department of now."""
    row = placed(Row(RowKey(0, 1), fact), STAGE)
    assert (row.key.day, row.place) == (day, place)


def test_purchases_are_counted_from_zero() -> None:
    """A bound below zero is a mistake."""
    with pytest.raises(ValidationError):
        SalesPerformanceParameters.model_validate(
            {"created_from": "2026-01-01", "created_to": "2026-01-02", "min_purchases": "-1"}
        )
