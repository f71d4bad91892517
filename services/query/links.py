"""Addresses of lists in an answer, and what whoever opens one asks for. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from schemas.access import Ask, Subject
from schemas.tables import COMPANY_ID, Scope
from services.query.organisation import Organisation

_FACTS: Final = "facts"
_TOTAL: Final = "total"


def without_links(part: Any, org: Organisation, may_open: Callable[[Ask], bool]) -> Any:
    """Return a part of an answer without the addresses (`facts`) that would be refused."""
    if isinstance(part, list):
        return [without_links(one, org, may_open) for one in part]
    if not isinstance(part, dict):
        return part
    found = {}
    for name, value in part.items():
        if name != _FACTS:
            found[name] = without_links(value, org, may_open)
        elif isinstance(value, dict):
            found[name] = {key: link for key, link in value.items() if may_open(ask_of(link, org))}
        elif value is None or may_open(ask_of(value, org)):
            found[name] = value
    return found


def ask_of(address: str, org: Organisation) -> Ask:
    """Return what the address of a list asks for."""
    parts = urlsplit(address)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    sub = given.get("sub") == "true"
    if parts.path == "/v1/facts":
        within = given.get("department", "")
        scope: Scope = given["scope"]  # type: ignore[assignment]
        departments = departments_of(org, within, sub)
        names = frozenset({given["metric"]})
        return Ask("figures", "list", scope, given["id"], sub, departments, names)
    subject: Subject = "telesales" if "/telesales/" in parts.path else "figures"
    return cohort_ask(subject, "list", given.get("employee", ""), given.get("department", ""), sub)


def departments_of(org: Organisation, department: str, sub: bool) -> frozenset[str] | None:
    """Return the departments within which an employee is asked about; None for all."""
    if not department or department == COMPANY_ID:
        return None
    return frozenset(org.subtree(department)) if sub else frozenset({department})


def cohort_ask(subject: Subject, form: Any, employee: str, department: str, sub: bool) -> Ask:
    """Return what the filters of a cohort report ask for: one employee, a department, or all."""
    if employee:
        return Ask(subject, form, "employee", employee, is_cohort=True)
    if department in ("", COMPANY_ID):
        return Ask(subject, form)
    return Ask(subject, form, "department", department, sub)
