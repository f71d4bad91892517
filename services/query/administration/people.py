"""People as administrators see them, and the events by which they join, move and leave. Pure.

Only what differs becomes an event: a name that is put right is no move, and makes no new place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from schemas.calendar import day_start, format_day, format_time, from_date
from schemas.events.people import (
    EmployeeExtensionChanged,
    EmployeePseudonymised,
    EmployeeUpserted,
)
from schemas.facts import Employee
from schemas.tables import NOBODY
from services.query.administration.bodies import NewPerson, PersonChange
from services.query.administration.grants import granted
from services.query.basis import Basis
from services.query.organisation import Organisation
from services.query.problems import Problem
from services.query.writing import Change

_UPSERTED: Final = EmployeeUpserted.event_type
_PLACED: Final = frozenset({"department_id", "other_department_ids", "manager_id"})


class _Now(NamedTuple):
    """What is known of somebody as of now; an unknown one is as nobody has said anything of."""

    name: str = ""
    is_active: bool = True
    department_id: str | None = None
    manager_id: str | None = None
    since: int | None = None
    extension: str | None = None
    version: int = 0
    others: tuple[str, ...] = ()


def _now(fact: Employee | None) -> _Now:
    if fact is None:
        return _Now()
    version, name, is_active, _ = fact.profile or (0, "", True, None)
    since, placed, department, manager = fact.places[-1] if fact.places else (None, 0, None, None)
    extension = fact.extensions[-1] if fact.extensions else None
    versions = (version, placed, extension[0] if extension else 0)
    number = extension[3] if extension else None
    others = dict(fact.others).get(since, ()) if since is not None else ()
    return _Now(name, is_active, department, manager, since, number, max(versions), others)


def rows(org: Organisation) -> Iterator[dict[str, Any]]:
    """Yield what is known of each employee, by name, those who have left last."""

    def order(name: str) -> tuple[bool, str, str]:
        return not org.is_active(name), org.employee_name(name).casefold(), name

    for employee_id in sorted(set(org.employees) - {NOBODY}, key=order):
        fact = org.employees[employee_id]
        now = _now(fact)
        yield {
            "id": employee_id,
            "name": org.employee_name(employee_id),
            "active": org.is_active(employee_id),
            "is_known": fact.profile is not None,
            "is_pseudonymous": org.former(employee_id) is not None,
            "department_id": now.department_id,
            "other_department_ids": list(now.others),
            "manager_id": now.manager_id,
            "extension": now.extension,
            "grants": granted(org, employee_id),
            "places": [
                {
                    "valid_from": format_day(day),
                    "department_id": department,
                    "other_department_ids": list(dict(fact.others).get(day, ())),
                    "manager_id": manager,
                }
                for day, _, department, manager in fact.places
            ],
        }


def created(basis: Basis, body: NewPerson) -> list[Change]:
    """Return the events of somebody new; Problem 409 `exists`, 422 for an unknown place."""
    fact = basis.org.employees.get(body.id)
    if fact is not None and fact.profile is not None:
        detail = f"'{body.id}' is {basis.org.employee_name(body.id)}: change them instead"
        raise Problem(409, "exists", detail)
    given = body.model_dump(exclude={"id"}, exclude_unset=True)
    check_place(basis.org, body.id, given)
    return changes(basis, body.id, given)


def altered(basis: Basis, employee_id: str, body: PersonChange) -> list[Change]:
    """Return the events by which somebody is renamed, moved, leaves or comes back."""
    known(basis.org, employee_id)
    given = body.model_dump(exclude_unset=True)
    for name in ("name", "active"):
        if name in given and given[name] is None:
            raise Problem(422, "missing_field", f"'{name}' cannot be null", pointer=f"/{name}")
    check_place(basis.org, employee_id, given)
    return changes(basis, employee_id, given)


def changes(
    basis: Basis, employee_id: str, given: Mapping[str, Any], *, is_history: bool = False
) -> list[Change]:
    """Return the events that make it as given: members that are left out stay as they are.

    Shape:  given has members of `PersonChange`; `valid_from` is a date, by default today;
            `is_history` says that it is told for its own days only, whatever came after.
    Errors: Problem 409 `moved_later`: a place of a later day would hide this one.
    Laws:   nothing given that is so already makes an event; a change of departments or manager
            never touches the days before its `valid_from` (G3); an event says all of a place, so
            what is left out goes along as it is.
    """
    now = _now(basis.org.employees.get(employee_id))
    wish = {
        "name": now.name or employee_id,
        "department_id": now.department_id,
        "other_department_ids": now.others,
        "manager_id": now.manager_id,
        "active": now.is_active,
    } | {name: value for name, value in given.items() if name not in ("extension", "valid_from")}
    wish["other_department_ids"] = _once(wish["other_department_ids"])
    day = given.get("valid_from")
    found: list[Change] = []
    place = (wish["department_id"], wish["manager_id"], wish["other_department_ids"])
    is_placed = now.since is not None and place == (
        now.department_id,
        now.manager_id,
        list(now.others),
    )
    moves = not is_placed or (day is not None and bool(_PLACED & given.keys()))
    is_said = bool(now.name) and (wish["name"], wish["active"]) == (now.name, now.is_active)
    if moves or not is_said:
        first = from_date(day) if day is not None else basis.today
        if moves and not is_history and now.since is not None and first < now.since:
            later = format_day(now.since)
            detail = f"there is a move on {later} already: give that day or a later one"
            raise Problem(409, "moved_later", detail, pointer="/valid_from", day=later)
        since = first if moves or now.since is None else now.since
        data = {name: value for name, value in wish.items() if value not in (None, [])}
        data["valid_from"] = format_day(since)
        found.append(Change(_UPSERTED, employee_id, data, after=now.version))
    if "extension" in given and given["extension"] != now.extension:
        at_ms = basis.now_ms
        if day is not None:
            at_ms = day_start(from_date(day), basis.settings.time_zone)
        number = {"extension": given["extension"], "changed_at": format_time(at_ms)}
        event_type = EmployeeExtensionChanged.event_type
        found.append(Change(event_type, employee_id, number, after=now.version))
    return found


def is_so(org: Organisation, employee_id: str, given: Mapping[str, Any], day: date) -> bool:
    """Say whether somebody is as given, and was placed as given from a day on."""
    fact = org.employees.get(employee_id)
    if fact is None or fact.profile is None:
        return False
    others = dict(fact.others)
    besides = tuple(_once(given.get("other_department_ids")))
    place = (from_date(day), given["department_id"], given["manager_id"], besides)
    places = {
        (since, department, manager, others.get(since, ()))
        for since, _, department, manager in fact.places
    }
    numbers = {None, *(entry[3] for entry in fact.extensions)}
    return (
        place in places
        and fact.profile[1:3] == (given["name"], given["active"])
        and given.get("extension") in numbers
    )


def _once(others: Iterable[str] | None) -> list[str]:
    """Return ids as the fold keeps them: each once, in order."""
    return sorted(set(others or ()))


def pseudonymised(basis: Basis, employee_id: str, actor_id: str) -> list[Change]:
    """Return what names a leaver no more; Problem 409 `still_here` for who has not left."""
    fact = known(basis.org, employee_id)
    if basis.org.is_active(employee_id):
        detail = f"{basis.org.employee_name(employee_id)} has not left: nobody is unnamed before"
        raise Problem(409, "still_here", detail)
    if fact.pseudonymised is not None:
        return []
    by = {"actor_id": actor_id} if actor_id else {}
    return [Change(EmployeePseudonymised.event_type, employee_id, by)]


def known(org: Organisation, employee_id: str) -> Employee:
    """Return somebody's fact; Problem 404 `unknown_employee`."""
    fact = org.employees.get(employee_id)
    if fact is None:
        raise Problem(404, "unknown_employee", f"nobody is called '{employee_id}' here")
    return fact


def check_place(org: Organisation, employee_id: str, given: Mapping[str, Any]) -> None:
    """See that department and manager are there.

    Errors: Problem 422 `unknown_department`, `unknown_employee` or `own_manager`, with a pointer.
    """
    department, manager = given.get("department_id"), given.get("manager_id")
    if department is not None and department not in org.departments:
        detail = f"there is no department '{department}'"
        raise Problem(422, "unknown_department", detail, pointer="/department_id")
    for other in given.get("other_department_ids") or ():
        if other not in org.departments:
            detail = f"there is no department '{other}'"
            raise Problem(422, "unknown_department", detail, pointer="/other_department_ids")
    if manager is not None and manager not in org.employees:
        detail = f"nobody is called '{manager}' here"
        raise Problem(422, "unknown_employee", detail, pointer="/manager_id")
    if manager == employee_id:
        detail = "nobody is their own manager"
        raise Problem(422, "own_manager", detail, pointer="/manager_id")
