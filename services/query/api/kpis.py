"""`GET /v1/kpis/{scope}/{id}`: figures of a scope over a range of days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.calendar import format_day
from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import Scope, dimension
from services.query.api.answer import answer, declares, enter
from services.query.basis import Basis, Command
from services.query.catalogue import metrics_named, names_of
from services.query.evaluation import Evaluation, Value, Wish
from services.query.parameters import KpiParameters
from services.query.periods import Comparison, Period, compared, last_year
from services.query.presentation import presentation
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.selection import (
    basis_named,
    check_known,
    check_sum,
    facts_link,
    period_of,
    scope_named,
)
from services.query.settings import QuerySettings


@declares("figures")
async def kpis(request: Request) -> Response:
    """Answer figures."""
    entered = await enter(request)
    parameters = KpiParameters.model_validate(dict(request.query_params))
    scope = scope_named(request.path_params["scope"])
    question = KpiQuestion(scope, request.path_params["id"], parameters, entered.settings)
    visit = entered.visit(question.ask)
    reading = await visit.read(question.plan)
    return answer(visit.opened(reading, question.answer(reading)))


class KpiQuestion:
    """One question for figures: what to read, and what to make of it.

    Errors: Problems `unknown_metric`, `unknown_dimension`, `dimension_without_by`,
            `unknown_basis`, `not_additive`.
    """

    def __init__(
        self, scope: Scope, scope_id: str, parameters: KpiParameters, settings: QuerySettings
    ) -> None:
        self.scope, self.scope_id = scope, scope_id
        self.parameters = parameters
        self.settings = settings
        self.names = names_of(parameters.metrics)
        self.basis, self.by = "", ""
        self.kpis: list[Kpi] = []
        self._planned: Evaluation

    def _choose(self, basis: Basis) -> None:
        """Let the figures be those of the tenant that were asked for."""
        parameters = self.parameters
        kpis = metrics_named(basis, parameters.metrics)
        self.basis, self.kpis = basis_named(kpis, parameters)
        self.kpis = check_sum(self.kpis, parameters)
        self.by = "" if parameters.by == "none" else parameters.by
        name = parameters.dimension
        if parameters.by == "dimension":
            self.by = name
            for kpi in self.kpis:
                if name not in kpi.dimensions:
                    detail = f"{kpi.name} is not kept by '{name}'"
                    known = list(kpi.dimensions)
                    raise invalid("unknown_dimension", detail, "dimension", known=known)
        elif name:
            detail = "'dimension' goes with 'by=dimension'"
            raise invalid("dimension_without_by", detail, "dimension")

    @property
    def ask(self) -> Ask:
        """Return what is asked for, for whoever decides who may see it."""
        names = frozenset(self.names or CATALOGUE)
        sub = self.parameters.sub and self.scope == "department"
        return Ask("figures", "figure", self.scope, self.scope_id, sub, metrics=names)

    def period(self, basis: Basis) -> Period:
        """Return the range of days."""
        given = self.parameters
        return period_of(given.from_, given.to, basis.today, self.settings.max_range_days)

    def _comparison(self, basis: Basis) -> Comparison | None:
        how = self.parameters.compare
        if how == "none":
            return None
        return (compared if how == "previous" else last_year)(self.period(basis), basis.today)

    def _wishes(self, basis: Basis) -> list[Wish]:
        """Return the wishes: the figures, then those of the elapsed and of the previous part."""
        sub = self.parameters.sub and self.scope == "department"
        period, comparison = self.period(basis), self._comparison(basis)
        place = (self.scope, self.scope_id)
        found = [Wish(kpi, *place, period, sub, self._basis_of(kpi), self.by) for kpi in self.kpis]
        for part in comparison or ():
            found += [
                Wish(kpi, *place, part, sub, self._basis_of(kpi))
                for kpi in self.kpis
                if not kpi.is_now
            ]
        return found

    def _basis_of(self, kpi: Kpi) -> str:
        return self.basis if self.basis in kpi.bases else ""

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read."""
        self._choose(basis)
        self._planned = Evaluation(basis, self._wishes(basis), self.settings.max_hashes)
        return self._planned.commands

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis = reading.basis
        check_known(basis, self.scope, self.scope_id)
        values = self._planned.answer(reading.replies)
        count, period, comparison = len(self.kpis), self.period(basis), self._comparison(basis)
        found: dict[str, Any] = {
            **reading.head(),
            "scope": self.scope,
            "id": self.scope_id,
            "sub": self.parameters.sub and self.scope == "department",
            "from": format_day(period.first),
            "to": format_day(period.last),
        }
        figures = [
            self._figure(kpi, value, basis)
            for kpi, value in zip(self.kpis, values[:count], strict=True)
        ]
        if self.parameters.compare != "none":
            found["compare"] = None if comparison is None else comparison.days()
            flows = [one for kpi, one in zip(self.kpis, figures, strict=True) if not kpi.is_now]
            for at, one in enumerate(flows if comparison else ()):
                elapsed = values[count + at].figure
                one.update(_change(elapsed, values[count + len(flows) + at].figure))
        return {**found, "figures": figures}

    def _figure(self, kpi: Kpi, value: Value, basis: Basis) -> dict[str, Any]:
        found = {
            **presentation(kpi, basis.words, self._basis_of(kpi)),
            **value.figure,
            "facts": self._link(kpi, basis) or None,
        }
        if self.by == "":
            return found
        if self.parameters.by != "dimension":
            found["by"] = [
                {"day" if point == "now" else self.by: point, **figure}
                for point, figure in value.by.items()
            ]
            return found
        rows = [
            {
                "dimension_value": name,
                "name": basis.words.name(self.by, name),
                **figure,
                "facts": self._link(kpi, basis, dimension(**{self.by: name})),
            }
            for name, figure in value.by.items()
        ]
        if kpi.additivity != "timed":
            rows.sort(key=lambda row: (-(row["value"] or 0), row["dimension_value"]))
        found["by"] = rows
        return found

    def _link(self, kpi: Kpi, basis: Basis, part: str = "") -> str:
        period, sub = self.period(basis), self.parameters.sub
        return facts_link(
            kpi,
            self.scope,
            self.scope_id,
            period,
            sub=sub,
            dimension=part,
            basis=self._basis_of(kpi),
        )


def _change(elapsed: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of both parts, and how much the first differs from the second."""
    now, before = elapsed["value"], previous["value"]
    change = None if now is None or before is None else now - before
    return {
        "elapsed": elapsed,
        "previous": previous,
        "change": change,
        "change_ratio": change / before if change is not None and before else None,
    }
