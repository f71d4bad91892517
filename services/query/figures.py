"""From cells to figures: which cells a KPI needs, and what a person is shown. Pure.

Cells are integers that add up; means and ratios are divided here, when read, and never stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import parse_dimension, parse_field

Sums = dict[str, int]
"""Stored field ('revenue|currency:VND') -> sum."""


def stored_parts(kpi: Kpi) -> tuple[str, ...]:
    """Return the stored KPIs from which a figure is made."""
    return (kpi.name,) if kpi.is_stored else (kpi.numerator, kpi.denominator)


def add(into: Sums, cells: Mapping[bytes, bytes] | Mapping[str, int]) -> None:
    """Add the cells of one hash into sums."""
    for name, value in cells.items():
        text = name.decode() if isinstance(name, bytes) else name
        into[text] = into.get(text, 0) + int(value)


def amounts(metric: str, sums: Mapping[str, int]) -> dict[str, int]:
    """Return currency -> amount of a money KPI; without its other dimensions."""
    prefix = f"{metric}|currency:"
    return {
        parse_dimension(parse_field(name)[1])["currency"]: value
        for name, value in sums.items()
        if name.startswith(prefix) and "," not in name
    }


def figure(kpi: Kpi, sums: Mapping[str, int], currency: str) -> dict[str, Any]:
    """Return the value of a KPI from sums of its cells.

    Shape:  {value, currency?, others?, parts?, why?}.
    Units:  money in minor units; `value` in the tenant's currency, the rest in `others`.
    Laws:   a ratio is sum over sum, null over zero. A mean of money is null ('mixed_currencies')
            where part of the money is in another currency: its orders cannot be told apart.
    """
    if kpi.is_stored:
        if kpi.unit != "money":
            return {"value": sums.get(kpi.name, 0)}
        return _money(amounts(kpi.name, sums), currency)
    denominator = sums.get(kpi.denominator, 0)
    if kpi.unit != "money_mean":
        numerator = sums.get(kpi.numerator, 0)
        value = numerator / denominator if denominator else None
        return {"value": value, "parts": {"numerator": numerator, "denominator": denominator}}
    found = _money(amounts(kpi.numerator, sums), currency)
    numerator = found["value"]
    found["parts"] = {"numerator": numerator, "denominator": denominator}
    found["value"] = None
    if "others" in found:
        found["why"] = "mixed_currencies"
    elif denominator:
        found["value"] = (2 * numerator + denominator) // (2 * denominator)
    return found


def has_value(kpi: Kpi, sums: Mapping[str, int]) -> bool:
    """Say whether any cell from which a figure is made is not zero."""
    names = stored_parts(kpi)
    return any(value and name.partition("|")[0] in names for name, value in sums.items())


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


def by_dimension(kpi: Kpi, sums: Mapping[str, int], name: str) -> dict[str, Sums]:
    """Split sums by the values of one dimension.

    Shape:  dimension value -> sums whose fields have lost that dimension.
    """
    wanted = frozenset(stored_parts(kpi))
    found: defaultdict[str, Sums] = defaultdict(dict)
    for text, value in sums.items():
        metric, dimension_text = parse_field(text)
        if metric in wanted and f"{name}:" in dimension_text:
            dimensions = parse_dimension(dimension_text)
            if dimensions.keys() - {"currency"} == {name}:
                rest = f"{metric}|currency:{c}" if (c := dimensions.get("currency")) else metric
                found[dimensions[name]][rest] = value
    return dict(found)


def plain_fields(metrics: Iterable[Kpi]) -> tuple[str, ...] | None:
    """Return the fields that hold these KPIs, or None if money makes them unforeseeable."""
    parts = [CATALOGUE[part] for kpi in metrics for part in stored_parts(kpi)]
    if any(part.unit == "money" for part in parts):
        return None
    return tuple(dict.fromkeys(part.name for part in parts))


def presentation(kpi: Kpi) -> dict[str, Any]:
    """Return what stands beside the value of a figure."""
    found: dict[str, Any] = {
        "metric": kpi.name,
        "label": kpi.label_en,
        "unit": kpi.unit,
        "definition": kpi.definition,
    }
    if kpi.additivity == "gauge":
        found["day"] = "now"
    return found
