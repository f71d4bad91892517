"""Thresholds of targets are crossed exactly once, at the event that crosses them, in any cut."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.changes import Crossing
from schemas.envelope import LogEvent
from schemas.tables import Cell, parse_field
from schemas.target_periods import span_of
from schemas.targets import DEFAULT_THRESHOLDS, Slot
from tests.properties.crossing_driver import CrossingDriver
from tests.properties.pure_driver import PureDriver, event

_FEWER = settings(max_examples=settings().max_examples // 2)
_PEOPLE = {"an": "north", "bo": "north", "chi": "south"}
_DAYS = ("2026-11-02", "2026-11-20", "2026-12-01")
_PERIODS = ("2026-11-02", "2026-W47", "2026-11", "2026-Q4", "2026", "2026-12-01")
_EARLY = "2026-01-01T00:00:00Z"
Percents = tuple[int, ...]


def _start() -> list[LogEvent]:
    """Return who works where: south is part of north."""
    made = [
        event(
            id="d1", type="department.upserted", time=_EARLY, subject="north", data={"name": "N"}
        ),
        event(
            id="d2",
            type="department.upserted",
            time=_EARLY,
            subject="south",
            data={"name": "S", "parent_id": "north"},
        ),
    ]
    for name, department in _PEOPLE.items():
        data = {"name": name, "department_id": department, "valid_from": "2026-01-01"}
        made.append(event(id=name, type="employee.upserted", time=_EARLY, subject=name, data=data))
    return made


@st.composite
def _orders(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Draw a version of one of few orders: created, approved, revoked, with other amounts."""
    subject = f"o{draw(st.integers(1, 4))}"
    day = draw(st.sampled_from(_DAYS))
    match draw(st.sampled_from(["created", "approved", "approval_revoked", "deleted"])):
        case "created":
            data: dict[str, Any] = {
                "order_date": day,
                "created_at": f"{day}T03:00:00Z",
                "owner_id": draw(st.sampled_from(sorted(_PEOPLE))),
                "total": {"amount": draw(st.integers(0, 30)) * 10, "currency": "VND"},
            }
            kind = "order.created"
        case "approved":
            data, kind = {"approved_at": f"{day}T04:00:00Z"}, "order.approved"
        case "approval_revoked":
            data, kind = {"revoked_at": f"{day}T04:00:00Z"}, "order.approval_revoked"
        case _:
            data, kind = {"deleted_at": f"{day}T04:00:00Z"}, "order.deleted"
    return kind, subject, data


@st.composite
def _targets(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    metric = draw(st.sampled_from(["revenue", "orders"]))
    scope, name = draw(
        st.sampled_from([("employee", "an"), ("department", "north"), ("company", "all")])
    )
    data: dict[str, Any] = {"metric": metric, "scope": scope, "scope_id": name}
    data["period"] = draw(st.sampled_from(_PERIODS))
    if scope != "employee" and draw(st.booleans()):
        data["per_person"] = True
    if draw(st.integers(0, 4)) == 0:
        return "target.removed", "t", data
    value = draw(st.integers(1, 4))
    data["value"] = {"amount": value * 100, "currency": "VND"} if metric == "revenue" else value
    if draw(st.booleans()):
        data["thresholds"] = draw(st.sampled_from([[10], [33, 100], [100, 250]]))
    return "target.set", "t", data


@st.composite
def _settings(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Draw what the company says of targets that name no thresholds."""
    return "setting.changed", "company", {"thresholds": draw(st.sampled_from([[80], [20, 110]]))}


@st.composite
def _logs(draw: st.DrawFn) -> list[LogEvent]:
    """Draw a log of orders, targets and settings, in any order of their versions."""
    kinds = st.one_of(_orders(), _orders(), _orders(), _targets(), _targets(), _settings())
    said = draw(st.lists(kinds, min_size=1, max_size=24))
    minutes = draw(st.permutations(range(len(said))))
    return [
        *_start(),
        *(
            event(
                id=f"e{at}",
                type=kind,
                time=f"2026-12-05T03:{minute:02d}:00Z",
                subject=subject,
                data=data,
            )
            for at, ((kind, subject, data), minute) in enumerate(zip(said, minutes, strict=True))
        ),
    ]


class _Driver(CrossingDriver):
    """Folds in batches."""

    def run(self, events: Iterable[LogEvent], ends: frozenset[int]) -> list[Crossing]:
        """Fold events; a batch ends behind each position in `ends`."""
        for at, each in enumerate(events):
            if (each.source, each.id) not in self.seen:
                self.seen.add((each.source, each.id))
                self.apply(each)
            if at in ends:
                self.settle()
        return self.crossings


def _naive(events: Sequence[LogEvent]) -> list[tuple[str, str, str, str, int, str]]:
    """Return (period, metric, scope, id, threshold, cause), looking at everything every time."""
    driver, aims = PureDriver(), dict[tuple[str, Slot], tuple[int, LogEvent, Percents]]()
    of_company: Percents = DEFAULT_THRESHOLDS
    told: set[tuple[str, str, str, str, int]] = set()
    found = []
    for each in events:
        driver.fold([each])
        data = each.data
        if each.type == "setting.changed":
            of_company = tuple(data["thresholds"])
        if each.type.startswith("target."):
            whose = data["scope"] + (".each" if data.get("per_person") else "")
            key = (data["period"], Slot(data["metric"], whose, data["scope_id"]))
            if key not in aims or aims[key][0] <= each.version:
                aims[key] = (each.version, each, of_company)
        for figure in sorted(_figures(aims)):
            period, metric, scope, name = figure
            held = _aim(aims, figure)
            if held is None:
                continue
            _, said, percents = held
            value = said.data["value"]
            aim = value if isinstance(value, int) else value["amount"]
            reached = _reached(driver.cells, figure)
            for threshold in sorted(set(said.data.get("thresholds") or percents)):
                if reached * 100 >= threshold * aim and (*figure, threshold) not in told:
                    told.add((*figure, threshold))
                    found.append((period, metric, scope, name, threshold, each.id))
    return found


_Figure = tuple[str, str, str, str]
_Aims = Mapping[tuple[str, Slot], tuple[int, LogEvent, Percents]]


def _figures(aims: _Aims) -> set[_Figure]:
    found = set()
    for period, slot in aims:
        if slot.whose in {"employee", "department", "company"}:
            found.add((period, slot.metric, slot.whose, slot.id))
        found |= {(period, slot.metric, "employee", name) for name in _PEOPLE}
    return found


def _aim(aims: _Aims, figure: _Figure) -> tuple[int, LogEvent, Percents] | None:
    period, metric, scope, name = figure
    slots = [Slot(metric, scope, name)]  # type: ignore[arg-type]
    if scope == "employee":
        chain = ["south", "north"] if _PEOPLE[name] == "south" else ["north"]
        slots += [Slot(metric, "department.each", of) for of in chain]
        slots.append(Slot(metric, "company.each", "all"))
    for slot in slots:
        said = aims.get((period, slot))
        if said is not None and said[1].type == "target.set":
            return said
    return None


def _reached(cells: Mapping[Cell, int], figure: _Figure) -> int:
    period, metric, scope, name = figure
    first, last = span_of(period)
    part = "currency:VND" if metric == "revenue" else ""
    return sum(
        value
        for cell, value in cells.items()
        if (cell.metric, cell.dimension, cell.scope, cell.scope_id) == (metric, part, scope, name)
        and first <= cell.day <= last
    )


def _named(found: Iterable[Crossing]) -> list[tuple[str, str, str, str, int, str]]:
    return [
        (one["period"], one["metric"], one["scope"], one["id"], one["threshold"], one["cause"])
        for one in found
    ]


@_FEWER
@given(_logs(), st.frozensets(st.integers(0, 28)))
def test_every_crossing_is_seen_once_at_its_event(
    events: list[LogEvent], ends: frozenset[int]
) -> None:
    """What is seen in any cut is what looking at everything after each event sees."""
    found = _named(_Driver().run(events, ends))
    assert sorted(found) == sorted(_naive(events))
    assert len({each[:5] for each in found}) == len(found)


@_FEWER
@given(_logs(), st.frozensets(st.integers(0, 28)), st.randoms(use_true_random=False))
def test_duplicates_cross_nothing_again(
    events: list[LogEvent], ends: frozenset[int], chance: random.Random
) -> None:
    """An event that is delivered again crosses nothing."""
    doubled = list(events)
    for each in events:
        doubled.insert(doubled.index(each) + 1 + chance.randrange(3), each)
    assert _named(_Driver().run(doubled, ends)) == _named(_Driver().run(events, frozenset()))


def test_what_falls_back_and_rises_again_is_not_told_again() -> None:
    """A retraction takes the figure back, not the crossing (A-07)."""
    aim = {"metric": "orders", "scope": "employee", "scope_id": "an", "period": "2026-11"}
    order = {
        "order_date": "2026-11-20",
        "created_at": "2026-11-20T03:00:00Z",
        "owner_id": "an",
        "total": {"amount": 5, "currency": "VND"},
    }
    said: list[tuple[str, str, dict[str, Any]]] = [
        ("target.set", "t", {**aim, "value": 1, "thresholds": [100]}),
        ("order.created", "o1", order),
        ("order.deleted", "o1", {"deleted_at": "2026-11-20T04:00:00Z"}),
        ("order.created", "o2", order),
    ]
    log = [
        event(id=f"e{at}", type=kind, time=f"2026-12-05T03:{at:02d}:00Z", subject=name, data=data)
        for at, (kind, name, data) in enumerate(said)
    ]
    driver = _Driver()
    found = driver.run([*_start(), *log], frozenset())
    assert _named(found) == [("2026-11", "orders", "employee", "an", 100, "e1")]
    metric, part = parse_field("orders")
    assert driver.cells[Cell(metric, "employee", "an", 20261120, part)] == 0
