"""A formula says exactly what a person with pencil and paper would count."""

from __future__ import annotations

import operator
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import State, Watch
from schemas.formulas import Form, Formula, check_syntax, compiled, form_of
from services.notifier.alerts.readings import plan, watched
from services.notifier.tenants import Settings, Tenant
from services.query.figures import computed

_COUNTS = ("orders", "orders_approved", "orders_pending", "calls_outbound")
_VALUES = st.fixed_dictionaries({name: st.integers(0, 10_000) for name in _COUNTS})
_CONSTANTS = st.one_of(st.integers(1, 9).map(str), st.sampled_from(["0.5", "1.25", "0.1", "3.14"]))


_SUNDAY_MS = round(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)
_BEYOND = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _scaled(text: str, constant: str, way: int) -> str:
    return (f"{constant} * ({text})", f"({text}) * {constant}", f"({text}) / {constant}")[way]


_SUMS = st.recursive(
    st.sampled_from(_COUNTS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.builds(_scaled, inner, _CONSTANTS, st.integers(0, 2)),
        inner.map(lambda text: f"-({text})"),
    ),
    max_leaves=6,
)


def _by_hand(text: str, values: dict[str, int]) -> Fraction:
    """Count with exact numbers, by Python itself, whatever the forms are."""
    words = {name: f"Fraction({value})" for name, value in values.items()}
    spaced = text.replace("(", " ( ").replace(")", " ) ").split()
    said = [
        words.get(word, f"Fraction('{word}')" if word[0].isdigit() else word) for word in spaced
    ]
    found: Fraction = eval(" ".join(said), {"Fraction": Fraction})  # noqa: S307 - our own text
    return found


def _formula(expression: str, unit: str) -> Formula | None:
    document = {"label_en": "x", "unit": unit, "expression": expression}
    found, wrong = compiled({"made": document})
    if wrong:
        assert wrong["made"].code in {"nothing", "by_zero"}  # it cancels out
        return None
    made = found["made"]
    assert isinstance(made, Formula)
    return made


@given(_SUMS, _VALUES)
def test_a_sum_is_that_of_a_person(text: str, values: dict[str, int]) -> None:
    """Sums, differences and constants in any nesting, to the last digit."""
    made = _formula(text, "count")
    if made is not None:
        tallies = {name: {"": values[name]} for name in made.form.names}
        found = computed(made, tallies, "VND")["value"]
        assert found == float(_by_hand(text, values))


@given(_SUMS, _SUMS, _VALUES)
def test_a_ratio_is_sum_over_sum(above: str, below: str, values: dict[str, int]) -> None:
    """Over zero there is none; it is never a sum of ratios."""
    made = _formula(f"({above}) / ({below})", "ratio")
    if made is None:
        return
    tallies = {name: {"": values[name]} for name in made.form.names}
    found = computed(made, tallies, "VND")["value"]
    bottom = _by_hand(below, values)
    assert found == (None if bottom == 0 else float(_by_hand(above, values) / bottom))


@given(_VALUES, _VALUES, _SUMS)
def test_a_sum_adds_over_people(one: dict[str, int], two: dict[str, int], text: str) -> None:
    """The department is its people, for every sum of figures that add up over people."""
    both = {name: one[name] + two[name] for name in _COUNTS}
    assert _by_hand(text, both) == _by_hand(text, one) + _by_hand(text, two)
    made = _formula(text, "count")
    assert made is None or made.adds_over_people


_DAYS = st.lists(_VALUES, min_size=7, max_size=7)
_LIMITS = st.tuples(st.integers(-20_000, 60_000), st.sampled_from(["<", "<=", ">", ">="]))


@given(_SUMS, st.one_of(st.none(), _SUMS), _DAYS, _LIMITS)
def test_an_alert_fires_exactly_where_a_person_would(
    above: str, below: str | None, days: list[dict[str, int]], limit: tuple[int, str]
) -> None:
    """The formula of the whole window is beyond its limit, or the alert is ok; none over zero."""
    text, unit = (above, "count") if below is None else (f"({above}) / ({below})", "ratio")
    made = _formula(text, unit)
    if made is None:
        return
    tenant = Tenant("acme", 0, "g1", Settings("UTC", "VND"), {}, {"made": made})
    warn, sign = limit[0] / (1 if below is None else 1000), limit[1]
    rule = {"name": "x", "metric": "made", "window": "week", "warn": warn, "operator": sign}
    watch = Watch.read("x", {**rule, "defined_at": "2026-11-22T00:00:00Z"}, "UTC")
    assert watched(watch, tenant) == tuple(made.form.names)
    planned = plan(watch, tenant, _SUNDAY_MS)
    keys = sorted({key for key, _ in planned.places})
    at = dict(zip(keys, days, strict=True))
    cells = {(key, metric): at[key][metric] for key, metric in planned.places}
    value = planned.value(cells)
    whole = {name: sum(day[name] for day in days) for name in _COUNTS}
    top, bottom = _by_hand(above, whole), 1 if below is None else _by_hand(below, whole)
    assert value == (float(top / bottom) if bottom else None)
    state, notice = watch.step(State(), value, _SUNDAY_MS)
    is_beyond = value is not None and _BEYOND[sign](value, warn)
    assert (state.level == "warn", notice is not None) == (is_beyond, is_beyond)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("nothing_like_this", "unknown_metric"),
        ("tasks_open + orders", "not_additive"),
        ("win_rate", "not_additive"),
        ("customers_buying / orders", "not_additive"),
        ("orders + revenue", "wrong_unit"),
        ("orders / revenue", "wrong_unit"),
        ("made", "circle"),
        ("other", "circle"),
        ("manual_one", "unknown_metric"),
        ("orders + 1", "constant"),
        ("1 / orders", "constant"),
        ("orders * orders", "product"),
        ("orders / calls_outbound + orders", "ratio_added"),
        ("(orders / calls_outbound) / orders", "ratio_divided"),
        ("orders / 0", "by_zero"),
        ("orders - orders", "nothing"),
        ("", "syntax"),
        ("orders calls", "syntax"),
        ("orders ** 2", "syntax"),
        ("orders.above", "syntax"),
        ("orders[0]", "syntax"),
        ("__import__('os')", "syntax"),
        ("[orders for orders in ()]", "syntax"),
        ("'x' * 999999999", "syntax"),
        ("(" * 400 + "orders", "syntax"),
        ("orders + " * 90 + "orders", "too_long"),
    ],
)
def test_what_is_no_definition_is_refused(expression: str, code: str) -> None:
    """The refusal names the rule; nothing but figures and constants is ever walked."""
    documents: dict[str, dict[str, Any]] = {
        "made": {"label_en": "x", "unit": "count", "expression": expression},
        "other": {"label_en": "x", "unit": "count", "expression": "made"},
        "manual_one": {"label_en": "x", "unit": "count", "manual": True},
    }
    assert compiled(documents)[1]["made"].code == code


def test_formulas_over_formulas_are_over_what_these_are_made_of() -> None:
    """A chain is one sum; one that is too deep, or has a name of ours, is none."""
    documents = {
        "half_all": {"label_en": "x", "unit": "count", "expression": "all_done / 2"},
        "all_done": {"label_en": "x", "unit": "count", "expression": "orders - orders_pending"},
        "orders": {"label_en": "x", "unit": "count", "expression": "calls_outbound"},
        "Bad": {"label_en": "x", "unit": "count", "expression": "orders"},
        "in_money": {"label_en": "x", "unit": "money_mean", "expression": "revenue / orders"},
    }
    found, wrong = compiled(documents)
    half = found["half_all"]
    assert isinstance(half, Formula)
    assert half.form == Form((("orders", Fraction(1, 2)), ("orders_pending", Fraction(-1, 2))))
    assert {name: error.code for name, error in wrong.items()} == {
        "orders": "name_taken", "Bad": "bad_name",
    }  # fmt: skip
    mean = found["in_money"]
    assert isinstance(mean, Formula)
    told = {"orders": {"": 3}, "revenue": {"VND": 100, "USD": 1}}
    assert computed(mean, told, "VND")["why"] == "mixed_currencies"
    assert computed(mean, {**told, "revenue": {"VND": 100}}, "VND")["value"] == 33
    deep = {
        f"f_{n:02d}": {**documents["all_done"], "expression": f"f_{n + 1:02d}"} for n in range(40)
    }
    deep["f_40"] = documents["all_done"]
    assert compiled(deep)[1]["f_00"].code == "too_deep"
    check_syntax("a + b")
    assert form_of("a", lambda name: Form(((name, Fraction(1)),))).names == ["a"]
