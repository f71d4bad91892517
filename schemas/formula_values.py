"""What a sum of figures, or one over another, is for what was counted. Pure.

Answers, streams and alerts ask here, so a formula is the same number wherever it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from schemas.formulas import Form, Formula, Terms
from schemas.kpis import CATALOGUE, Kpi

_THOUSAND: Final = 1000
Counted = Mapping[str, Mapping[str, int]]
"""Figure -> currency ('' for what is no money) -> amount, count, seconds or thousandths."""


def form_behind(kpi: Kpi) -> Form | None:
    """Return the sums of cells that a figure is; None where it is not made of cells alone.

    Laws:   what is tagged is a sum of cells too: those of the values whose terms carry the tag.
    """
    if isinstance(kpi, Formula):
        form = kpi.form
    elif kpi.additivity == "ratio":
        form = Form(((kpi.numerator, Fraction(1)),), ((kpi.denominator, Fraction(1)),))
    else:
        form = Form(((kpi.name, Fraction(1)),))
    return form if all(_is_of_cells(name) for name in form.names) else None


def adds_over_places(form: Form) -> bool:
    """Say whether a sum of several departments is the sum of theirs: nothing is in two of them."""
    return all(CATALOGUE[name].adds_over_people for name in form.names)


def _is_of_cells(name: str) -> bool:
    kpi = CATALOGUE.get(name)
    return kpi is not None and (kpi.is_stored or kpi.additivity == "tagged")


def value_of(form: Form, unit: str, counted: Counted, currency: str) -> float | None:
    """Return the value in a currency: exact, money rounded half up once; None over zero."""
    above = total(form.above, counted, currency)
    if form.below is None:
        return whole(above, unit)
    below = total(form.below, counted, currency)
    return whole(above / below, unit) if below else None


def total(terms: Terms, counted: Counted, currency: str) -> Fraction:
    """Return what a sum of figures comes to, of money that in one currency."""
    found = Fraction()
    for name, factor in terms:
        kpi = CATALOGUE[name]
        amount = Fraction(counted[name].get(currency if kpi.unit == "money" else "", 0))
        found += factor * (amount / _THOUSAND if kpi.unit == "quantity" else amount)
    return found


def whole(value: Fraction, unit: str) -> float:
    """Return an exact value as a figure of its unit."""
    if unit in {"money", "money_mean"}:
        return (2 * value.numerator + value.denominator) // (2 * value.denominator)
    return plain(value)


def plain(value: Fraction) -> float:
    """Return an exact value as a number: an integer where it is one."""
    return value.numerator if value.denominator == 1 else float(value)
