"""Which customers of a cohort pass the filters of lifecycle and sales performance. Pure."""

from __future__ import annotations

import numpy as np

from schemas.tables import NOBODY
from services.query.cohorts.columns import Array, Columns
from services.query.cohorts.picked import code_of, has, within
from services.query.periods import Period


def customers(
    columns: Columns,
    created: Period,
    owners: frozenset[str] | None,
    stage: str | None,
    source: str | None = None,
) -> Array:
    """Return the slots of the customers created in a window, owned and staged as asked.

    Shape:  owners None: all, '-' in it: those without owner; stage and source None: all, '':
            those that have none.
    Source: D-111, D-112, D-113, E-61, E-62, E-63.
    """
    people = columns.people
    slots = np.flatnonzero(people["live"] & within(people["created_day"], *created))
    if owners is not None:
        wanted = columns.codes.chosen("" if name == NOBODY else name for name in owners)
        slots = slots[wanted[people["owner"][slots]]]
    code = code_of(columns, stage)
    if code is not None:
        slots = slots[people["stage"][slots] == code]
    return slots[has(columns.sources, "source", slots, code_of(columns, source))]


def earliest(*keys: Array) -> Array:
    """Return, ascending by the last key, the places of the rows that come first of it."""
    order = np.lexsort(keys)
    groups = keys[-1][order]
    starts = np.ones(len(order), bool)
    starts[1:] = groups[1:] != groups[:-1]
    found: Array = order[starts]
    return found
