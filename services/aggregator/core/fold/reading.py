"""Reading values of an event: instants, days, money, goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.calendar import local_day, parse_day, parse_time
from schemas.envelope import LogEvent
from schemas.facts import Amount, Goods
from services.aggregator.core.registers import latest


def instant(event: LogEvent, field: str, zone: str) -> tuple[int, int]:
    """Return (ms, local day) of a time in `data`."""
    at = parse_time(event.data[field])
    return at, local_day(at, zone)


def moment(event: LogEvent, field: str, zone: str) -> tuple[int, int, int]:
    """Return (version, ms, local day) of a time in `data`."""
    return (event.version, *instant(event, field, zone))


def amount(money: Mapping[str, Any] | None) -> Amount | None:
    """Return money as a fact keeps it."""
    return None if money is None else Amount(money["amount"], money["currency"])


def goods(lines: Sequence[Mapping[str, Any]]) -> tuple[Goods, ...]:
    """Return lines as a fact keeps them."""
    found = []
    for line in lines:
        money = amount(line.get("amount")) or Amount(0, "")
        thousandths = round(line["quantity"] * 1000)
        found.append(Goods(line["product_id"], thousandths, money.amount, money.currency))
    return tuple(found)


def registers(fact: Any, event: LogEvent, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return register -> new value of the fields that are present, null included.

    Shape:  fields maps a register to the field of `data`.
    """
    data, version = event.data, event.version
    return {
        register: latest(getattr(fact, register), (version, data[field]))
        for register, field in fields.items()
        if field in data
    }


def money_registers(fact: Any, event: LogEvent, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return register -> new value of the amounts that are given; null says nothing."""
    found = {}
    for register, field in fields.items():
        value = amount(event.data.get(field))
        if value is not None:
            found[register] = latest(getattr(fact, register), (event.version, value))
    return found


def day_or_none(text: str | None) -> int:
    """Return yyyymmdd of a date, 0 for null."""
    return 0 if text is None else parse_day(text)


def deleted(fact: Any, event: LogEvent, *, says: bool = True) -> tuple[int, bool]:
    """Return the `deleted` register after an event that says yes or no."""
    before: tuple[int, bool] | None = fact.deleted
    return latest(before, (event.version, says))
