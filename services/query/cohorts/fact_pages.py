"""Pages of the list behind a number of a cohort report, in order of the fact numbers. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas.facts import (
    AnyFact,
    Call,
    Customer,
    Opportunity,
    Order,
    Task,
    owner_of,
)
from schemas.tables import NOBODY, pair
from services.query.basis import Basis
from services.query.cursors import read_cursor, write_cursor
from services.query.lists import Row, RowKey


class FactPage(NamedTuple):
    """One page of a list: the fact numbers on it, and the cursor of the next."""

    total: int
    numbers: Sequence[int]
    next: str | None


def page_of(
    numbers: Sequence[int], limit: int, cursor: str, mark: str, generation: str
) -> FactPage:
    """Return a page of a list of fact numbers, ascending and each once.

    Laws:   a page goes on after the number that was shown last: what came into the list or left
            it meanwhile makes no other row be skipped or repeated.
    Errors: Problem `bad_cursor`, `cursor_expired`.
    """
    after = read_cursor(cursor, generation, mark, (int,))
    start = 0 if after is None else bisect_left(numbers, after[0] + 1)
    shown = numbers[start : start + limit]
    has_more = start + limit < len(numbers)
    following = write_cursor(generation, mark, (shown[-1],)) if has_more else None
    return FactPage(len(numbers), shown, following)


def keys_of(numbers: Sequence[int]) -> list[RowKey]:
    """Return which rows are meant; when and for whom they count is said by `placed`."""
    return [RowKey(0, number) for number in numbers]


def placed(row: Row, basis: Basis) -> Row:
    """Return a row with the day and the employee that its fact says of itself.

    Laws:   the department is that of the employee now.
    """
    day, employee = _said(row.fact)
    department = basis.org.department_of(employee) if employee else NOBODY
    return row._replace(key=row.key._replace(day=day, pair=pair(department, employee or NOBODY)))


def _said(fact: AnyFact) -> tuple[int, str | None]:
    """Return the day (0 for none) and the employee of a fact; a task of several has none."""
    moment: tuple[Any, ...] | None = None
    employee = None
    match fact:
        case Customer():
            moment, employee = fact.created, owner_of(fact)
        case Call():
            moment, employee = fact.started or fact.connected or fact.ended, fact.agent
        case Task():
            people = fact.assignees[1] if fact.assignees else ()
            moment, employee = fact.created, people[0] if len(people) == 1 else None
        case Order() | Opportunity():
            moment, employee = fact.created, fact.owner[1] if fact.owner else None
    return (moment[2] or 0) if moment else 0, employee
