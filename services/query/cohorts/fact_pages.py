"""Pages of the list behind a number of a cohort report, in order of the fact numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from schemas.facts import (
    AnyFact,
    Call,
    Customer,
    Fact,
    Opportunity,
    Order,
    Payment,
    Task,
    owner_of,
)
from schemas.tables import NOBODY, TenantKeys, pair
from services.query.basis import Basis
from services.query.cursors import read_cursor, write_cursor
from services.query.fact_rows import row_of
from services.query.lists import Row, RowKey, facts_command, rows_of


class Page:
    """One page of a list.

    Shape:  `numbers` is the whole list, ascending; a number may stand in it repeatedly.
    Laws:   a page goes on after the number, and how many of it, that were shown last: whatever
            came into the list or left it meanwhile, none of the others is skipped or repeated.
    """

    def __init__(self, numbers: Sequence[int], limit: int, cursor: str, mark: str, basis: Basis):
        after = read_cursor(cursor, basis.generation, mark, (int, int))
        start = 0
        if after is not None:
            number, shown = after
            start = min(bisect_left(numbers, number) + shown, bisect_left(numbers, number + 1))
        self.total = len(numbers)
        self.numbers = numbers[start : start + limit]
        self.next: str | None = None
        if start + limit < len(numbers):
            last = self.numbers[-1]
            shown = start + limit - bisect_left(numbers, last)
            self.next = write_cursor(basis.generation, mark, (last, shown))


async def rows_at(
    redis: Redis, keys: TenantKeys, numbers: Sequence[int], basis: Basis
) -> list[Any]:
    """Return the rows of some facts, as `/v1/facts` shows them.

    Errors: Problem `cursor_expired` where the figures were rebuilt meanwhile.
    """
    if not numbers:
        return []
    waiting = keys_of(numbers)
    async with redis.pipeline(transaction=False) as pipe:
        pipe.execute_command(*facts_command(keys, waiting))
        (reply,) = await pipe.execute()
    return [row_of(placed(row, basis)) for row in rows_of(waiting, reply)]


def keys_of(numbers: Sequence[int]) -> list[RowKey]:
    """Return which rows are meant; where and when they count is said by `placed`."""
    return [RowKey(0, number) for number in numbers]


def placed(row: Row, basis: Basis) -> Row:
    """Return a row with the day and the employee that its fact says of itself.

    Laws:   the department is that of the employee now.
    """
    day, employee = _said(row.fact)
    department = basis.org.department_of(employee) if employee else NOBODY
    return row._replace(key=row.key._replace(day=day, pair=pair(department, employee or NOBODY)))


def _said(fact: AnyFact | Fact) -> tuple[int, str | None]:
    """Return (day or 0, employee) of a fact."""
    match fact:
        case Customer(created=created):
            return (created[2] if created else 0), owner_of(fact)
        case Call(started=started, connected=connected, ended=ended):
            began = started or connected or ended
            return (began[2] if began else 0), fact.agent
        case Task(created=created, assignees=assignees):
            people = assignees[1] if assignees else ()
            return (created[2] if created else 0), people[0] if len(people) == 1 else None
        case Order(created=moment, owner=owner):
            return (moment[2] if moment else 0), owner[1] if owner else None
        case Opportunity(created=dated, owner=owner):
            return (dated[2] or 0 if dated else 0), owner[1] if owner else None
        case Payment(received=received):
            return (received[2] if received else 0), None
    return 0, None
