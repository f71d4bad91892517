"""Lines of goods, on orders, returns and stock vouchers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas.events.base import Id
from schemas.money import Money

MOST_UNITS = 10**9


def _thousandths(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("invalid_field", "a quantity is a number")
    if not 0 <= value <= MOST_UNITS or abs(round(value * 1000) / 1000 - value) > 1e-9:
        raise PydanticCustomError(
            "invalid_field", "a quantity is 0 to 10^9 with at most three decimals"
        )
    return value


Quantity = Annotated[
    float,
    BeforeValidator(_thousandths),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MOST_UNITS}),
]
"""How much of a product; counted in thousandths."""


class Line(BaseModel):
    """One product on a document. Units: `amount` net, after the line's discount; 0 for a gift."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: Id
    quantity: Quantity
    amount: Money | None = None


Lines = Annotated[list[Line], Field(max_length=500)]
