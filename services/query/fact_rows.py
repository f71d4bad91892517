"""What a fact shows of itself in a list or a journey. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas.ages import is_keyed
from schemas.facts import (
    KINDS,
    AnyFact,
    Call,
    Contact,
    Contract,
    Customer,
    Email,
    Fact,
    Message,
    Note,
    Opportunity,
    Order,
    Payment,
    Task,
    Voucher,
)
from schemas.kpis.clock import LAST, Window
from schemas.tables import NOBODY
from services.query.fact_rows_dealings import (
    call_fields,
    email_fields,
    message_fields,
    note_fields,
    task_fields,
)
from services.query.fact_rows_people import contact_fields, customer_fields
from services.query.fact_rows_sales import (
    contract_fields,
    opportunity_fields,
    order_fields,
    payment_fields,
    voucher_fields,
)
from services.query.fact_rows_values import day, is_instant, moment, score
from services.query.lists import Row
from services.query.names import Sight
from services.query.unsealing import MARKS

_FIELDS: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    Customer: customer_fields,
    Contact: contact_fields,
    Call: call_fields,
    Email: email_fields,
    Message: message_fields,
    Note: note_fields,
    Task: task_fields,
    Opportunity: opportunity_fields,
    Order: order_fields,
    Payment: payment_fields,
    Contract: contract_fields,
    Voucher: voucher_fields,
}


def row_of(row: Row, *, sight: Sight) -> dict[str, Any]:
    """Return one row of a list, as `/v1/facts` shows it.

    Shape:  `sight` says what is masked, and opens what is sealed.
    Laws:   `at` stands where the list is in order of an instant; `times` where a row counts
            several; `part` (KPI, dimension) where the list is put together of several.
    """
    key, fact = row.key, sight.shown(row.fact)
    department, employee = row.place or (NOBODY, NOBODY)
    found: dict[str, Any] = {
        "kind": KINDS[type(fact)],
        "id": fact.id,
        "day": None if is_instant(key.day) else _day_of(key.day, fact),
        "employee_id": None if employee == NOBODY else employee,
        "department_id": None if department == NOBODY else department,
    }
    if is_instant(key.day):
        found["at"] = moment(key.day)
    if key.times:
        found["times"] = key.times
    if key.part:
        found["part"] = key.part
    return {**found, **own_fields(fact)}


def _day_of(value: int, fact: AnyFact) -> str | None:
    """Return a day or a score of a list as a day; of a sealed birthday the day as it was opened."""
    if not is_keyed(value):
        return day(value)
    born = fact.profile.get("birthday") if isinstance(fact, Customer | Contact) else None
    return None if born is None or born[1] in MARKS else born[1]


def own_fields(fact: Fact) -> dict[str, Any]:
    """Return the fields of a fact's own kind."""
    shown = _FIELDS.get(type(fact))
    return {} if shown is None else shown(fact)


def window_of(band: str, scores: Window) -> dict[str, Any]:
    """Return a band as a window of days or instants, both included; null is open, or none."""
    return {
        "band": band,
        "from": score(scores.low) if scores.low > 1 else None,
        "to": None if scores.high >= LAST else score(scores.high),
    }
