"""Scenario files: what happened, in local time, and what a person then sees.

    title: a task counts where it starts and where it ends
    rows: [V1, D-35]
    now: 2024-01-05 12:00
    steps:
      - events:
          - 2023-10-20 09:00 task.created t1: {start: 2023-10-20, end: 2023-12-20, assignees: [an]}
        expect:
          tasks company 2023-11: 0 # it only runs through November

*Event*: `<local time> <type> <subject>: <data>`. The time is that of the envelope, and of the
`..._at` its type asks for. A time in the data may be local ('2026-11-03 09:00'), an amount a
number of dongs or '25 USD' (minor units), lines `product quantity amount` (amount of dongs).
*Expected*: `<kpi> <whose> [<month, day or first..last>] [by <dimension>] [at <basis>] [with sub]
[late]` -> a number, `n/d` for a ratio, 'not available', {currency: amount}, or with `by`
{value: number}.
*Reports*: see `asking.py`. *Views*, of who may see what: see `viewing.py`. *Attainment*, of
targets: see `aiming.py`; the value of a target is a number, or an amount: '300 VND'.
*Changes*: `<field> <whose> <day>: <restated|not restated>`, as the change stream says it.
A step begins where the one before ended; `now` is the reader's clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from schemas.calendar import DEFAULT_TIME_ZONE, from_date, zone
from schemas.events import EVENT_MODELS
from schemas.kpis import CATALOGUE
from schemas.tables import COMPANY_ID, NOBODY, Scope
from tests.scenarios.aiming import SCORE, Aimed, parted
from tests.scenarios.asking import Asked, asked
from tests.scenarios.question import Question
from tests.scenarios.viewing import View, split

FOLDER: Final = Path(__file__).parent / "stories"
SOURCE: Final = "scenario"
_PARTS: Final = frozenset(
    {"say", "now", "events", "expect", "changes", "reports", "views", "attainment"}
)
_AIM: Final = "target.set"
_NOW: Final = "2026-11-20 12:00"
_SETTING: Final = "2020-01-01 08:00 setting.changed company"
_LOCAL: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
_MONEY: Final = frozenset({"total", "value", "discount", "vat", "shipping", "amount"})
_RESERVED: Final = frozenset({"permission.changed", "period.locked", "calendar.defined"})
_EXPECTED: Final = re.compile(
    r"^(?P<kpi>\w+) (?P<whose>\S+)(?: (?P<range>\d{4}\S+))?(?: by (?P<by>\w+))?"
    r"(?: at (?P<basis>\w+))?(?P<sub> with sub)?(?P<late> late)?$"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a story, without its tenant."""

    id: str
    type: str
    time: str
    subject: str
    data: dict[str, Any]

    def body(self, tenant: str) -> dict[str, Any]:
        """Return it as a CloudEvent of a tenant."""
        head = {"specversion": "1.0", "source": SOURCE, "tenantid": tenant}
        own = {"id": self.id, "type": self.type, "time": self.time, "subject": self.subject}
        return {**head, **own, "data": self.data}


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure as the file says it."""

    text: str
    question: Question
    value: Any


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """A change which the stream told, as the file says it."""

    text: str
    field: str
    scope: Scope
    scope_id: str
    day: int
    restated: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, and what is then seen. Units: now_ms since 1970 UTC."""

    events: tuple[Event, ...]
    now_ms: int
    expected: tuple[Expected, ...]
    changes: tuple[ExpectedChange, ...]
    reports: tuple[Asked, ...] = ()
    views: tuple[View, ...] = ()
    aims: tuple[Aimed, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One scenario."""

    name: str
    title: str
    rows: tuple[str, ...]
    in_order: bool
    steps: tuple[Step, ...]

    @property
    def is_reserved(self) -> bool:
        """Say whether only the administrator may send some of its events."""
        return any(event.type in _RESERVED for step in self.steps for event in step.events)


def stories(folder: Path = FOLDER) -> list[Story]:
    """Read all scenario files, in the order of their names; the people come first in each."""
    people = yaml.safe_load((folder.parent / "people.yaml").read_text())["events"]
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for number, raw in enumerate(yaml.safe_load_all(path.read_text()), start=1):
            found.append(_story(f"{path.stem}-{number}", raw, people))
    return found


def _story(name: str, raw: dict[str, Any], people: list[Any]) -> Story:
    unknown = raw.keys() - {"title", "rows", "now", "zone", "in_order", "steps"}
    assert not unknown, f"{name}: {unknown}"
    reader = _Reader(name, raw.get("zone", DEFAULT_TIME_ZONE))
    if "zone" in raw:
        people = [{_SETTING: {"time_zone": raw["zone"]}}, *people]
    now, steps = raw.get("now", _NOW), []
    for number, step in enumerate(raw["steps"]):
        unknown = step.keys() - _PARTS
        assert not unknown, f"{name}: {unknown}"
        now = step.get("now", now)
        events = [*(people if number == 0 else []), *(step.get("events") or [])]
        steps.append(
            Step(
                tuple(reader.event(each) for each in events),
                round(reader.moment(now).timestamp() * 1000),
                tuple(reader.expected(*each) for each in (step.get("expect") or {}).items()),
                tuple(reader.change(*each) for each in (step.get("changes") or {}).items()),
                tuple(asked(*each) for each in (step.get("reports") or {}).items()),
                tuple(reader.view(*each) for each in (step.get("views") or {}).items()),
                tuple(reader.aim(*each) for each in (step.get("attainment") or {}).items()),
            )
        )
    rows = tuple(raw.get("rows", ()))
    return Story(name, raw["title"], rows, bool(raw.get("in_order")), tuple(steps))


class _Reader:
    """Reads the short forms of one file; knows which subjects are departments."""

    def __init__(self, name: str, zone_name: str) -> None:
        self.name = name
        self.zone = zone(zone_name)
        self.departments: set[str] = set()
        self.count = 0

    def moment(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=self.zone)

    def event(self, raw: dict[str, Any]) -> Event:
        ((head, given),) = raw.items()
        day, clock, event_type, subject = head.split(" ", 3)
        time = self.moment(f"{day} {clock}").isoformat()
        given = dict(given or {})
        aim = given.pop("value") if event_type == _AIM else None
        data = {key: self._plain(key, value) for key, value in given.items()}
        if aim is not None:
            data["value"] = aim if isinstance(aim, int) else _money(aim)
        for field, info in EVENT_MODELS[event_type].model_fields.items():
            if field.endswith("_at") and info.is_required():
                data.setdefault(field, time)
        if event_type == "department.upserted":
            self.departments.add(subject)
        self.count += 1
        return Event(f"{self.name}-{self.count}", event_type, time, subject, data)

    def _plain(self, key: str, value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        if key == "lines":
            return [_line(line) for line in value]
        if key in _MONEY and value is not None:
            return _money(value)
        if isinstance(value, str) and _LOCAL.match(value):
            return self.moment(value).isoformat()
        return value

    def expected(self, text: str, value: Any) -> Expected:
        found = _EXPECTED.match(text)
        assert found, f"{self.name}: {text}"
        scope, scope_id = self._whose(found["whose"])
        first, last = _range(found["range"]) if found["range"] else (0, 0)
        question = Question(
            CATALOGUE[found["kpi"]], scope, scope_id, first, last,
            found["by"] or "", found["basis"] or "", bool(found["sub"]), bool(found["late"]),
        )  # fmt: skip
        return Expected(text, question, value)

    def view(self, text: str, value: int | str) -> View:
        viewer, door, figure = split(text)
        return View(text, viewer, door, self.expected(figure, value).question, value)

    def aim(self, text: str, value: str) -> Aimed:
        whose, period, metric, sub = parted(text)
        assert metric == SCORE or metric in CATALOGUE, f"{self.name}: {text}"
        return Aimed(text, *self._whose(whose), period, metric, sub, value)

    def change(self, text: str, value: str) -> ExpectedChange:
        field, whose, day = text.split(" ")
        scope, scope_id = self._whose(whose)
        assert value in {"restated", "not restated"}, f"{self.name}: {text}"
        return ExpectedChange(text, field, scope, scope_id, _range(day)[0], value == "restated")

    def _whose(self, name: str) -> tuple[Scope, str]:
        if name == "company":
            return "company", COMPANY_ID
        if name == "nobody":
            return "employee", NOBODY
        if name == "no-department":
            return "department", NOBODY
        return ("department" if name in self.departments else "employee"), name


def _money(value: Any) -> dict[str, Any]:
    amount, _, currency = str(value).partition(" ")
    return {"amount": int(amount), "currency": currency or "VND"}


def _line(text: str) -> dict[str, Any]:
    product, quantity, *amount = text.split(" ", 2)
    line: dict[str, Any] = {"product_id": product, "quantity": float(quantity)}
    return line | ({"amount": _money(amount[0])} if amount else {})


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("..")
    begin = date.fromisoformat(first if len(first) == 10 else f"{first}-01")
    end = date.fromisoformat(last or first) if len(last or first) == 10 else None
    if end is None:
        year, month = map(int, (last or first).split("-"))
        end = date(year, month, calendar.monthrange(year, month)[1])
    return from_date(begin), from_date(end)


def expectations(found: list[Story]) -> Iterator[tuple[Story, int, Expected]]:
    """Return every expected figure with its story and the number of its step."""
    for story in found:
        for number, step in enumerate(story.steps):
            for expected in step.expected:
                yield story, number, expected
