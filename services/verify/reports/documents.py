"""Answer documents of the cohort reports, and answers of the recount, as figures that compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.calendar import format_day, parse_day
from services.verify.reports.ask import Answer
from services.verify.reports.questions import (
    Journey,
    Lifecycle,
    Performance,
    Question,
    Telesales,
)

Body = Mapping[str, Any]
Figures = dict[str, int | float]
"""item, as it is shown to people -> figure; what is 0 is left out"""
_COUNTED = ("customers", "purchased", "in_progress", "not_purchased")


def asked_by(report: str, tenant: str, body: Body) -> Question:
    """Return the question that an answer says it answers."""
    filters = body["filters"]
    whose = {name: filters[name] for name in ("employee", "department", "sub")}
    of: dict[str, Any] = {"tenant": tenant, **whose}
    match report:
        case "telesales":
            days = ("created_from", "created_to", "called_from", "called_to")
            words = ("subject", "any_agent", "source", "campaign")
            given: dict[str, Any] = {name: parse_day(filters[name]) for name in days}
            given |= {name: filters[name] for name in words}
            return Telesales(**of, **given, group_id=filters["group"])
        case "lifecycle":
            words = ("target", "stage", "source", "relationship")
            given = {name: filters[name] for name in words}
            return Lifecycle(**of, **given, today=parse_day(body["to"]), days=len(body["rows"]))
        case "journey":
            first, last = parse_day(body["from"]), parse_day(body["to"])
            owned = filters["owner"] == "now"
            return Journey(**of, first_day=first, last_day=last, owned=owned)
    words = ("relationship", "status", "min_purchases", "max_purchases")
    given = {name: filters[name] for name in words}
    given |= {name: parse_day(filters[name]) for name in ("created_from", "created_to")}
    first, last = parse_day(filters["from"]), parse_day(filters["to"])
    return Performance(**of, **given, ordered_from=first, ordered_to=last)


def documented(report: str, body: Body) -> Figures:
    """Return the figures of an answer document."""
    return {item: value for item, value in _DOCUMENTED[report](body) if value}


def answered(report: str, answer: Answer, told: Figures) -> Figures:
    """Return the figures of the recount; of a listing those customers that the document lists."""
    found = {item: value for item, value in _ANSWERED[report](answer) if value}
    if report != "sales-performance":
        return found
    listed = {item.partition("|")[0] for item in told}
    return {item: value for item, value in found.items() if item.partition("|")[0] in listed}


def _cell(cell: Body) -> Iterator[tuple[str, int]]:
    yield cell.get("currency") or "", cell["value"]
    for other in cell.get("others", ()):
        yield other["currency"], other["value"]


def _telesales(body: Body) -> Iterator[tuple[str, int]]:
    rows = [(row["id"], row["cells"]) for row in body["rows"]] + [("", body["total"]["cells"])]
    for whose, cells in rows:
        for column, cell in zip(body["columns"], cells, strict=True):
            if column["unit"] != "ratio":
                for currency, value in _cell(cell):
                    yield f"{whose}|{column['name']}|{currency}", value


def _telesales_answer(answer: Answer) -> Iterator[tuple[str, int]]:
    for whose, name, currency, value in answer.rows["telesales_figures"]:
        yield f"{whose}|{name}|{currency}", value


def _lifecycle(body: Body) -> Iterator[tuple[str, float]]:
    for name in ("created", "converted", "mean_days", "median_days"):
        yield name, body[name] or 0
    for row in body["rows"]:
        for lag, count in enumerate(row["exact"]):
            yield f"{row['day']}|{lag}", count or 0


def _lifecycle_answer(answer: Answer) -> Iterator[tuple[str, float]]:
    for created, converted, days, median in answer.rows["lifecycle_summary"]:
        yield "created", created
        yield "converted", converted
        yield "mean_days", days / converted if converted else 0
        yield "median_days", median or 0
    members = answer.rows["lifecycle_members"]
    cells = Counter((day, lag) for _, day, lag in members if lag is not None)
    for (day, lag), count in cells.items():
        yield f"{format_day(day)}|{lag}", count


def _performance(body: Body) -> Iterator[tuple[str, int]]:
    yield from ((f"|{name}", body["totals"][name]) for name in _COUNTED)
    yield "|total", body["total"]
    for row in body["rows"]:
        yield f"{row['id']}|{row['status']}", 1
        yield f"{row['id']}|purchases", row["purchases"]
        yield f"{row['id']}|pending", row["pending"]
        for currency, value in _cell(row):
            yield f"{row['id']}|value|{currency}", value


def _performance_answer(answer: Answer) -> Iterator[tuple[str, int]]:
    members = answer.rows["performance_members"]
    labels = Counter(label for *_, label, _ in members)
    yield "|customers", len(members)
    yield from ((f"|{label}", count) for label, count in labels.items())
    yield "|total", sum(listed for *_, listed in members)
    for customer, _, purchases, pending, _, label, listed in members:
        if listed:
            yield f"{customer}|{label}", 1
            yield f"{customer}|purchases", purchases
            yield f"{customer}|pending", pending
    for customer, currency, value in answer.rows["performance_values"]:
        yield f"{customer}|value|{currency}", value


def _journey(body: Body) -> Iterator[tuple[str, int]]:
    for row in body["rows"]:
        for currency, value in _cell(row["revenue"]):
            yield f"{row['day']}|revenue|{currency}", value
        for stage, cells in zip(body["stages"], row["stages"], strict=True):
            for name in ("stock", "entries", "exits"):
                yield f"{row['day']}|{name}|{stage['id']}", cells[name]["value"]


def _journey_answer(answer: Answer) -> Iterator[tuple[str, int]]:
    for day, stage, name, value in answer.rows["journey_figures"]:
        yield f"{format_day(day)}|{name}|{stage}", value
    for day, currency, value in answer.rows["journey_revenue"]:
        yield f"{format_day(day)}|revenue|{currency}", value


_DOCUMENTED = {
    "telesales": _telesales,
    "lifecycle": _lifecycle,
    "journey": _journey,
    "sales-performance": _performance,
}
_ANSWERED = {
    "telesales": _telesales_answer,
    "lifecycle": _lifecycle_answer,
    "journey": _journey_answer,
    "sales-performance": _performance_answer,
}
