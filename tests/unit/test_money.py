"""Money is an integer of minor units with its currency, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from schemas.money import MAX_MINOR_UNITS, Money, check_currency, currency_codes, minor_digits

amounts = st.integers(-MAX_MINOR_UNITS, MAX_MINOR_UNITS)
currencies = st.sampled_from(sorted(currency_codes()))


def why(value: Any) -> tuple[str, str]:
    """Return the code and the field of the first error."""
    with pytest.raises(ValidationError) as caught:
        Money.model_validate(value)
    first = caught.value.errors()[0]
    return first["type"], ".".join(map(str, first["loc"]))


@given(amounts, currencies)
def test_money_comes_back_as_it_was_sent(amount: int, currency: str) -> None:
    """Reading and writing money changes nothing, up to the largest amount, also below zero."""
    sent = {"amount": amount, "currency": currency}
    assert Money.model_validate(sent).model_dump(mode="json") == sent


@given(st.floats() | st.booleans() | st.text() | st.none() | st.lists(st.integers()))
def test_an_amount_that_is_no_integer_is_refused(amount: Any) -> None:
    """A float, even a whole one, a boolean, a text or nothing is no amount."""
    assert why({"amount": amount, "currency": "VND"}) == ("amount_not_integer", "amount")


@given(st.integers(MAX_MINOR_UNITS + 1) | st.integers(max_value=-MAX_MINOR_UNITS - 1))
def test_an_amount_beyond_belief_is_refused(amount: int) -> None:
    """More than 10^15 minor units is a mistake."""
    assert why({"amount": amount, "currency": "VND"}) == ("invalid_field", "amount")


@given(st.text(max_size=4).filter(lambda code: code not in currency_codes()))
def test_an_unknown_currency_is_refused(code: str) -> None:
    """Any text that is not a code of ISO 4217 is refused, lower case included."""
    assert why({"amount": 1, "currency": code}) == ("unknown_currency", "currency")
    with pytest.raises(PydanticCustomError, match="is not an ISO 4217 currency code"):
        check_currency(code)


@pytest.mark.parametrize(
    ("currency", "digits"), [("VND", 0), ("JPY", 0), ("USD", 2), ("EUR", 2), ("KWD", 3)]
)
def test_minor_units_follow_iso_4217(currency: str, digits: int) -> None:
    """A dong has no minor unit, a dollar has two digits, a dinar three."""
    assert minor_digits(currency) == digits


@given(amounts, amounts)
def test_money_is_never_added(one: int, other: int) -> None:
    """There is no addition of money, so two currencies cannot be added by mistake."""
    with pytest.raises(TypeError):
        _ = Money(amount=one, currency="VND") + Money(amount=other, currency="USD")  # type: ignore[operator]


def test_money_cannot_be_changed() -> None:
    """Money is frozen."""
    money = Money(amount=1, currency="VND")
    with pytest.raises(ValidationError):
        money.amount = 2
