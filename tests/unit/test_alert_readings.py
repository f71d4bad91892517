"""What alerts read: windows of days, silence in working hours, the age of customers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.alerts import Watch
from schemas.facts import Department, Term
from schemas.formula_values import adds_over_places, form_behind
from schemas.formulas import compiled
from schemas.kpis import CATALOGUE
from schemas.tree import tree_of
from services.notifier.alerts.readings import (
    is_available,
    places_of,
    plan,
    silence,
    watched,
)
from services.notifier.company import Company
from services.notifier.tenants import Settings, Tenant

TENANT = Tenant("acme", 0, "g1", Settings("Asia/Ho_Chi_Minh", "VND"), {})
FRIDAY_MS = round(datetime(2026, 11, 20, 3, tzinfo=UTC).timestamp() * 1000)
"""10:00 on a Friday in Ho Chi Minh City."""
HOUR_MS = 3_600_000


def watch(**data: Any) -> Watch:
    """Return a rule."""
    base = {"name": "x", "warn": 1, "defined_at": "2026-11-20T00:00:00Z"}
    return Watch.read("x", {**base, **data}, "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(("window", "days"), [("today", 1), ("week", 5), ("month", 20)], ids=str)
def test_a_window_ends_today(window: str, days: int) -> None:
    """Today, since Monday, since the first; money in the tenant's currency."""
    found = plan(watch(metric="revenue", window=window), TENANT, FRIDAY_MS)
    assert len(found.places) == days
    assert found.places[-1] == ("sp:{p0}:g1:acme:d:c:all:20261120", "revenue|currency:VND")
    assert found.value(dict.fromkeys(found.places, 7)) == 7 * days


def test_a_ratio_is_divided_when_read() -> None:
    """Sum over sum, nothing over zero."""
    found = plan(watch(metric="win_rate"), TENANT, FRIDAY_MS)
    won, closed = found.places
    assert found.value({won: 1, closed: 4}) == 0.25
    assert found.value({}) is None


def test_a_gauge_is_of_now() -> None:
    """The window does not matter."""
    found = plan(watch(metric="pipeline_open", window="month"), TENANT, FRIDAY_MS)
    assert found.places == (("sp:{p0}:g1:acme:g:c:all", "pipeline_open"),)


def test_age_counts_who_was_not_converted() -> None:
    """Created from 90 up to so many days ago, less those who were converted."""
    found = plan(watch(rule="age", days=7), TENANT, FRIDAY_MS)
    assert len(found.places) == 2 * 84
    created = [place for place in found.places if place[1] == "customers_new"]
    assert created[-1][0].endswith(":20261113")
    converted = (created[0][0], "customers_converted")
    assert found.value({created[0]: 3, created[-1]: 2, converted: 1}) == 4


def test_silence_counts_working_minutes() -> None:
    """From the later of the last growth and the first shift; none while nobody works."""
    hours = {"first": "08:00", "last": "17:30", "weekdays": [1, 2, 3, 4, 5]}
    rule = watch(rule="silence", metric="calls_attempted", working_hours=hours)
    assert silence(rule, TENANT, 0, FRIDAY_MS) == 120
    assert silence(rule, TENANT, FRIDAY_MS - HOUR_MS // 3, FRIDAY_MS) == 20
    assert silence(rule, TENANT, FRIDAY_MS - 20 * HOUR_MS, FRIDAY_MS) == 120
    assert silence(rule, TENANT, FRIDAY_MS, FRIDAY_MS + 8 * HOUR_MS) is None
    assert silence(rule, TENANT, FRIDAY_MS, FRIDAY_MS + 24 * HOUR_MS) is None
    assert silence(watch(rule="silence", metric="orders"), TENANT, 0, FRIDAY_MS) == 600


def company(*parents: tuple[str, str | None]) -> Company:
    """Return departments below others, and terms of which two stages and a source are tagged."""
    departments = (
        Department(name, at, profile=(1, name, parent, None, True))
        for at, (name, parent) in enumerate(parents)
    )
    terms = (
        Term("relationship:hot", 20, profile=(1, "Hot", ("mql",), 0, True)),
        Term("relationship:warm", 21, profile=(1, "Warm", ("mql", "sql"), 1, True)),
        Term("relationship:cold", 22, profile=(1, "Cold", (), 2, True)),
        Term("source:web", 23, profile=(1, "Web", ("inbound",), 0, True)),
    )
    return Company(tree_of(departments), terms)


HOUSE = TENANT._replace(company=company(("sales", None), ("hanoi", "sales"), ("hue", "hanoi")))


def test_a_department_with_those_below_is_their_sum() -> None:
    """The cells of each, of every day of the window; moved by any of them; alone it is alone."""
    place = {"scope": "department", "scope_id": "sales"}
    whole = watch(metric="calls_attempted", window="week", sub=True, **place)
    assert places_of(whole, HOUSE) == ("sales", "hanoi", "hue")
    found = plan(whole, HOUSE, FRIDAY_MS)
    assert len(found.places) == 3 * 5
    assert found.value(dict.fromkeys(found.places, 2)) == 30
    alone = plan(watch(metric="calls_attempted", window="week", **place), HOUSE, FRIDAY_MS)
    assert {key for key, _ in alone.places} < {key for key, _ in found.places}
    assert alone.value(dict.fromkeys(found.places, 2)) == 10
    assert len(plan(watch(rule="age", days=89, sub=True, **place), HOUSE, FRIDAY_MS).places) == 12


def test_departments_that_moved_are_others() -> None:
    """Whoever is not below any more is not added any more; a circle ends."""
    whole = watch(metric="orders", scope="department", scope_id="sales", sub=True)
    moved = company(("sales", None), ("hanoi", None), ("hue", "hanoi"))
    assert places_of(whole, TENANT._replace(company=moved)) == ("sales",)
    circle = company(("sales", "hue"), ("hanoi", "sales"), ("hue", "hanoi"))
    assert set(places_of(whole, TENANT._replace(company=circle))) == {"sales", "hanoi", "hue"}


def test_what_is_tagged_is_the_sum_of_its_values() -> None:
    """The cells of each value whose term carries the tag; moved by the figure it is a part of."""
    rule = watch(metric="mql_entries")
    assert watched(rule, HOUSE) == (CATALOGUE["mql_entries"].of,)
    found = plan(rule, HOUSE, FRIDAY_MS)
    of, by = CATALOGUE["mql_entries"].of, CATALOGUE["mql_entries"].by
    assert [field for _, field in found.places] == [f"{of}|{by}:hot", f"{of}|{by}:warm"]
    assert found.value(dict(zip(found.places, (3, 4), strict=True))) == 7
    assert plan(rule, TENANT, FRIDAY_MS).value({}) == 0


def test_a_formula_over_what_is_tagged() -> None:
    """Judged like any other: its parts are the values of both tags, each by its own cells."""
    made, wrong = compiled(
        {"share": {"label_en": "Share", "unit": "ratio", "expression": "sql_entries / mql_entries"}}
    )
    assert not wrong
    tenant = HOUSE._replace(formulas=made)
    found = plan(watch(metric="share"), tenant, FRIDAY_MS)
    counts = {place: 6 if place[1].endswith(":hot") else 2 for place in found.places}
    assert found.value(counts) == 2 / 8
    assert found.value({}) is None
    assert set(watched(watch(metric="share"), tenant)) == {CATALOGUE["mql_entries"].of}


def test_what_several_departments_share_is_not_added_over_them() -> None:
    """A task of two departments is one: of these figures there is no sum of departments."""
    forms = {name: form for name, kpi in CATALOGUE.items() if (form := form_behind(kpi))}
    adding = {name for name, form in forms.items() if adds_over_places(form)}
    assert adding >= {"orders", "revenue", "mql_entries", "customers_new", "customers_converted"}
    assert not adding & {"tasks_completed", "tasks_created", "journey_entries"}
    assert {"tasks_completed", "journey_entries"} <= forms.keys()


def test_what_is_not_available_is_nothing_to_judge() -> None:
    """A figure whose events were never sent, or whose module is off; an age is always there."""
    rule = watch(metric="tasks_created")
    fed = Settings("Asia/Ho_Chi_Minh", "VND", frozenset({"tasks"}))
    off = fed._replace(modules_off=frozenset({"tasks"}))
    for settings, expected in ((fed, True), (off, False), (TENANT.settings, False)):
        assert is_available(rule, TENANT._replace(settings=settings), FRIDAY_MS) is expected
    assert is_available(watch(metric="orders"), TENANT, FRIDAY_MS)
    assert is_available(watch(rule="age", days=7), TENANT, FRIDAY_MS)


@pytest.mark.parametrize(
    ("place", "since", "expected"),
    [
        (("department", "hanoi"), "2026-11-20", True),
        (("department", "hue"), "2026-11-20", True),
        (("department", "hanoi"), "2026-11-21", False),
        (("department", "sales"), "2026-11-20", False),
        (("company", "all"), "2026-11-20", False),
        (("employee", "nobody"), "2026-11-20", False),
    ],
)
def test_what_is_on_trial_is_judged_where_it_is(
    place: tuple[str, str], since: str, expected: bool
) -> None:
    """In the department that has it and below, from its first day on; as answers tell it."""
    trial = {"rollout": {"orders": {"department_id": "hanoi", "valid_from": since}}}
    rule = watch(metric="orders", scope=place[0], scope_id=place[1])
    assert is_available(rule, HOUSE._replace(documents=trial), FRIDAY_MS) is expected
