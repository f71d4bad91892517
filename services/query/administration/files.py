"""Files of people and departments against what is there: what would change, or what is wrong. Pure.

A row says all there is to say of somebody, so a file that is sent again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from schemas.calendar import format_time
from schemas.envelope import LogEvent, read_event
from schemas.facts import Department, Employee
from schemas.people_csv import FORMS, Wrong, parse
from services.query.administration import departments, people
from services.query.basis import Basis
from services.query.organisation import Organisation
from services.query.problems import Problem
from services.query.writing import Change

What = Literal["people", "departments"]
Effect = Literal["new", "changed", "same"]
MOST_TOLD: Final = 100
_REFERENCES: Final[Mapping[What, tuple[tuple[str, What], ...]]] = {
    "people": (
        ("department_id", "departments"),
        ("other_department_ids", "departments"),
        ("manager_id", "people"),
    ),
    "departments": (("parent_id", "departments"), ("head_id", "people")),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file would do: its events, and of each row (line, id, name, what becomes of it)."""

    changes: list[Change] = field(default_factory=list)
    rows: list[tuple[int, str, str, Effect]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Return what who sends the file is shown; the first hundred rows that change something."""
        counts = Counter(effect for *_, effect in self.rows)
        told = [
            {"line": line, "id": subject, "name": name, "effect": effect}
            for line, subject, name, effect in self.rows
            if effect != "same"
        ]
        return {
            "rows": len(self.rows),
            **{effect: counts[effect] for effect in ("new", "changed", "same")},
            "first": told[:MOST_TOLD],
        }


def outcome(body: bytes, what: What, basis: Basis, tenant: str, most: int) -> Outcome:
    """Return what a file would do.

    Errors: Problem 422 `bad_rows` with the first hundred of what is wrong: all rows or none.
    """
    envelope = {
        "specversion": "1.0",
        "id": "row",
        "source": "file",
        "time": format_time(basis.now_ms),
        "tenantid": tenant,
    }
    parsed = parse(body, FORMS[what], envelope, most)
    events = [read_event(value) for value in parsed.events]
    wrong = parsed.wrong or [
        *_missing(events, what, basis.org),
        *_own_superiors(events, what, basis.org),
    ]
    if wrong:
        raise bad_rows(wrong)
    found = Outcome()
    known: Mapping[str, Employee | Department] = (
        basis.org.employees if what == "people" else basis.org.departments
    )
    for event in events:
        try:
            stated = _stated(event, what, basis)
        except Problem as problem:
            wrong.append(Wrong(_line(event), "valid_from", problem.code, problem.detail))
            continue
        fact = known.get(event.subject)
        is_new = fact is None or fact.profile is None
        effect: Effect = "same" if not stated else "new" if is_new else "changed"
        found.changes.extend(stated)
        found.rows.append((_line(event), event.subject, event.data["name"], effect))
    if wrong:
        raise bad_rows(wrong)
    return found


def bad_rows(wrong: list[Wrong]) -> Problem:
    """Return the problem that names what is wrong, row by row."""
    first = wrong[0]
    where = f"line {first.line}" + (f", column {first.column}" if first.column else "")
    detail = f"nothing was imported, {len(wrong)} things are wrong; {where}: {first.detail}"
    rows = [one._asdict() for one in wrong[:MOST_TOLD]]
    return Problem(422, "bad_rows", detail, wrong=len(wrong), rows=rows)


def _line(event: LogEvent) -> int:
    return int(event.id.rpartition("-")[2])


def _stated(event: LogEvent, what: What, basis: Basis) -> list[Change]:
    """Return the events of a row: nothing that is so already.

    Laws:   a place with a date of its own is one of the history, so the row is told as it is.
    """
    data = event.data
    if what == "departments":
        wish = {"parent_id": None, "head_id": None, **data}
        return departments.changes(basis.org, event.subject, wish)
    wish = {"department_id": None, "other_department_ids": None, "manager_id": None, **data}
    if "valid_from" in data:
        day = date.fromisoformat(data["valid_from"])
        if people.is_so(basis.org, event.subject, wish, day):
            return []
        wish["valid_from"] = day
    return people.changes(basis, event.subject, wish, is_history="valid_from" in data)


def _missing(events: list[LogEvent], what: What, org: Organisation) -> Iterator[Wrong]:
    """Yield the rows that name a department or a person whom neither the file nor the log has."""
    known: dict[What, set[str]] = {
        "people": set(org.employees),
        "departments": set(org.departments),
    }
    known[what] |= {event.subject for event in events}
    for event in events:
        for column, kind in _REFERENCES[what]:
            told = event.data.get(column) or ()
            for named in [told] if isinstance(told, str) else told:
                if named in known[kind]:
                    continue
                code = "unknown_department" if kind == "departments" else "unknown_employee"
                detail = f"'{named}' is neither in this file nor known here"
                yield Wrong(_line(event), column, code, detail)


def _own_superiors(events: list[LogEvent], what: What, org: Organisation) -> Iterator[Wrong]:
    """Yield the rows in which somebody manages themselves, or a department is below itself."""
    if what == "people":
        for event in events:
            if event.data.get("manager_id") == event.subject:
                yield Wrong(
                    _line(event), "manager_id", "own_manager", "nobody is their own manager"
                )
        return
    parents = {event.subject: event.data.get("parent_id") for event in events}
    circles = departments.in_circles(org, parents)
    for event in events:
        if event.subject in circles:
            detail = f"'{event.subject}' would be below itself"
            yield Wrong(_line(event), "parent_id", "cycle", detail)
