"""The KPI catalogue: the one definition of every figure, live and historical.

Names are permanent. A change of a definition raises its `version`, which makes a new generation
of tables (design 3.3).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from schemas.kpis.calls import CALLS
from schemas.kpis.customers import CUSTOMERS
from schemas.kpis.model import Kpi
from schemas.kpis.sales import SALES

CATALOGUE: Final = MappingProxyType({kpi.name: kpi for kpi in (*CUSTOMERS, *CALLS, *SALES)})
"""KPI name -> definition, in the order of display."""

LISTS: Final = tuple(
    kpi.name for kpi in CATALOGUE.values() if kpi.is_stored and kpi.list_name == kpi.name
)
"""The KPIs which have a list of facts of their own."""

__all__ = ["CATALOGUE", "LISTS", "Kpi"]
