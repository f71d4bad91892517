"""From counts to figures: what a person is shown. Pure.

Cells are integers that add up; means and ratios are divided here, when read, and never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.formula_values import plain, total, value_of, whole
from schemas.formulas import Formula
from schemas.kpis import Kpi

Tally = dict[str, int]
"""Currency ('' for what is no money) -> amount, count, seconds or thousandths."""

_THOUSAND = 1000


def shown(kpi: Kpi, tally: Tally, currency: str) -> dict[str, Any]:
    """Return a figure that is no ratio, from what was counted.

    Units:  money in minor units, `value` in the tenant's currency and the rest in `others`;
            quantities in pieces.
    """
    if kpi.unit == "money":
        return _money(tally, currency)
    return {"value": number(kpi, tally.get("", 0))}


def number(kpi: Kpi, value: int) -> float:
    """Return a stored integer as people read it: thousandths become a number."""
    if kpi.unit != "quantity":
        return value
    whole, rest = divmod(value, _THOUSAND)
    return value / _THOUSAND if rest else whole


def divided(kpi: Kpi, above: Tally, below: Tally, currency: str) -> dict[str, Any]:
    """Return a ratio.

    Laws:   sum over sum, null over zero. A mean of money is null ('mixed_currencies') where part
            of the money is in another currency: its orders cannot be told apart. It is rounded
            half up to a minor unit.
    """
    denominator = below.get("", 0)
    if kpi.unit != "money_mean":
        numerator = above.get("", 0)
        value = numerator / denominator if denominator else None
        return {"value": value, "parts": {"numerator": numerator, "denominator": denominator}}
    found = _money(above, currency)
    numerator = found["value"]
    found["parts"] = {"numerator": numerator, "denominator": denominator}
    found["value"] = None
    if "others" in found:
        found["why"] = "mixed_currencies"
    elif denominator:
        found["value"] = (2 * numerator + denominator) // (2 * denominator)
    return found


def computed(kpi: Formula, tallies: Mapping[str, Tally], currency: str) -> dict[str, Any]:
    """Return a figure that the tenant made of ours.

    Shape:  (formula, what was counted of each of its figures, the tenant's currency).
    Laws:   exactly what the expression says of the figures, money rounded half up to whole units
            once; a ratio is sum over sum, null over zero, and null
            ('mixed_currencies') where money in another currency is part of it.
    """
    currencies = {name for tally in tallies.values() for name in tally if name} | {currency}
    above = {name: total(kpi.form.above, tallies, name) for name in currencies}
    if kpi.form.below is None:
        found: dict[str, Any] = {"value": whole(above[currency], kpi.unit)}
        if kpi.unit == "money":
            others = [
                {"value": whole(value, kpi.unit), "currency": name}
                for name, value in sorted(above.items())
                if name != currency and value
            ]
            found |= {"currency": currency, **({"others": others} if others else {})}
        return found
    below = total(kpi.form.below, tallies, currency)
    parts = {"numerator": plain(above[currency]), "denominator": plain(below)}
    if any(
        amount
        for tally in tallies.values()
        for name, amount in tally.items()
        if name not in {"", currency}
    ):
        return {"value": None, "parts": parts, "why": "mixed_currencies"}
    found = {"value": value_of(kpi.form, kpi.unit, tallies, currency), "parts": parts}
    return {**found, "currency": currency} if kpi.unit == "money_mean" else found


def _money(by_currency: Mapping[str, int], currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {"value": by_currency.get(currency, 0), "currency": currency}
    others = [
        {"value": value, "currency": name}
        for name, value in sorted(by_currency.items())
        if name != currency and value
    ]
    if others:
        found["others"] = others
    return found
