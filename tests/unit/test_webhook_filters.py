"""Which changes a webhook is told of: of its figures and place, and parts for who wants parts."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.facts import Department
from schemas.tree import tree_of
from services.notifier.company import Company
from services.notifier.core.filters import Interest, Webhook

COMPANY = Company(
    tree_of(
        Department(name, at, profile=(1, name, parent, None, True))
        for at, (name, parent) in enumerate((("sales", None), ("hanoi", "sales"), ("far", None)))
    )
)


def told(change: dict[str, Any], **filters: Any) -> bool:
    """Say whether a webhook with these filters is told of a change."""
    data = {"url": "https://example.com/", "events": ["kpi.changed"], **filters}
    whole = {"metric": "orders", "scope": "employee", "id": "an", "dimension": ""}
    return bool(Interest([Webhook.read("hook", data, COMPANY)]).of_change({**whole, **change}))


@pytest.mark.parametrize(
    ("dimension", "of_whole", "of_parts"),
    [
        ("", True, True),
        ("currency:VND", True, True),
        ("source:web", False, True),
        ("currency:VND,source:web", False, True),
    ],
)
def test_parts_are_for_who_wants_them(dimension: str, of_whole: bool, of_parts: bool) -> None:
    """A part is told with `has_parts` only; money is whole by currency."""
    change = {"dimension": dimension}
    assert told(change) is of_whole
    assert told(change, has_parts=True) is of_parts


def test_figures_and_places_are_filtered_together() -> None:
    """A filter that is given has to fit, each of them; the company is 'all'."""
    assert told({}, metrics=["orders"], scope="employee", scope_id="an")
    assert not told({}, metrics=["calls_attempted"])
    assert not told({}, metrics=["orders"], scope="department")
    assert not told({}, scope="employee", scope_id="bo")
    company = {"scope": "company", "id": "acme"}
    assert told(company, scope="company", scope_id="all")
    assert not told({}, events=["alert.changed"])


@pytest.mark.parametrize(
    ("department", "alone", "with_those_below"),
    [("sales", True, True), ("hanoi", False, True), ("far", False, False)],
)
def test_of_a_department_also_those_below(
    department: str, alone: bool, with_those_below: bool
) -> None:
    """With `sub` each department below is told for itself; people and the company are not."""
    place = {"scope": "department", "scope_id": "sales"}
    change = {"scope": "department", "id": department}
    assert told(change, **place) is alone
    assert told(change, **place, sub=True) is with_those_below
    assert not told({}, **place, sub=True)
