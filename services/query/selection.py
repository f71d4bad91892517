"""What a request selects: which KPIs, days, scopes. Names the rule that a request breaks. Pure."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from schemas.calendar import format_day, from_date, to_date
from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import COMPANY_ID, NOBODY, SCOPE_LETTERS, Scope
from services.query.basis import Basis
from services.query.organisation import Organisation
from services.query.parameters import KpiParameters
from services.query.periods import Period
from services.query.problems import Problem, invalid


def kpi_named(name: str) -> Kpi:
    """Return a KPI of the catalogue; Problem `unknown_metric` lists what there is."""
    kpi = CATALOGUE.get(name)
    if kpi is None:
        detail = f"'{name}' is not a KPI of the catalogue (/v1/catalogue)"
        raise invalid("unknown_metric", detail, "metrics", known=list(CATALOGUE))
    return kpi


def kpis_named(text: str) -> list[Kpi]:
    """Return the KPIs of a comma-separated list, each once; all of them for an empty one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    return [kpi_named(name) for name in dict.fromkeys(names)] or list(CATALOGUE.values())


def basis_named(kpis: list[Kpi], given: KpiParameters) -> tuple[str, list[Kpi]]:
    """Return a date basis as wishes name it ('' for the KPIs' own), and the KPIs that have it.

    Errors: Problem `unknown_basis` names those that do not; of all KPIs they are left out.
    """
    wanted = given.basis
    if not wanted:
        return "", kpis
    having = [kpi for kpi in kpis if kpi.date_basis == wanted or wanted in date_bases(kpi)]
    lacking = [kpi.name for kpi in kpis if kpi not in having]
    if lacking and given.metrics:
        detail = f"not counted by {wanted}: {', '.join(lacking)}"
        raise invalid("unknown_basis", detail, "basis", metrics=lacking)
    return wanted, having


def date_bases(kpi: Kpi) -> tuple[str, ...]:
    """Return the date bases one can choose from; () for a KPI that has but its own."""
    return ("order_date", *kpi.bases) if kpi.bases else ()


def check_sum(kpis: list[Kpi], given: KpiParameters) -> list[Kpi]:
    """Return the KPIs whose parts may be added up as asked; all where nothing is to be added.

    Errors: Problem `not_additive` names those that do not add; of all KPIs they are left out.
    """
    if not given.sum:
        return kpis
    adding = [
        kpi
        for kpi in kpis
        if (kpi.adds_over_people if given.sum == "people" else kpi.adds_over_time)
    ]
    failing = {kpi.name: kpi.additivity for kpi in kpis if kpi not in adding}
    if failing and given.metrics:
        told = ", ".join(f"{name} ({kind})" for name, kind in failing.items())
        detail = f"does not add over {given.sum}, ask for the whole instead: {told}"
        raise invalid("not_additive", detail, "sum", metrics=list(failing))
    return adding


def scope_named(text: str) -> Scope:
    """Return a scope; Problem `unknown_scope` lists the three."""
    for scope in SCOPE_LETTERS:
        if scope == text:
            return scope
    detail = f"'{text}' is not a scope; it is employee, department or company"
    raise invalid("unknown_scope", detail, "scope", known=list(SCOPE_LETTERS))


def period_of(
    first: date | None,
    last: date | None,
    today: int,
    longest: int,
    names: tuple[str, str] = ("from", "to"),
) -> Period:
    """Return the range asked for; both ends default to today.

    Shape:  `names` are those of the parameters.
    Errors: Problem `range_reversed`, `range_too_long` (with `limit`, in days).
    """
    start = today if first is None else from_date(first)
    end = today if last is None else from_date(last)
    if start > end:
        detail = f"'{names[0]}' ({format_day(start)}) is after '{names[1]}' ({format_day(end)})"
        raise invalid("range_reversed", detail, names[0])
    days = (to_date(end) - to_date(start)).days + 1
    if days > longest:
        detail = f"{days} days were asked for, at most {longest} are allowed"
        raise invalid("range_too_long", detail, names[0], limit=longest)
    return Period(start, end)


def targets(org: Organisation, scope: Scope, scope_id: str, sub: bool) -> tuple[str, ...]:
    """Return the ids whose cells add up to a figure: one, or a department with those below it."""
    if scope == "company" and scope_id != COMPANY_ID:
        raise unknown_id(scope, scope_id)
    return org.subtree(scope_id) if sub and scope == "department" else (scope_id,)


def check_known(basis: Basis, scope: Scope, scope_id: str) -> None:
    """See that somebody was ever heard of: a wrong id must not look like 0.

    Errors: Problem `unknown_employee`, `unknown_department` for one that neither the organisation
            knows nor any fact, now or before, counts for.
    """
    if scope == "company" or scope_id == NOBODY:
        return
    org, pairs = basis.org, basis.pairs
    is_person = scope == "employee"
    known = org.employees if is_person else org.departments
    counted = pairs.employees if is_person else pairs.departments
    if scope_id not in known and scope_id not in counted:
        raise unknown_id(scope, scope_id)


def unknown_id(scope: Scope, scope_id: str) -> Problem:
    """Return the problem of somebody who was never heard of."""
    return Problem(404, f"unknown_{scope}", f"no {scope} '{scope_id}' was ever seen")


def facts_link(
    kpi: Kpi,
    scope: Scope,
    scope_id: str,
    period: Period,
    *,
    sub: bool,
    dimension: str = "",
    basis: str = "",
    department: str = "",
) -> str:
    """Return the address of the list behind a figure, '' of what the tenant made itself.

    Shape:  `basis` is '' or another date basis; `department`, of an employee, leaves only what
            counts for it (with `sub` for those below it too).
    """
    if kpi.name not in CATALOGUE:
        return ""
    query = {"metric": kpi.name, "scope": scope, "id": scope_id}
    if not kpi.is_now:
        query |= {"from": format_day(period.first), "to": format_day(period.last)}
    if department:
        query["department"] = department
    if sub and (scope == "department" or department):
        query["sub"] = "true"
    if basis:
        query["basis"] = basis
    if dimension:
        query["dimension"] = dimension
    return f"/v1/facts?{urlencode(query)}"
