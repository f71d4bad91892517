"""Leavers who want to be named no more: one number each, in place of the name, for good."""

from __future__ import annotations

from itertools import permutations
from typing import Any, Literal

import pytest

from schemas.envelope import LogEvent
from schemas.facts import Employee, pack
from services.aggregator.core.fold import RULES
from services.query.organisation import Organisation
from services.query.reports.sheets import sheet_of

Step = tuple[int, str, dict[str, Any]]
HIRED: Step = (1, "employee.upserted", {"name": "Lan"})
LEFT: Step = (2, "employee.upserted", {"name": "Lan", "active": False})
ASKED: Step = (3, "employee.pseudonymised", {})
SYNCED: Step = (4, "employee.upserted", {"name": "Lan Anh", "active": False})
BACK: Step = (5, "employee.upserted", {"name": "Lan", "active": True})
GONE: Step = (6, "employee.upserted", {"name": "Lan", "active": False})
ASKED_AGAIN: Step = (7, "employee.pseudonymised", {})


def folded(name: str, *steps: Step) -> Employee:
    """Return an employee after some events."""
    fact = Employee(name, 1)
    for at_s, kind, data in steps:
        event = LogEvent(f"e{at_s}", "hr", kind, at_s * 1000, name, "t", data)
        found = RULES[kind].fold(fact, event, "UTC")
        assert isinstance(found, Employee)
        fact = found
    return fact


def named(*facts: Employee) -> list[str]:
    """Return how employees are called."""
    org = Organisation([pack(fact) for fact in facts])
    return [org.employee_name(fact.id) for fact in facts]


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ([HIRED], "Lan"),
        ([HIRED, LEFT], "Lan"),
        ([HIRED, LEFT, ASKED], "Former employee 1"),
        ([HIRED, ASKED], "Lan"),
        ([HIRED, LEFT, ASKED, SYNCED], "Former employee 1"),
        ([HIRED, LEFT, ASKED, BACK], "Lan"),
        ([HIRED, LEFT, ASKED, BACK, GONE], "Former employee 1"),
        ([ASKED], "Former employee 1"),
    ],
)
def test_the_name_hides_while_somebody_is_gone(steps: list[Step], name: str) -> None:
    """Who asked and is not active has a number for a name; an update of a leaver is none."""
    assert named(folded("lan", *steps)) == [name]


def test_the_order_of_arrival_never_matters() -> None:
    """However the events arrive, the fact is the same."""
    steps = (HIRED, LEFT, ASKED, SYNCED, ASKED_AGAIN)
    assert {pack(folded("lan", *order)) for order in permutations(steps)} == {
        pack(folded("lan", *steps))
    }


def test_a_number_stays_when_others_ask_or_come_back() -> None:
    """Numbers go by the order of the first requests; that of who is back stays free."""
    lan, minh = folded("lan", LEFT, ASKED), folded("minh", LEFT, (9, ASKED[1], {}))
    assert named(minh, lan) == ["Former employee 2", "Former employee 1"]
    back = folded("lan", LEFT, ASKED, BACK)
    later = folded("an", LEFT, (10, ASKED[1], {}))
    assert named(minh, back, later) == ["Former employee 2", "Lan", "Former employee 3"]
    again = folded("lan", LEFT, ASKED, ASKED_AGAIN)
    assert named(minh, again) == ["Former employee 2", "Former employee 1"]


@pytest.mark.parametrize(("lang", "name"), [("en", "Former employee 7"), ("vi", "Nhân viên cũ 7")])
async def test_a_file_names_them_in_its_language(lang: Literal["en", "vi"], name: str) -> None:
    """A sheet of people has the number in the language of its headings."""
    row = {"id": "lan", "name": "Former employee 7", "former": 7, "cells": []}
    table = {
        "title": {"en": "T", "vi": "T"},
        "rows_by": "employee",
        "columns": [],
        "rows": [row],
        "total": {"name": {"en": "Total", "vi": "Tổng"}, "cells": []},
    }
    cells = [cell async for chunk in sheet_of(table, lang, "VND").chunks for cell in chunk[0]]
    assert name in cells
