"""How the values inside a fact are written for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.calendar import format_day, format_time
from schemas.facts import Amount, Goods

_LAST_DAY = 99_999_999


def moment(at_ms: int | None) -> str | None:
    """Return an instant as text, None for none."""
    return None if at_ms is None else format_time(at_ms)


def day(value: int | None) -> str | None:
    """Return a day as text, None for none (0)."""
    return format_day(value) if value else None


def score(value: int) -> str | None:
    """Return the score of a list as a day or, if it is one, an instant; None for none (0)."""
    return day(value) if value <= _LAST_DAY else moment(value)


def is_instant(value: int) -> bool:
    """Say whether a score is an instant (ms), not a day."""
    return value > _LAST_DAY


def value_of(register: tuple[int, Any] | None) -> Any:
    """Return the value of a register, None for none."""
    return None if register is None else register[1]


def time_of(register: tuple[Any, ...] | None) -> str | None:
    """Return the instant that a register (version, at_ms, ...) holds."""
    return None if register is None else moment(register[1])


def money(amount: Amount | None) -> dict[str, Any]:
    """Return amount and currency, nulls for none."""
    return {
        "amount": None if amount is None else amount.amount,
        "currency": None if amount is None else amount.currency,
    }


def minor_units(register: tuple[int, Amount] | None) -> int | None:
    """Return the amount of a register in minor units, None for none."""
    return None if register is None else register[1].amount


def lines(goods: Sequence[Goods]) -> list[dict[str, Any]]:
    """Return goods as the lines of a document; a quantity is a number of up to three decimals."""
    return [
        {
            "product_id": line.product,
            "quantity": quantity(line.thousandths),
            "amount": line.amount if line.currency else None,
            "currency": line.currency or None,
        }
        for line in goods
    ]


def quantity(thousandths: int) -> int | float:
    """Return a quantity, whole where it is."""
    whole, rest = divmod(thousandths, 1000)
    return thousandths / 1000 if rest else whole
