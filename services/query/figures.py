"""From counts to figures: what a person is shown. Pure.

Cells are integers that add up; means and ratios are divided here, when read, and never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.kpis import Kpi
from schemas.tables import parse_dimension, parse_field

Sums = dict[str, int]
"""Stored field ('revenue|currency:VND') -> sum."""

Tally = dict[str, int]
"""Currency ('' for what is no money) -> amount, count, seconds or thousandths."""

_THOUSAND = 1000


def stored_parts(kpi: Kpi) -> tuple[str, ...]:
    """Return the KPIs from whose cells a stored figure, or a ratio, is made."""
    return (kpi.name,) if kpi.is_stored else (kpi.numerator, kpi.denominator)


def add(into: Sums, cells: Mapping[bytes, bytes] | Mapping[str, int]) -> None:
    """Add the cells of one hash into sums."""
    for name, value in cells.items():
        text = name.decode() if isinstance(name, bytes) else name
        into[text] = into.get(text, 0) + int(value)


def amounts(metric: str, sums: Mapping[str, int]) -> Tally:
    """Return currency -> amount of a money KPI; without its other dimensions."""
    prefix = f"{metric}|currency:"
    return {
        parse_dimension(parse_field(name)[1])["currency"]: value
        for name, value in sums.items()
        if name.startswith(prefix) and "," not in name
    }


def figure(kpi: Kpi, sums: Mapping[str, int], currency: str) -> dict[str, Any]:
    """Return the value of a stored KPI, or of a ratio of such, from sums of its cells.

    Shape:  {value, currency?, others?, parts?, why?}.
    """
    if kpi.is_stored:
        found = amounts(kpi.name, sums) if kpi.unit == "money" else {"": sums.get(kpi.name, 0)}
        return shown(kpi, found, currency)
    denominator: Tally = {"": sums.get(kpi.denominator, 0)}
    if kpi.unit == "money_mean":
        return divided(kpi, amounts(kpi.numerator, sums), denominator, currency)
    return divided(kpi, {"": sums.get(kpi.numerator, 0)}, denominator, currency)


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
