"""The KPI catalogue: the one definition of every figure, live and historical.

Names are permanent. A change of a definition raises its `version`, which makes a new generation
of tables (design 3.3).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from schemas.kpis.buyers import BUYERS
from schemas.kpis.calls import CALLS
from schemas.kpis.care import CARE, INTERACTIONS
from schemas.kpis.conversion import CONVERSION
from schemas.kpis.customers import CUSTOMERS
from schemas.kpis.goods import GOODS
from schemas.kpis.journey import JOURNEY
from schemas.kpis.model import Kpi, based
from schemas.kpis.opportunities import OPPORTUNITIES
from schemas.kpis.orders import ORDERS
from schemas.kpis.stock import STOCK
from schemas.kpis.tasks import TASKS

_ALL = (
    *CUSTOMERS,
    *JOURNEY,
    *CONVERSION,
    *CALLS,
    *CARE,
    *TASKS,
    *OPPORTUNITIES,
    *ORDERS,
    *BUYERS,
    *GOODS,
    *STOCK,
)

CATALOGUE: Final = MappingProxyType({kpi.name: kpi for kpi in _ALL})
"""KPI name -> definition, in the order of display."""

LISTS: Final = tuple(
    based(kpi.name, basis)
    for kpi in CATALOGUE.values()
    if kpi.is_stored and kpi.list_name == kpi.name
    for basis in ("", *kpi.bases)
)
"""The stored names which have a list of facts of their own."""

SCORED: Final = tuple(sorted({kpi.of for kpi in CATALOGUE.values() if kpi.additivity == "timed"}))
"""The scored lists there are."""

VISITED: Final = frozenset(
    based(part, basis)
    for kpi in CATALOGUE.values()
    if kpi.additivity == "distinct"
    for part in (*kpi.parts, *kpi.unless)
    for basis in ("", *kpi.bases)
)
"""The stored names which remember the customers behind them."""

FLOWS: Final = {
    part: (kpi.parts[0], kpi.parts[1])
    for kpi in CATALOGUE.values()
    if kpi.additivity == "stock"
    for part in kpi.parts
}
"""Of every flow of a stock: (who entered, who left). They are listed by dimension only."""

__all__ = ["CATALOGUE", "FLOWS", "INTERACTIONS", "LISTS", "SCORED", "VISITED", "Kpi", "based"]
