"""One translated item: a CloudEvent, or a row that makes none, with the reason.

Errors are values here too: one bad row must not end an import of a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from schemas.money import minor_digits
from schemas.rejection import Rejection

Event = dict[str, Any]
Row = Mapping[str, str]


class Unreadable(NamedTuple):
    """A row that makes no event.

    Shape:  where is 'sales_pipeline.csv:17'; the pointer names the column.
    """

    where: str
    rejection: Rejection


Item = Event | Unreadable


def event(source: str, kind: str, subject: str, time: str, data: dict[str, Any]) -> Event:
    """Return one CloudEvent, without its tenant.

    Laws:   the id is a function of type, subject, time and data: the same row makes the same id,
            a row that changed makes another one. Fields of `data` that are None are kept.
    """
    content = orjson.dumps([subject, time, data], option=orjson.OPT_SORT_KEYS)
    return {
        "specversion": "1.0",
        "id": f"{kind}:{sha256(content).hexdigest()[:24]}",
        "source": source,
        "type": kind,
        "time": time,
        "subject": subject,
        "data": data,
    }


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are known: an empty cell is an absent value."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def money(text: str, currency: str) -> dict[str, Any]:
    """Return an amount in minor units.

    Errors: ValueError for anything that is not a number of whole minor units.
    """
    try:
        amount = Decimal(text).scaleb(minor_digits(currency))
    except InvalidOperation:
        raise ValueError(f"'{text}' is not an amount") from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"'{text}' is not a number of minor units of {currency}")
    return {"amount": int(amount), "currency": currency}


def numbered(name: str, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    """Yield each row with its place, 'name.csv:2' for the first one below the heading."""
    for line, row in enumerate(rows, start=2):
        yield f"{name}.csv:{line}", row


def unreadable(where: str, column: str, problem: str) -> Unreadable:
    """Return the value that stands for a row with a bad cell."""
    return Unreadable(where, Rejection("invalid_field", problem, f"/{column}"))


def in_order(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the unreadable rows as they come, then the events by time.

    Laws:   equal times stay in the order of the rows.
    """
    events: list[Event] = []
    for item in items:
        if isinstance(item, Unreadable):
            yield item
        else:
            events.append(item)
    yield from sorted(events, key=_time)


def _time(item: Event) -> str:
    return str(item["time"])


def addressed(item: Item, tenant: str, where: str) -> Item:
    """Return the item for the tenant written to.

    Errors: `wrong_tenant` if it names another one: an export of one company is not quietly
            written into another.
    """
    if isinstance(item, Unreadable):
        return item
    named = item.get("tenantid")
    if named is None:
        return {**item, "tenantid": tenant}
    if named != tenant:
        detail = f"the event belongs to '{named}', not to '{tenant}'"
        return Unreadable(where, Rejection("wrong_tenant", detail, "/tenantid"))
    return item
