"""Figures on trial: whose they are while only one department has them (A-09). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.calendar import parse_day
from schemas.facts import department_on
from schemas.tables import Scope
from schemas.tree import Tree


def has_trial(
    document: Mapping[str, Any], tree: Tree, scope: Scope, scope_id: str, day: int
) -> bool:
    """Say whether somebody has a figure that is on trial.

    Shape:  `document` as `rollout.changed` has it; `day` is the last one asked for.
    Laws:   it is told of the department, of those below it and of who is in them now, as soon as
            the range reaches the first day; never of the company.
    """
    place = {
        "employee": department_on(tree.employees.get(scope_id), 0),
        "department": scope_id,
        "company": None,
    }[scope]
    inside = tree.below(document["department_id"])
    return place in inside and day >= parse_day(document["valid_from"])
