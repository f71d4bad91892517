"""The list behind a figure as a sheet: all its rows are known at one version, then come in chunks.

The rows (which facts, for whom, on which day) are those of one version, as many as the figure says
at it; what a fact says of itself is read chunk by chunk, a moment later.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

import orjson
from redis.asyncio import Redis

from schemas.facts import (
    AnyFact,
    Call,
    Contact,
    Contract,
    Customer,
    Email,
    Message,
    Note,
    Order,
    Payment,
    Task,
)
from schemas.tables import TenantKeys
from services.query import lists
from services.query.export import Cell, Heading, Sheet, major
from services.query.fact_rows import own_fields, row_of
from services.query.fact_rows_values import is_instant
from services.query.names import Sight

CHUNK: Final = 500
_CUSTOMER: Final = "customer_id"
_INTERACTIONS: Final = (Email, Message, Call, Note, Task)
_MIXED: Final[dict[str, tuple[type[AnyFact], ...]]] = {
    "persons_by_age": (Customer, Contact),
    "interactions": _INTERACTIONS,
    "interactions_with_customers": _INTERACTIONS,
    "issues": (Task, Order, Payment, Contract),
}
"""Lists with facts of several kinds; all others are of one."""
_MONEY: Final = frozenset({"amount", "discount", "vat", "shipping", "paid", "reversed"})
_DAYS: Final = frozenset(
    {
        "day",
        "order_day",
        "last_contact",
        "last_bought",
        "start",
        "end",
        "effective_from",
        "effective_to",
        "renewed_from",
        "voucher_date",
    }
)


Placing = Callable[[lists.Row], lists.Row]
Naming = Callable[[Sequence[dict[str, Any]]], Awaitable[list[dict[str, Any]]]]


async def facts_sheet(
    redis: Redis,
    keys: TenantKeys,
    name: str,
    rows: Sequence[lists.RowKey],
    placed: Placing | None = None,
    *,
    sight: Sight,
    named: Naming | None = None,
) -> Sheet:
    """Return the sheet of a whole list.

    Shape:  `name` is the counting KPI; columns are the members of the rows of `/v1/facts`;
            `placed` says of a row when and for whom it counts, where the list does not;
            `sight` as `row_of` has it; `named` puts `customer_name` beside `customer_id`.
    Units:  money in major units of the row's currency, instants in UTC.
    Errors: Problem `cursor_expired` where the figures were rebuilt since the rows were read.
    """
    waiting = iter(rows)
    first = await _read(redis, keys, waiting, sight)
    columns = _columns(name, rows, first, has_names=named is not None)

    async def chunks() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        found = first
        while found:
            shown = found if placed is None else map(placed, found)
            told = [row_of(row, sight=sight) for row in shown]
            told = told if named is None else await named(told)
            yield [_cells(row, columns) for row in told]
            found = await _read(redis, keys, waiting, sight)

    return Sheet(name, tuple(Heading(_label(column)) for column in columns), chunks())


async def _read(
    redis: Redis, keys: TenantKeys, waiting: Iterable[lists.RowKey], sight: Sight
) -> list[lists.Row]:
    chunk = list(islice(waiting, CHUNK))
    if not chunk:
        return []
    async with redis.pipeline(transaction=False) as pipe:
        pipe.execute_command(*lists.facts_command(keys, chunk))
        (reply,) = await pipe.execute()
    await sight.load(reply)
    return lists.rows_of(chunk, reply)


def _columns(
    name: str, rows: Sequence[lists.RowKey], first: Sequence[lists.Row], *, has_names: bool
) -> tuple[str, ...]:
    """Return the columns: what stands in every row, then all that its kinds of facts show."""
    head = ["kind", "id", "day", "employee_id", "department_id"]
    has = (
        ("at", any(is_instant(row.day) for row in rows)),
        ("times", any(row.times for row in rows)),
        ("part", any(row.part for row in rows)),
    )
    head += [column for column, is_there in has if is_there]
    kinds = _MIXED.get(name) or tuple({type(row.fact): None for row in first})
    own = [column for kind in kinds for column in own_fields(kind("", 0))]
    if has_names and _CUSTOMER in own:
        own.insert(own.index(_CUSTOMER) + 1, "customer_name")
    return tuple(dict.fromkeys([*head, *own]))


def _label(column: str) -> str:
    return f"{column} (UTC)" if column == "at" or column.endswith("_at") else column


def _cells(row: dict[str, Any], columns: Sequence[str]) -> list[Cell]:
    currency = row.get("currency")
    return [_cell(column, row.get(column), currency) for column in columns]


def _cell(column: str, value: Any, currency: str | None) -> Cell:
    match value:
        case None | bool() | float():
            return value
        case int():
            return major(value, currency) if column in _MONEY and currency else value
        case str():
            return _text(column, value)
        case list() if all(isinstance(one, str) for one in value):
            return "; ".join(value)
        case _:
            return orjson.dumps(value).decode()


def _text(column: str, value: str) -> Cell:
    if column == "at" or column.endswith("_at"):
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return date.fromisoformat(value) if column in _DAYS else value
