"""Which figure a story asks for."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.kpis import Kpi
from schemas.tables import Scope


@dataclass(frozen=True, slots=True)
class Question:
    """Which figure is asked for.

    Units:  first and last are days (yyyymmdd), both included; 0 where none is given (as of now).
    """

    kpi: Kpi
    scope: Scope
    scope_id: str
    first: int
    last: int
    by: str = ""
    basis: str = ""
    sub: bool = False
    late: bool = False
