"""Departments as administrators see them, and the events by which the tree changes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.events.people import DepartmentUpserted
from schemas.tables import NOBODY
from services.query.administration.bodies import DepartmentChange, NewDepartment
from services.query.organisation import Organisation
from services.query.problems import Problem
from services.query.writing import Change

_TYPE: Final = DepartmentUpserted.event_type
_NEW: Final = (0, "", None, None, True)


def rows(org: Organisation) -> Iterator[dict[str, Any]]:
    """Yield what is known of each department, by name; `people` are those active in it now."""
    counts = {name: len(org.members([name])) for name in org.departments}
    for name in sorted(org.departments, key=lambda each: (org.department_name(each), each)):
        if name != NOBODY:
            _, _, parent, head, is_active = org.departments[name].profile or _NEW
            yield {
                "id": name,
                "name": org.department_name(name),
                "parent_id": parent,
                "head_id": head,
                "active": is_active,
                "people": counts[name],
            }


def created(org: Organisation, body: NewDepartment) -> list[Change]:
    """Return the event of a new one; Problem 409 `exists`, and those of `check_places`."""
    fact = org.departments.get(body.id)
    if fact is not None and fact.profile is not None:
        detail = f"'{body.id}' is {org.department_name(body.id)}: change it instead"
        raise Problem(409, "exists", detail)
    given = body.model_dump(exclude={"id"}, exclude_unset=True)
    _check_places(org, body.id, given)
    return changes(org, body.id, given)


def altered(org: Organisation, department_id: str, body: DepartmentChange) -> list[Change]:
    """Return the event by which one is renamed, moved, led by another, closed or opened.

    Errors: Problem 404 `unknown_department`, 409 `in_use`, and those of `_check_places`.
    """
    if department_id not in org.departments:
        raise Problem(404, "unknown_department", f"there is no department '{department_id}'")
    given = body.model_dump(exclude_unset=True)
    for name in ("name", "active"):
        if name in given and given[name] is None:
            raise Problem(422, "missing_field", f"'{name}' cannot be null", pointer=f"/{name}")
    if given.get("active") is False:
        _check_empty(org, department_id)
    _check_places(org, department_id, given)
    return changes(org, department_id, given)


def changes(org: Organisation, department_id: str, given: Mapping[str, Any]) -> list[Change]:
    """Return the event that makes it as given, none where it is so already."""
    fact = org.departments.get(department_id)
    is_known = fact is not None and fact.profile is not None
    version, name, parent, head, is_active = (fact and fact.profile) or _NEW
    now: dict[str, Any] = {"name": name, "parent_id": parent, "head_id": head, "active": is_active}
    wish = {**now, **given}
    if is_known and wish == now:
        return []
    data = {key: value for key, value in wish.items() if value is not None}
    return [Change(_TYPE, department_id, data | {"name": wish["name"] or department_id}, version)]


def _check_places(org: Organisation, department_id: str, given: Mapping[str, Any]) -> None:
    """See that parent and head are there, and that the tree stays one.

    Errors: Problem 422 `unknown_department`, `cycle` or `unknown_employee`, with a pointer.
    """
    parent, head = given.get("parent_id"), given.get("head_id")
    if parent is not None and parent not in org.departments:
        detail = f"there is no department '{parent}'"
        raise Problem(422, "unknown_department", detail, pointer="/parent_id")
    if parent is not None and department_id in org.tree.chain(parent):
        detail = f"'{parent}' is the department itself, or below it"
        raise Problem(422, "cycle", detail, pointer="/parent_id")
    if head is not None and head not in org.employees:
        detail = f"nobody is called '{head}' here"
        raise Problem(422, "unknown_employee", detail, pointer="/head_id")


def in_circles(org: Organisation, parents: Mapping[str, str | None]) -> set[str]:
    """Return those of these departments that would be below themselves, with these parents."""
    known = {
        name: None if fact.profile is None else fact.profile[2]
        for name, fact in org.departments.items()
    }
    tree = {**known, **parents}
    found: set[str] = set()
    for name in parents:
        seen: set[str] = set()
        current = tree.get(name)
        while current is not None and current not in seen and current != name:
            seen.add(current)
            current = tree.get(current)
        if current == name:
            found.add(name)
    return found


def _check_empty(org: Organisation, department_id: str) -> None:
    people = len(org.members([department_id]))
    below = [
        name
        for name, fact in org.departments.items()
        if fact.profile is not None and fact.profile[2] == department_id and fact.profile[4]
    ]
    if people or below:
        detail = f"{people} people and {len(below)} departments are in it: move them first"
        raise Problem(409, "in_use", detail, people=people, departments=len(below))
