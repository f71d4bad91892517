"""Figures that a tenant makes itself: a formula over ours, or a value that a person writes down.

An expression adds and subtracts figures, multiplies and divides them by constants, and may be one
such sum over another: `(orders - orders_pending) / calls_outbound`. The library simpleeval reads
and walks it; what it walks over are forms (sums of figures), not numbers, so the result *is* the
definition, and everything else is refused. The period is never part of it. Pure.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from simpleeval import InvalidExpression, SimpleEval

from schemas.kpis import CATALOGUE, Kpi
from schemas.kpis.model import Additivity, Unit

LONGEST: Final = 512
NAME: Final = r"[a-z][a-z0-9_]{2,63}"
_DEEPEST: Final = 16
_SUMMED: Final = frozenset({"sum", "cohort", "tagged"})
"""Kinds of figures that a formula may take: their parts add up over days and people."""
_OPERATORS: Final = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}
_NODES: Final = (ast.Expr, ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant)
_FITTING: Final[dict[tuple[str, str], Unit]] = {
    ("money", "count"): "money_mean",
    ("seconds", "count"): "seconds_mean",
}
"""Units of numerator and denominator -> that of the ratio; of all others it is `ratio`."""


class FormulaError(ValueError):
    """An expression that is no definition. `code` names the rule."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


Terms = tuple[tuple[str, Fraction], ...]
"""Figures and what they are multiplied with, by name; no 0."""


def _terms(found: Mapping[str, Fraction]) -> Terms:
    return tuple((name, value) for name, value in sorted(found.items()) if value)


def _constant(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(str(value))


@dataclass(frozen=True, slots=True)
class Form:
    """A sum of figures, or one over another (`below`); the empty sum is 0.

    Laws:   addition, subtraction and multiplication with a constant are those of sums; a ratio is
            added to nothing.
    """

    above: Terms
    below: Terms | None = None

    def _plus(self, other: object, sign: int) -> Form:
        if not isinstance(other, Form):
            raise FormulaError("constant", "a constant multiplies or divides; it is not added")
        if self.below is not None or other.below is not None:
            raise FormulaError("ratio_added", "a ratio is sum over sum; it is not added to others")
        found = dict(self.above)
        for name, value in other.above:
            found[name] = found.get(name, Fraction()) + sign * value
        return Form(_terms(found))

    def __add__(self, other: object) -> Form:
        return self._plus(other, 1)

    def __sub__(self, other: object) -> Form:
        return self._plus(other, -1)

    def __radd__(self, other: object) -> Form:
        return self._plus(other, 1)

    def __rsub__(self, other: object) -> Form:
        return self._plus(other, -1)

    def __neg__(self) -> Form:
        return self * -1

    def __mul__(self, other: object) -> Form:
        by = _constant(other)
        if by is None:
            raise FormulaError("product", "figures are multiplied with constants only")
        return Form(_terms({name: value * by for name, value in self.above}), self.below)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Form:
        if isinstance(other, Form):
            if self.below is not None or other.below is not None:
                raise FormulaError("ratio_divided", "a ratio is one sum over one other sum")
            if not other.above:
                raise FormulaError("by_zero", "nothing is divided by 0")
            return Form(self.above, other.above)
        by = _constant(other)
        if not by:
            raise FormulaError("by_zero", "nothing is divided by 0")
        return Form(_terms({name: value / by for name, value in self.above}), self.below)

    def __rtruediv__(self, other: object) -> Form:
        raise FormulaError("constant", "a constant is not divided by figures")

    @property
    def names(self) -> list[str]:
        """The figures it is made of, each once."""
        return list(dict.fromkeys(name for name, _ in (*self.above, *(self.below or ()))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula(Kpi):
    """A figure that a tenant made of ours."""

    form: Form
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual(Kpi):
    """A figure that people write down: qualitative, and always marked so (B-04)."""


def names_in(expression: str) -> list[str]:
    """Return the names of an expression; FormulaError where it is none."""
    return [node.id for node in ast.walk(_tree(expression)) if isinstance(node, ast.Name)]


def _tree(expression: str) -> ast.Expression:
    if len(expression) > LONGEST:
        raise FormulaError("too_long", f"an expression has at most {LONGEST} characters")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("syntax", "this is no expression like (orders - x) / calls") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _constant(node.value) is None:
            raise FormulaError("syntax", "the constants of a formula are numbers")
    return tree


def form_of(expression: str, named: Callable[[str], Form]) -> Form:
    """Return what an expression says, out of the forms of its names.

    Errors: FormulaError: `syntax`, `constant`, `product`, `ratio_added`, `ratio_divided`,
            `by_zero`, `too_long`, `nothing`, and those of `named`.
    """
    names = {name: named(name) for name in names_in(expression)}
    reader = SimpleEval(operators=_OPERATORS, functions={}, names=names)
    reader.nodes = {kind: walk for kind, walk in reader.nodes.items() if kind in _NODES}
    try:
        found = reader.eval(expression.strip())
    except FormulaError:
        raise
    except (InvalidExpression, TypeError, ArithmeticError, ValueError, KeyError) as error:
        raise FormulaError("syntax", f"no formula: {type(error).__name__}") from None
    if not isinstance(found, Form):
        raise FormulaError("nothing", "a formula is about at least one figure")
    if not found.above and found.below is None:
        raise FormulaError("nothing", "these figures cancel each other out")
    return found


def check_syntax(expression: str) -> None:
    """See that an expression can be a definition, whatever its names mean; FormulaError else."""
    form_of(expression, lambda name: Form(((name, Fraction(1)),)))


Made = Mapping[str, Kpi]


def compiled(documents: Mapping[str, Mapping[str, Any]]) -> tuple[Made, dict[str, FormulaError]]:
    """Return the figures of a tenant by name, and what is wrong with those that are none.

    Shape:  documents as `formula.defined` has them, by name.
    Laws:   a formula over formulas is the formula over what these are made of; circles are none.
    """
    maker = _Maker(documents)
    found: dict[str, Kpi] = {}
    wrong: dict[str, FormulaError] = {}
    for name in sorted(documents):
        try:
            found[name] = maker.kpi(name)
        except FormulaError as error:
            wrong[name] = error
    return found, wrong


class _Maker:
    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._documents = documents
        self._under_way: list[str] = []

    def kpi(self, name: str) -> Kpi:
        document = self._documents[name]
        if not re.fullmatch(NAME, name):
            raise FormulaError("bad_name", "a name is 3 to 64 small letters, digits and _")
        if name in CATALOGUE:
            raise FormulaError("name_taken", f"'{name}' is a figure of the catalogue")
        said = document.get("description") or document.get("expression") or ""
        common: dict[str, Any] = {
            "name": name,
            "label_en": document["label_en"],
            "label_vi": document.get("label_vi") or document["label_en"],
            "unit": document["unit"],
            "source": "own",
            "events": (),
            "attribution": "parts",
            "definition": said,
            "definition_vi": said,
            "version": document.get("version") or 1,
        }
        if document.get("manual"):
            return Manual(**common, date_basis="now", additivity="manual", adds_over_people=False)
        form = self._form(name)
        unit = unit_of(form)
        if unit != document["unit"]:
            raise FormulaError("wrong_unit", f"this is in {unit}, not in {document['unit']}")
        kind: Additivity = "formula" if form.below is None else "formula_ratio"
        parts = [CATALOGUE[part] for part in form.names]
        return Formula(
            **common,
            date_basis="parts",
            additivity=kind,
            adds_over_people=form.below is None and all(part.adds_over_people for part in parts),
            streamed=all(part.streamed for part in parts),
            form=form,
            expression=document["expression"],
        )

    def _form(self, name: str) -> Form:
        if name in self._under_way:
            circle = " -> ".join([*self._under_way[self._under_way.index(name) :], name])
            raise FormulaError("circle", f"this goes round in a circle: {circle}")
        if len(self._under_way) >= _DEEPEST:
            raise FormulaError("too_deep", f"formulas over formulas over more than {_DEEPEST}")
        self._under_way.append(name)
        try:
            return form_of(self._documents[name].get("expression") or "", self._named)
        finally:
            self._under_way.pop()

    def _named(self, name: str) -> Form:
        kpi = CATALOGUE.get(name)
        if kpi is not None:
            if kpi.additivity not in _SUMMED:
                detail = f"{name} ({kpi.additivity}) must not be summed"
                raise FormulaError("not_additive", detail)
            return Form(((name, Fraction(1)),))
        document = self._documents.get(name)
        if document is None or document.get("manual"):
            raise FormulaError("unknown_metric", f"'{name}' is not a figure of the catalogue")
        return self._form(name)


def unit_of(form: Form) -> Unit:
    """Return the unit of a form; FormulaError where it adds what is of different kinds."""
    above = _common_unit(form.above)
    if form.below is None:
        return above
    below = _common_unit(form.below)
    if below == "money" and above != "money":
        raise FormulaError("wrong_unit", "nothing but money is divided by money")
    return _FITTING.get((above, below), "ratio")


def _common_unit(terms: Iterable[tuple[str, Fraction]]) -> Unit:
    units = sorted({CATALOGUE[name].unit for name, _ in terms})
    if len(units) > 1:
        raise FormulaError("wrong_unit", f"{' and '.join(units)} are not added")
    return units[0] if units else "count"
