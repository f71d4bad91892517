"""The pure core that also says which thresholds of targets each event crossed."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.changes import Crossing
from schemas.envelope import LogEvent
from schemas.tables import Scope
from services.aggregator.core.aims import crossings
from services.aggregator.core.memory import Missing
from tests.properties.pure_driver import TENANT, PureDriver


class CrossingDriver(PureDriver):
    """Folds events, and asks after each of them what it crossed."""

    def __init__(self, tenant: str = TENANT) -> None:
        super().__init__(tenant)
        self.crossings: list[Crossing] = []

    def apply(self, each: LogEvent) -> None:
        """Apply one event and note what it crossed."""
        super().apply(each)
        self.crossings += self._crossed(each)

    def _crossed(self, each: LogEvent) -> list[Crossing]:
        while True:
            try:
                return crossings(self.tenant, each, self._held)
            except Missing as missing:
                for period in missing.periods:
                    self.tenant.watch.load(period, {}, ())

    def _held(self, scope: Scope, scope_id: str, point: int) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for cell, value in self.cells.items():
            of = cell.day if point > 999_999 else cell.day // 100
            if (cell.scope, cell.scope_id, of) == (scope, scope_id, point):
                name = f"{cell.metric}|{cell.dimension}" if cell.dimension else cell.metric
                found[name] = found.get(name, 0) + value
        return found
