"""Alerts that are open: read from what the notifier keeps, by the definitions of an answer. Pure.

An alert is shown as it was told, so what is kept quiet is quiet here too; one that somebody takes
care of is shown no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson
from pydantic import ValidationError

from schemas.alerts import State
from schemas.calendar import format_time
from schemas.events.notices import AlertDefined
from schemas.kpis import Kpi
from schemas.webhooks import Level
from services.query.basis import Basis
from services.query.catalogue import catalogue
from services.query.evaluation import Wish
from services.query.evaluation.own import trial_of
from services.query.periods import Period

_OF_AGE: Final = ("customers_new", "customers_converted")
_MOST_URGENT: Final[tuple[Level, ...]] = ("critical", "warn")


class OpenAlert(NamedTuple):
    """An alert that is open and that nobody takes care of yet.

    Shape:  `metrics` are the figures it tells of, as rights name them; `unit` is that of the
            value and the limit, 'minutes' of silence.
    """

    id: str
    rule: AlertDefined
    level: Level
    state: State
    metrics: frozenset[str]
    unit: str

    @property
    def is_money(self) -> bool:
        """Whether it tells an amount."""
        return self.unit.startswith("money")

    def told(self) -> dict[str, Any]:
        """Return it as streams carry it."""
        rule = self.rule
        return {
            "id": self.id,
            "name": rule.name,
            "rule": rule.rule,
            "metric": rule.metric,
            "scope": rule.scope,
            "scope_id": rule.scope_id,
            "sub": rule.sub,
            "window": rule.window,
            "state": self.level,
            "since": format_time(self.state.since_ms),
            "occurrence": self.state.occurrence,
            "value": self.state.value,
            "operator": rule.operator,
            "limit": rule.critical if self.level == "critical" else rule.warn,
            "unit": self.unit,
        }


def open_alerts(basis: Basis, kept: Mapping[bytes, bytes]) -> list[OpenAlert]:
    """Return what is open, the most urgent first, of those the latest.

    Shape:  `kept` is the hash of open alerts, as the notifier writes it.
    """
    documents = basis.configuration.of("alert")
    taken = basis.configuration.of("alert-acknowledgement")
    found = []
    for name, value in kept.items():
        alert_id, state = name.decode(), _state(value)
        if alert_id not in documents or state.shown == "ok":
            continue
        if taken.get(alert_id, {}).get("occurrence") == state.occurrence:
            continue
        one = _read(basis, alert_id, documents[alert_id], state)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: (_MOST_URGENT.index(one.level), -one.state.since_ms))


def _state(value: bytes) -> State:
    kept = orjson.loads(value)
    return State(**{name: kept[name] for name in State._fields if name in kept})


def _read(basis: Basis, alert_id: str, data: Mapping[str, Any], state: State) -> OpenAlert | None:
    """Return an alert; None for one of another time, or of a figure that is told no more."""
    try:
        rule = AlertDefined.model_validate(data)
    except ValidationError:
        return None
    if rule.rule == "age":
        return OpenAlert(alert_id, rule, state.shown, state, frozenset(_OF_AGE), "count")
    kpi = catalogue(basis).get(rule.metric or "")
    if kpi is None or not _is_told(basis, kpi, rule):
        return None
    unit = "minutes" if rule.rule == "silence" else kpi.unit
    return OpenAlert(alert_id, rule, state.shown, state, frozenset({kpi.name}), unit)


def _is_told(basis: Basis, kpi: Kpi, rule: AlertDefined) -> bool:
    """Say whether a figure is everybody's, or on trial where the alert watches it."""
    today = Period(basis.today, basis.today)
    trial = trial_of(basis, Wish(kpi, rule.scope, rule.scope_id, today, rule.sub))
    return trial is None or not trial.is_outside
