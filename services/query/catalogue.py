"""Which figures there are for a tenant: ours, and those it made itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from schemas.formulas import Formula, FormulaError, Manual, compiled
from schemas.kpis import CATALOGUE, Kpi
from services.query.basis import Basis
from services.query.configuration import Configuration
from services.query.problems import invalid

_OURS = tuple(field.name for field in fields(Kpi))


@lru_cache(maxsize=256)
def _made(documents: bytes) -> tuple[Mapping[str, Kpi], Mapping[str, FormulaError]]:
    found, wrong = compiled(orjson.loads(documents))
    return MappingProxyType({**CATALOGUE, **found}), MappingProxyType(wrong)


def made_by(configuration: Configuration) -> tuple[Mapping[str, Kpi], Mapping[str, FormulaError]]:
    """Return every figure of a tenant by name, and what is wrong with formulas that are none."""
    documents = configuration.of("formula")
    if not documents:
        return CATALOGUE, MappingProxyType({})
    return _made(orjson.dumps(dict(documents), option=orjson.OPT_SORT_KEYS))


def catalogue(basis: Basis) -> Mapping[str, Kpi]:
    """Return name -> definition of every figure of the tenant, in the order of display."""
    return made_by(basis.configuration)[0]


def metric_named(basis: Basis, name: str, parameter: str = "metrics") -> Kpi:
    """Return a figure of the tenant; Problem `unknown_metric` lists what there is."""
    known, wrong = made_by(basis.configuration)
    found = known.get(name)
    if found is None:
        detail = f"'{name}' is not a KPI of the catalogue (/v1/catalogue)"
        if name in wrong:
            detail = f"'{name}' is no figure any more: {wrong[name].detail}"
        raise invalid("unknown_metric", detail, parameter, known=list(known))
    return found


def names_of(text: str) -> list[str]:
    """Return the names of a comma-separated list, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def metrics_named(basis: Basis, text: str) -> list[Kpi]:
    """Return the figures of a comma-separated list; all of the tenant's for an empty one."""
    named = [metric_named(basis, name) for name in names_of(text)]
    return named or list(catalogue(basis).values())


def described(kpi: Kpi) -> dict[str, Any]:
    """Return a definition as plain values; of one of the tenant's own how it is made."""
    found = {name: getattr(kpi, name) for name in _OURS}
    return {**found, **own(kpi)}


def own(kpi: Kpi) -> dict[str, Any]:
    """Return the members that mark a figure of the tenant's own; none of one of ours."""
    match kpi:
        case Formula():
            return {"own": True, "expression": kpi.expression, "made_of": kpi.form.names}
        case Manual():
            return {"own": True, "manual": True}
        case _:
            return {}
