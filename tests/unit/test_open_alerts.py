"""Open alerts on pages: which are open, and that each is shown where its figure may be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from schemas.access import Board, Viewer
from schemas.alerts import State
from schemas.facts import Department, Employee, pack
from services.query.alerts.opened import OpenAlert, open_alerts
from services.query.alerts.sight import MOST_ROWS, AlertSight, Place, shown
from services.query.basis import Basis
from services.query.boards.stored import alerts_of
from services.query.configuration import Configuration
from services.query.organisation import Organisation
from tests.unit.query_stage import NOON, basis

SALES, HANOI, ALL = (
    Place("department", "sales"),
    Place("department", "hanoi"),
    Place("company", "all"),
)
MACHINE = Viewer("machine")
EVERY = ["age", "all", "an", "binh", "far", "hanoi", "money", "sales"]
RULE = {"name": "Few calls", "metric": "calls_outbound", "operator": "<", "warn": 10, "critical": 5}
ON_SALES: dict[str, Any] = {**RULE, "scope": "department", "scope_id": "sales"}


def _open(level: str = "warn", told: str | None = None, **more: Any) -> bytes:
    told = level if told is None else told
    occurrence = f"one@{NOON}"
    state = State(level, NOON, occurrence, 7.0, told, "2026-11-22")._replace(**more)  # type: ignore[arg-type]
    return orjson.dumps({**state._asdict(), "grew_ms": 0})


def _basis(*, taken: str = "", **alerts: dict[str, Any]) -> Basis:
    """Return the company, with an (head of sales), binh in hanoi below it, and these alerts."""
    org = [
        pack(Department("sales", 1, profile=(1, "Sales", None, "an", True))),
        pack(Department("hanoi", 2, profile=(1, "Hanoi", "sales", None, True))),
        pack(Department("far", 3, profile=(1, "Far", None, None, True))),
        pack(
            Employee(
                "an", 10, profile=(1, "An", True, None), places=((20260101, 1, "sales", None),)
            )
        ),
        pack(
            Employee(
                "binh", 11, profile=(1, "Binh", True, None), places=((20260101, 1, "hanoi", None),)
            )
        ),
    ]
    defined = {"defined_at": "2026-11-22T01:00:00Z"}
    kinds: dict[str, Any] = {"alert": {name: {**data, **defined} for name, data in alerts.items()}}
    kinds["alert-acknowledgement"] = {"one": {"occurrence": taken, "acknowledged_at": "x"}}
    return replace(
        basis(),
        org=Organisation(org),
        packed_org=frozenset(org),
        configuration=Configuration("1", kinds),
    )


def _alerts(on: Basis, **kept: bytes) -> list[OpenAlert]:
    return open_alerts(on, {name.encode(): value for name, value in kept.items()})


def _ids(sight: AlertSight, viewer: Viewer, on: Basis) -> list[str]:
    names = on.configuration.of("alert")
    alerts = _alerts(on, **{name: _open() for name in names})
    return sorted(row["id"] for row in shown(sight, viewer, on, alerts)["rows"])


@pytest.mark.parametrize(
    ("level", "told", "expected"),
    [
        ("warn", "warn", "warn"),
        ("critical", "critical", "critical"),
        ("critical", "warn", "warn"),  # got worse in quiet hours: not told yet
        ("warn", "critical", "warn"),  # got better in quiet hours
        ("warn", "ok", ""),  # began in quiet hours, or was told once in its period
        ("ok", "critical", ""),
    ],
)
def test_a_board_shows_what_was_told_or_what_is_better(
    level: str, told: str, expected: str
) -> None:
    """Nothing that is kept quiet is on a board, and nothing worse than it is."""
    found = _alerts(_basis(one=ON_SALES), one=_open(level, told))
    assert [alert.level for alert in found] == ([expected] if expected else [])


def test_what_somebody_takes_care_of_is_shown_no_more() -> None:
    """An acknowledgement is of one occurrence: the next one is shown again."""
    on = _basis(taken=f"one@{NOON}", one=ON_SALES)
    assert _alerts(on, one=_open()) == []
    assert [alert.id for alert in _alerts(on, one=_open(occurrence="one@later"))] == ["one"]


def test_what_is_defined_no_more_is_not_open() -> None:
    """A deleted alert, and one of a figure that there is no more, are gone at once."""
    on = _basis(gone={**ON_SALES, "metric": "my_own"}, one=ON_SALES)
    kept = {name: _open() for name in ("gone", "one", "deleted")}
    assert [alert.id for alert in _alerts(on, **kept)] == ["one"]


def test_what_is_on_trial_is_shown_where_it_is() -> None:
    """Elsewhere the figure is not available, so nobody is told that it is beyond a limit."""
    place = {"scope": "department", "scope_id": "hanoi"}
    on = _basis(one=ON_SALES, two={**RULE, **place})
    trial = {"calls_outbound": {"department_id": "hanoi", "valid_from": "2026-11-01"}}
    kinds = {**on.configuration.kinds, "rollout": trial}
    on = replace(on, configuration=Configuration("2", kinds))
    assert [alert.id for alert in _alerts(on, one=_open(), two=_open())] == ["two"]


def test_the_most_urgent_first_with_the_limit_it_broke() -> None:
    """Critical before warnings, then the latest; each tells value, unit and limit."""
    silence = {**ON_SALES, "rule": "silence", "operator": ">=", "warn": 20, "critical": 40}
    age = {"name": "Old", "rule": "age", "days": 7, "warn": 1}
    on = _basis(one=ON_SALES, two=ON_SALES, quiet=silence, old=age)
    found = _alerts(
        on,
        one=_open(),
        old=_open(since_ms=NOON - 1000),
        two=_open(since_ms=NOON + 1000),
        quiet=_open("critical"),
    )
    told = [alert.told() for alert in found]
    assert [row["id"] for row in told] == ["quiet", "two", "one", "old"]
    assert [row["limit"] for row in told] == [40, 10, 10, 1]
    assert [row["unit"] for row in told] == ["minutes", "count", "count", "count"]
    assert (told[1]["value"], told[1]["since"]) == (7.0, "2026-11-22T05:00:01.000Z")


def _company() -> Basis:
    """Return a company with an alert on each place, and of money and an own customer's age."""
    place = {"scope": "department", "scope_id": "hanoi"}
    return _basis(
        sales=ON_SALES,
        hanoi={**RULE, **place},
        far={**RULE, "scope": "department", "scope_id": "far"},
        all=RULE,
        an={**RULE, "scope": "employee", "scope_id": "an"},
        binh={**RULE, "scope": "employee", "scope_id": "binh"},
        money={**ON_SALES, "metric": "revenue"},
        age={
            "name": "Old",
            "rule": "age",
            "days": 7,
            "warn": 1,
            "scope": "department",
            "scope_id": "sales",
        },
    )


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (AlertSight(frozenset({SALES})), ["age", "money", "sales"]),
        (AlertSight(frozenset({SALES}), has_money=False), ["age", "sales"]),
        (AlertSight(frozenset({SALES, HANOI})), ["age", "hanoi", "money", "sales"]),
        (AlertSight(frozenset({ALL})), ["all"]),
        (AlertSight(frozenset({Place("employee", "an")})), ["an"]),
        (AlertSight(frozenset({Place("employee", "an")}), has_names=False), []),
        (AlertSight(frozenset({SALES}), is_wide=True), ["age", "an", "money", "sales"]),
        (
            AlertSight(frozenset({Place("department", "sales", sub=True)}), is_wide=True),
            ["age", "an", "binh", "hanoi", "money", "sales"],
        ),
        (
            AlertSight(frozenset({ALL}), is_wide=True),
            EVERY,
        ),
    ],
)
def test_a_page_shows_the_alerts_of_its_places(sight: AlertSight, expected: list[str]) -> None:
    """A board those of the places it shows and of nobody's else; a supervisor all below too."""
    assert _ids(sight, MACHINE, _company()) == expected


WIDE = AlertSight(frozenset({ALL}), is_wide=True)


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (Viewer("person", "an", frozenset({"view_all"})), EVERY),
        (
            Viewer("person", "an", frozenset({"department_kpi"})),
            ["age", "binh", "hanoi", "money", "sales"],
        ),
        (
            Viewer("person", "an", frozenset({"employee_kpi"})),
            ["age", "an", "binh", "hanoi", "money", "sales"],
        ),
        (Viewer("person", "binh", frozenset({"department_kpi"})), ["hanoi"]),
        (Viewer("person", "binh", frozenset({"employee_kpi"})), ["binh"]),
        (Viewer("person", "binh", frozenset({"administer"})), []),
        (Viewer("person", "binh"), []),
    ],
)
def test_nobody_is_told_of_a_figure_that_they_may_not_see(
    viewer: Viewer, expected: list[str]
) -> None:
    """Heads see their departments and whom they lead, people themselves, strangers nothing."""
    assert _ids(WIDE, viewer, _company()) == expected


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        (Board("department", "sales", False, frozenset({"calls_outbound"})), ["sales"]),
        (Board("department", "sales", False, frozenset({"revenue"})), ["money"]),
        (Board("department", "sales", False, frozenset({"customers_new"})), []),
        (
            Board(
                "department", "sales", False, frozenset({"customers_new", "customers_converted"})
            ),
            ["age"],
        ),
        (Board("department", "sales", True, frozenset({"calls_outbound"})), []),
        (Board("department", "hanoi", True, frozenset({"calls_outbound"})), ["hanoi"]),
        (Board("employee", "an", False, frozenset({"calls_outbound"}), has_names=False), []),
        (Board("employee", "an", False, frozenset({"calls_outbound"})), ["an"]),
    ],
)
def test_a_kiosk_is_told_of_the_figures_of_its_board_alone(
    board: Board, expected: list[str]
) -> None:
    """Another figure, another place, or less than the place whole: nothing."""
    assert _ids(WIDE, Viewer("kiosk", board=board), _company()) == expected


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (
            Viewer("person", "an", frozenset({"view_all"})),
            ["age", "binh", "hanoi", "money", "sales"],
        ),
        (Viewer("person", "an", frozenset({"view_all", "administer"})), EVERY),
        (Viewer("person", "binh", frozenset({"department_kpi", "employee_kpi"})), []),
        (MACHINE, []),
        (Viewer("machine", grants=frozenset({"administer"})), EVERY),
    ],
)
def test_who_leads_a_place_may_take_care(viewer: Viewer, expected: list[str]) -> None:
    """A head of the departments and people below, an administrator of all; never of oneself."""
    on = _company()
    alerts = _alerts(on, **{name: _open() for name in on.configuration.of("alert")})
    rows = shown(WIDE, viewer, on, alerts)["rows"]
    assert sorted(row["id"] for row in rows if row["may_take"]) == expected


def test_of_a_person_only_whole_figures_are_told() -> None:
    """Who sees what somebody earned in one of two departments sees no alert on both."""
    on = _basis(binh={**RULE, "scope": "employee", "scope_id": "binh"})
    moved = Employee(
        "binh",
        11,
        profile=(1, "Binh", True, None),
        places=((20260101, 1, "hanoi", None), (20261101, 2, "far", None)),
    )
    kept = [pack(fact) for fact in on.org.departments.values()]
    kept += [pack(on.org.employees["an"]), pack(moved)]
    on = replace(on, org=Organisation(kept))
    head = Viewer("person", "an", frozenset({"employee_kpi"}))
    assert _ids(WIDE, head, on) == []
    assert _ids(WIDE, replace(head, grants=frozenset({"view_all"})), on) == ["binh"]


def test_of_many_the_first_are_told_and_how_many_more() -> None:
    """A frame stays small whatever is open."""
    on = _basis(**{f"a{number}": ON_SALES for number in range(MOST_ROWS + 3)})
    alerts = _alerts(on, **{name: _open() for name in on.configuration.of("alert")})
    found = shown(AlertSight(frozenset({SALES})), MACHINE, on, alerts)
    assert (len(found["rows"]), found["more"]) == (MOST_ROWS, 3)


def test_a_board_shows_those_of_its_places_or_none() -> None:
    """By default those of its own place and of its tiles; switched off, or gone, none."""
    tile = {"id": "a", "kind": "number", "metric": "orders", "x": 0, "y": 0, "w": 4, "h": 2}
    there = {**tile, "scope": "department", "scope_id": "hanoi"}
    data = {"name": "Wall", "scope": "department", "scope_id": "sales", "tiles": [there]}
    kinds = {
        "board": {"on": {**data, "has_money": False}, "off": {**data, "alerts": {"show": "off"}}}
    }
    on = replace(basis(), configuration=Configuration("1", kinds))
    places = frozenset({Place("department", "sales", sub=True), HANOI})
    assert alerts_of("on", on) == AlertSight(places, has_money=False)
    for name in ("off", "gone"):
        assert not alerts_of(name, on).places
