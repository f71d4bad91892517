"""What does not fit: facts in doubt, by code, and late changes of locked periods. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from schemas.calendar import NOW, format_day, format_time
from schemas.kpis import CATALOGUE
from schemas.tables import (
    COMPANY_ID,
    NOBODY,
    SCOPE_LETTERS,
    LateChange,
    TenantKeys,
    dimension,
    parse_dimension,
    parse_field,
    parse_late_field,
)
from services.query import lists
from services.query.basis import Basis, Command
from services.query.fact_rows import row_of
from services.query.list_sources import Question, moment_of, source_of
from services.query.names import Sight
from services.query.periods import Period, months_between
from services.query.selection import facts_link

DOUBTS: Final = ("end_before_start", "lines_do_not_add_up", "not_a_phone_number", "unknown_order")
"""The codes of `issues` (docs/rules.md, section 3)."""
_SAMPLES: Final = 5
_OWN: Final = frozenset({"/query", "salespulse"})
"""Sources of our own: what is configured, and what an administrator says."""
_ISSUES: Final = CATALOGUE["issues"]
_EVERYBODY: Final = lists.Whose("company", (COMPANY_ID,))


class LateRow(NamedTuple):
    """One late change, in the order of the list. Units: day yyyymmdd."""

    day: int
    field: str
    change: int


def doubt_commands(basis: Basis) -> list[Command]:
    """Return what to read of the facts in doubt: a few of each code, and how many."""
    today, moment = Period(basis.today, basis.today), moment_of(basis)
    found = []
    for code in DOUBTS:
        source = source_of(Question(_ISSUES, dimension(code=code)), today, moment)
        found.append(lists.command(basis.keys, source, _EVERYBODY, lists.START, _SAMPLES, _SAMPLES))
    return found


def doubts(replies: Sequence[Any], *, sight: Sight) -> dict[str, Any]:
    """Return the facts in doubt: {total, rows: [{code, count, facts, samples}]}."""
    rows = []
    for code, reply in zip(DOUBTS, replies, strict=True):
        total, samples, _ = lists.page(reply, _SAMPLES, _SAMPLES)
        if total:
            rows.append(
                {
                    "code": code,
                    "count": total,
                    "facts": facts_link(
                        _ISSUES,
                        "company",
                        COMPANY_ID,
                        Period(NOW, NOW),
                        sub=False,
                        dimension=dimension(code=code),
                    ),
                    "samples": [row_of(row, sight=sight) for row in samples],
                }
            )
    return {"total": sum(row["count"] for row in rows), "rows": rows}


def heard_command(basis: Basis) -> Command:
    """Return what to read of the sources that the tenant hears from."""
    return ("HGET", basis.keys.meta, "heard")


def sources(reply: bytes | None) -> list[dict[str, Any]]:
    """Return the sources: {source, events, last_at}, the one that was heard last first.

    Laws:   what pages and the administrator write themselves is no source of figures.
    """
    found = [
        (last_ms, name, events)
        for name, (events, last_ms) in orjson.loads(reply or b"{}").items()
        if name not in _OWN
    ]
    return [
        {"source": name, "events": events, "last_at": format_time(last_ms)}
        for last_ms, name, events in sorted(found, reverse=True)
    ]


def late_commands(keys: TenantKeys, period: Period) -> list[Command]:
    """Return what to read of the late changes of a period."""
    return [("HGETALL", keys.late(month)) for month in months_between(*period)]


def late_rows(replies: Iterable[Mapping[bytes, bytes]], period: Period) -> list[LateRow]:
    """Return the late changes of a period by day, and then by cause, place and KPI."""
    found = []
    for reply in replies:
        for name, value in reply.items():
            text = name.decode()
            row = LateRow(parse_late_field(text).day, text, int(value))
            if period.first <= row.day <= period.last:
                found.append(row)
    return sorted(found)


def restatement(row: LateRow) -> dict[str, Any]:
    """Return one late change as people are shown it.

    Units:  change in minor units of `currency`, seconds or thousandths, as the KPI is kept.
    """
    late: LateChange = parse_late_field(row.field)
    name, dimension_text = parse_field(late.name)
    metric, _, basis = name.partition("@")
    dimensions = parse_dimension(dimension_text)
    currency = dimensions.pop("currency", None)
    found = {
        "cause": late.cause,
        "day": format_day(late.day),
        "employee_id": None if late.employee == NOBODY else late.employee,
        "department_id": None if late.department == NOBODY else late.department,
        "metric": metric,
        "basis": basis or CATALOGUE[metric].date_basis,
        "dimension": dimension(**dimensions),
        "change": row.change,
        "counts_for": [scope for bit, scope in enumerate(SCOPE_LETTERS) if late.scopes & 1 << bit],
    }
    return found if currency is None else {**found, "currency": currency}
