"""What a tenant writes down itself, and which figures are on trial. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from schemas.calendar import format_day, parse_day
from schemas.tables import COMPANY_ID
from schemas.target_periods import KINDS, Span, period_of, span_of
from schemas.trials import has_trial
from services.query.basis import Basis
from services.query.evaluation.wish import Value, Wish


class Trial(NamedTuple):
    """A figure is on trial in one department. `is_outside`: not where and when it is wished for."""

    department: str
    since: int
    is_outside: bool

    @property
    def told(self) -> dict[str, str]:
        """Return it as an answer says it."""
        return {"department_id": self.department, "from": format_day(self.since)}


def trial_of(basis: Basis, wish: Wish) -> Trial | None:
    """Return whether a figure is on trial; None of one that everybody has.

    Laws:   it is told of the department, of those below it and of who is in them now, as soon as
            the range reaches the first day.
    Source: A-09.
    """
    document = basis.configuration.of("rollout").get(wish.kpi.name)
    if document is None:
        return None
    last = basis.today if wish.kpi.is_now else wish.period.last
    is_inside = has_trial(document, basis.org.tree, wish.scope, wish.scope_id, last)
    return Trial(document["department_id"], parse_day(document["valid_from"]), not is_inside)


def recorded(basis: Basis, wish: Wish) -> Value:
    """Return the value that somebody wrote down for exactly the days wished for.

    Laws:   always marked as manual; without one the value is null, why `not_recorded`.
    Source: B-04.
    """
    names = {
        name
        for kind in KINDS
        if span_of(name := period_of(wish.period.first, kind)) == Span(*wish.period)
    }
    wanted = (wish.kpi.name, wish.scope, COMPANY_ID if wish.scope == "company" else wish.scope_id)
    for document in basis.configuration.of("value").values():
        of = (document["metric"], document["scope"], document["scope_id"])
        if of == wanted and document["period"] in names:
            return Value(_told(document, basis.settings.currency, wish), has_facts=True)
    return Value({"value": None, "manual": True, "why": "not_recorded"})


def _told(document: dict[str, Any], currency: str, wish: Wish) -> dict[str, Any]:
    found = {"value": document["value"], "manual": True, "period": document["period"]}
    for name in ("grade", "recorded_by"):
        if document.get(name):
            found[name] = document[name]
    return {**found, "currency": currency} if wish.kpi.unit == "money" else found
