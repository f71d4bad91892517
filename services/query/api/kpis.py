"""`GET /v1/kpis/{scope}/{id}`: figures of a scope over a range of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from schemas.calendar import format_day
from schemas.kpis import Kpi
from schemas.tables import Scope, dimension, encode
from services.query.api.answer import answer, services_of
from services.query.figures import Sums, add, by_dimension, figure, has_value, presentation
from services.query.parameters import KpiParameters
from services.query.periods import Period, Slice, Step, points, slices
from services.query.problems import invalid
from services.query.reader import Basis, Command, Reading
from services.query.selection import (
    cells_of,
    facts_link,
    gauge_key,
    is_known,
    is_mentioned,
    kpis_named,
    period_of,
    read_cells,
    scope_named,
    targets,
    unknown_id,
)


async def kpis(request: Request) -> Response:
    """Answer figures."""
    services = services_of(request)
    caller = await services.access.caller(request)
    parameters = KpiParameters.model_validate(dict(request.query_params))
    question = KpiQuestion(
        scope_named(request.path_params["scope"]),
        request.path_params["id"],
        kpis_named(parameters.metrics),
        parameters,
        services.settings.max_range_days,
        services.settings.max_hashes,
    )
    question.check()
    reading = await services.reader.read(caller.partition, caller.tenant, question.plan)
    return answer(question.answer(reading))


@dataclass(frozen=True, slots=True)
class KpiQuestion:
    """One question for figures: what to read, and what to make of it."""

    scope: Scope
    scope_id: str
    kpis: list[Kpi]
    parameters: KpiParameters
    longest_range: int
    most_hashes: int

    def check(self) -> None:
        """Refuse a breakdown that the KPIs do not have."""
        name = self.parameters.dimension
        if self.parameters.by != "dimension":
            if name:
                detail = "'dimension' goes with 'by=dimension'"
                raise invalid("dimension_without_by", detail, "dimension")
            return
        for kpi in self.kpis:
            if name not in kpi.dimensions:
                detail = f"{kpi.name} is not kept by '{name}'"
                known = list(kpi.dimensions)
                raise invalid("unknown_dimension", detail, "dimension", known=known)

    @property
    def step(self) -> Step:
        """Return the step of the series."""
        return "none" if self.parameters.by == "dimension" else self.parameters.by

    @property
    def flows(self) -> list[Kpi]:
        """Return the KPIs of the range."""
        return [kpi for kpi in self.kpis if kpi.additivity != "gauge"]

    @property
    def gauges(self) -> list[Kpi]:
        """Return the KPIs of now."""
        return [kpi for kpi in self.kpis if kpi.additivity == "gauge"]

    def period(self, basis: Basis) -> Period:
        """Return the range of days."""
        given = self.parameters
        return period_of(given.from_, given.to, basis.today, self.longest_range)

    def _cuts(self, basis: Basis) -> list[tuple[str, Slice]]:
        if not self.flows:
            return []
        ids = targets(basis.org, self.scope, self.scope_id, self.parameters.sub)
        cuts = slices(self.period(basis), self.step)
        if len(ids) * len(cuts) > self.most_hashes:
            detail = f"{len(ids)} departments over {len(cuts)} days and months are too many"
            raise invalid("too_many_cells", detail, "from", limit=self.most_hashes)
        return [(scope_id, cut) for scope_id in ids for cut in cuts]

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: cells of the range, gauges, and who is mentioned if unknown."""
        whole, scope = self.parameters.by == "dimension", self.scope
        self.period(basis)
        commands: list[Command] = []
        for scope_id, cut in self._cuts(basis):
            keys = basis.keys
            hash_of = keys.month if cut.is_month else keys.cells
            commands.append(read_cells(hash_of(scope, scope_id, cut.at), self.flows, whole=whole))
        if self.gauges:
            for scope_id in targets(basis.org, scope, self.scope_id, self.parameters.sub):
                key = gauge_key(basis, scope, scope_id)
                commands.append(read_cells(key, self.gauges, whole=whole))
        if not is_known(basis.org, scope, self.scope_id):
            commands.append(("SMEMBERS", basis.keys.pairs))
        return commands

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, replies = reading.basis, reading.replies
        if not is_known(basis.org, self.scope, self.scope_id):
            *replies, pairs = replies
            if not is_mentioned(pairs, self.scope, encode(self.scope_id)):
                raise unknown_id(self.scope, self.scope_id)
        cuts = self._cuts(basis)
        series: defaultdict[int, Sums] = defaultdict(dict)
        for (_, cut), reply in zip(cuts, replies, strict=False):
            add(series[cut.point], cells_of(reply, self.flows))
        now: Sums = {}
        for reply in replies[len(cuts) :]:
            add(now, cells_of(reply, self.gauges))
        total: Sums = {}
        for sums in series.values():
            add(total, sums)
        period = self.period(basis)
        return {
            **reading.head(),
            "scope": self.scope,
            "id": self.scope_id,
            "sub": self.parameters.sub and self.scope == "department",
            "from": format_day(period.first),
            "to": format_day(period.last),
            "figures": [
                self._figure(kpi, now if kpi.additivity == "gauge" else total, series, basis)
                for kpi in self.kpis
            ],
        }

    def _figure(
        self, kpi: Kpi, sums: Sums, series: dict[int, Sums], basis: Basis
    ) -> dict[str, Any]:
        period, sub = self.period(basis), self.parameters.sub
        link = facts_link(kpi, self.scope, self.scope_id, period, sub=sub)
        found = {
            **presentation(kpi),
            **figure(kpi, sums, basis.settings.currency),
            "facts": link,
        }
        if self.parameters.by == "dimension":
            found["by"] = self._by_dimension(kpi, sums, basis)
        elif self.step != "none":
            found["by"] = self._series(kpi, sums, series, basis)
        return found

    def _by_dimension(self, kpi: Kpi, sums: Sums, basis: Basis) -> list[dict[str, Any]]:
        name, currency = self.parameters.dimension, basis.settings.currency
        rows = [
            {
                "dimension_value": value,
                **figure(kpi, part, currency),
                "facts": facts_link(
                    kpi,
                    self.scope,
                    self.scope_id,
                    self.period(basis),
                    sub=self.parameters.sub,
                    dimension=dimension(**{name: value}),
                ),
            }
            for value, part in by_dimension(kpi, sums, name).items()
        ]
        return sorted(rows, key=lambda row: (-(row["value"] or 0), row["dimension_value"]))

    def _series(
        self, kpi: Kpi, sums: Sums, series: dict[int, Sums], basis: Basis
    ) -> list[dict[str, Any]]:
        currency = basis.settings.currency
        if kpi.additivity == "gauge":
            return [{"day": "now", **figure(kpi, sums, currency)}]
        rows = []
        today = basis.today if self.step == "day" else basis.today // 100
        for point in points(self.period(basis), self.step):
            part = series.get(point, {})
            row = {self.step: _point(point), **figure(kpi, part, currency)}
            if point > today and not has_value(kpi, part):
                row["value"] = None
            rows.append(row)
        return rows


def _point(point: int) -> str:
    return format_day(point) if point > 999_999 else f"{point // 100:04d}-{point % 100:02d}"
