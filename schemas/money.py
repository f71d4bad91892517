"""Money: an integer number of minor units with its currency, in one frozen type.

Currencies are never added together (G8) and an amount is never a float: 0.1 + 0.2 is how a
board stops agreeing with a pay slip. Minor units follow ISO 4217 (VND has none, USD has two).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from babel.core import get_global
from babel.numbers import get_currency_precision
from pydantic import BaseModel, ConfigDict, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

MAX_MINOR_UNITS = 10**15
"""Largest accepted amount: ten trillion dollars in cents; beyond that it is a mistake."""


@lru_cache(maxsize=1)
def currency_codes() -> frozenset[str]:
    """Return the ISO 4217 codes known to Unicode CLDR, historic ones included."""
    return frozenset(get_global("all_currencies"))


def minor_digits(currency: str) -> int:
    """Return how many decimal digits the minor unit of a currency has (VND 0, USD 2)."""
    return int(get_currency_precision(currency))


def check_currency(code: str) -> str:
    """Return the code, or raise `unknown_currency`."""
    if code not in currency_codes():
        raise PydanticCustomError(
            "unknown_currency", "'{code}' is not an ISO 4217 currency code", {"code": code[:16]}
        )
    return code


class Money(BaseModel):
    """An amount of money.

    Units:  `amount` in minor units of `currency` (ISO 4217), negative for refunds.
    Errors: `amount_not_integer`, `unknown_currency`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    amount: Annotated[
        int,
        WithJsonSchema(
            {"type": "integer", "minimum": -MAX_MINOR_UNITS, "maximum": MAX_MINOR_UNITS}
        ),
    ]
    currency: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]

    @field_validator("amount", mode="before")
    @classmethod
    def _integer(cls, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise PydanticCustomError(
                "amount_not_integer",
                "amount must be an integer number of minor units (ISO 4217), not {kind}",
                {"kind": type(value).__name__},
            )
        if abs(value) > MAX_MINOR_UNITS:
            raise PydanticCustomError("invalid_field", "amount is beyond 10^15 minor units")
        return value

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str) -> str:
        return check_currency(value)
