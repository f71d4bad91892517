"""What a rule watches, out of the cells: which to read, and what they make. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from schemas.alerts import Watch, calendar_of_hours
from schemas.calendar import NOW, day_start, days_between, from_date, local_day, to_date
from schemas.formula_values import form_behind, value_of
from schemas.formulas import Form
from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import COMPANY_ID, dimension
from schemas.tables import field as field_of
from schemas.trials import has_trial
from schemas.working_days import WorkingCalendar, calendar_of
from services.notifier.tenants import Tenant

_CREATED: Final = "customers_new"
_CONVERTED: Final = "customers_converted"
_OLDEST_DAYS: Final = 90
_MINUTE_S: Final = 60
Place = tuple[str, str]
"""(key of a hash, field)."""


_OF_AGE: Final = Form(((_CREATED, Fraction(1)), (_CONVERTED, Fraction(-1))))


class Part(NamedTuple):
    """Cells that are added up."""

    metric: str
    places: tuple[Place, ...]


class Plan(NamedTuple):
    """What to read for a rule at a moment, and how the figure is made of it."""

    form: Form
    unit: str
    currency: str
    parts: tuple[Part, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Return all places to read."""
        return tuple(place for part in self.parts for place in part.places)

    def value(self, cells: Mapping[Place, int]) -> float | None:
        """Make the figure; None over zero."""
        counted = {}
        for part in self.parts:
            found = sum(cells.get(place, 0) for place in part.places)
            counted[part.metric] = {_currency(part.metric, self.currency): found}
        return value_of(self.form, self.unit, counted, self.currency)


def watched(watch: Watch, tenant: Tenant) -> tuple[str, ...]:
    """Return the metrics whose cells a rule is made of; none where there is no such figure.

    Laws:   a formula is what it is made of, so each of its parts moves it; what is tagged is moved
            by what it is a part of.
    """
    if watch.rule.rule == "age":
        return (_CREATED, _CONVERTED)
    kpi = _figure(watch, tenant)
    form = None if kpi is None else form_behind(kpi)
    return () if form is None else tuple(CATALOGUE[name].of or name for name in form.names)


def places_of(watch: Watch, tenant: Tenant) -> tuple[str, ...]:
    """Return the ids of the scope whose cells a rule adds up."""
    rule = watch.rule
    scope_id = COMPANY_ID if rule.scope == "company" else rule.scope_id
    return tenant.company.places(rule.scope, scope_id, sub=rule.sub)


def _figure(watch: Watch, tenant: Tenant) -> Kpi | None:
    name = watch.rule.metric or ""
    return CATALOGUE.get(name) or tenant.formulas.get(name)


def is_available(watch: Watch, tenant: Tenant, now_ms: int) -> bool:
    """Say whether the figure of a rule is told at all: its parts are fed, and it is no trial.

    Laws:   what is not available is nothing to judge, as `/v1/kpis` has no value of it.
    """
    kpi = None if watch.rule.rule == "age" else _figure(watch, tenant)
    form = None if kpi is None else form_behind(kpi)
    if kpi is None or form is None:
        return watch.rule.rule == "age"
    if not all(tenant.settings.is_fed(CATALOGUE[name].feed) for name in form.names):
        return False
    document = tenant.documents.get("rollout", {}).get(kpi.name)
    place, day = (watch.rule.scope, watch.rule.scope_id), local_day(now_ms, watch.time_zone)
    return document is None or has_trial(document, tenant.company.tree, *place, day)


def plan(watch: Watch, tenant: Tenant, now_ms: int) -> Plan:
    """Return what to read for a value or an age at a moment.

    Errors: LookupError for a figure that is not `watched`.
    """
    today = local_day(now_ms, watch.time_zone)
    if watch.rule.rule == "age":
        days = _days(today, _OLDEST_DAYS, watch.rule.days or 1)
        return _planned(watch, tenant, _OF_AGE, "count", days)
    kpi = _figure(watch, tenant)
    form = None if kpi is None else form_behind(kpi)
    if kpi is None or form is None:
        raise LookupError(watch.rule.metric)
    days = [NOW] if kpi.additivity == "gauge" else _window(watch.rule.window, today)
    return _planned(watch, tenant, form, kpi.unit, days)


def _planned(watch: Watch, tenant: Tenant, form: Form, unit: str, days: list[int]) -> Plan:
    parts = tuple(_part(watch, tenant, name, days) for name in form.names)
    return Plan(form, unit, tenant.settings.currency, parts)


def _currency(metric: str, currency: str) -> str:
    return currency if CATALOGUE[metric].unit == "money" else ""


def counts_as_growth(part: str, tenant: Tenant) -> bool:
    """Say whether a cell is the whole of a figure: without dimension, of money by currency."""
    return part in {"", dimension(currency=tenant.settings.currency)}


def _part(watch: Watch, tenant: Tenant, metric: str, days: list[int]) -> Part:
    fields = _fields(metric, tenant)
    return Part(
        metric,
        tuple(
            (tenant.keys.cells(watch.rule.scope, scope_id, day), field)
            for scope_id in places_of(watch, tenant)
            for day in days
            for field in fields
        ),
    )


def _fields(metric: str, tenant: Tenant) -> list[str]:
    """Return the fields of the cells of a figure: one, of what is tagged one for each value."""
    kpi = CATALOGUE[metric]
    if kpi.additivity == "tagged":
        values = tenant.company.tagged(kpi.by, kpi.tag)
        return [field_of(kpi.of, dimension(**{kpi.by: value})) for value in values]
    currency = _currency(metric, tenant.settings.currency)
    return [field_of(metric, dimension(currency=currency) if currency else "")]


def _window(window: str, today: int) -> list[int]:
    date = to_date(today)
    if window == "week":
        return days_between(from_date(date - timedelta(date.weekday())), today)
    if window == "month":
        return days_between(from_date(date.replace(day=1)), today)
    return [today]


def _days(today: int, oldest: int, youngest: int) -> list[int]:
    date = to_date(today)
    return days_between(from_date(date - timedelta(oldest)), from_date(date - timedelta(youngest)))


def silence(watch: Watch, tenant: Tenant, grew_ms: int, now_ms: int) -> float | None:
    """Return the working minutes since a figure last grew; None while nobody works.

    Laws:   silence begins with the day: nights and the hours before the first shift are none.
    """
    calendar = _calendar(watch, tenant)
    if not calendar.is_working(now_ms):
        return None
    start_ms = day_start(local_day(now_ms, watch.time_zone), watch.time_zone)
    return calendar.seconds(max(grew_ms, start_ms), now_ms) / _MINUTE_S


def _calendar(watch: Watch, tenant: Tenant) -> WorkingCalendar:
    if watch.rule.working_hours is not None:
        return calendar_of_hours(watch.rule.working_hours, watch.time_zone)
    chain = [watch.rule.scope_id] if watch.rule.scope == "department" else []
    return calendar_of(tenant.documents.get("calendar", {}), chain, watch.time_zone)
