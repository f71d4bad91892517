"""What a person sees of a cohort report: cells by `<row> <column>`, and the lists behind them.

Reads the documents of `/v1/reports/*`; the stories' names for them stand in `asking.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from tests.scenarios.asking import PROBLEM, ROWS, Asked, Line, written
from tests.scenarios.oracle import NOT_AVAILABLE

Document = Mapping[str, Any]
_NOBODY: Final = "-"
_PAIRS: Final = (
    ("called", "not_called"),
    ("customers_with_appointment", "no_appointment"),
    ("customers_with_order", "no_order"),
)
_FLOWS: Final = ("stock", "entries", "exits")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as a person sees it.

    Shape:  `facts` is the address of the list behind it, '' where it has none; `counts` says that
            the list has as many rows as the number says.
    """

    value: Any
    facts: str = ""
    counts: bool = False


Cells = dict[str, Cell]
WHOLE: Final = Cell("make the whole")


def address(question: Asked) -> str:
    """Return the address of a report."""
    query = urlencode(question.parameters)
    return f"/v1/reports/{question.report}{'?' if query else ''}{query}"


def cells(question: Asked, document: Document) -> Cells:
    """Read a report, or the refusal of it."""
    if document.get("status", 200) != 200:
        return {PROBLEM: Cell(document["code"])}
    return dict(_READERS[question.report](question, document))


def lists(question: Asked, seen: Cells) -> dict[str, str]:
    """Return the addresses of the lists to open: those expected, and those that must be as long."""
    wanted = {line.cell for line in question.lines}
    asked_for = {line.cell for line in question.lines if line.is_list}
    return {
        name: cell.facts
        for name, cell in seen.items()
        if name in wanted and cell.facts and (name in asked_for or cell.counts)
    }


def differences(question: Asked, seen: Cells, opened: Mapping[str, Document]) -> list[str]:
    """Return what is otherwise than the story says, and lists that are not as long as the cell."""
    wrong = [name for name, cell in seen.items() if name.endswith(" parts") and cell != WHOLE]
    found = [f"{question.text}: {name}: {seen[name].value}" for name in wrong]
    for line in question.lines:
        value, expected = _value(line, seen, opened), line.value
        if line.is_list:
            expected = sorted(expected)
        if value != expected:
            found.append(f"{question.text}: {line.text}: {value!r}, expected {expected!r}")
    for name, document in opened.items():
        if seen[name].counts and document["total"] != seen[name].value:
            found.append(f"{question.text}: {name}: {document['total']} rows")
    return found


def _value(line: Line, seen: Cells, opened: Mapping[str, Document]) -> Any:
    if not line.is_list:
        return seen[line.cell].value if line.cell in seen else "absent"
    return sorted(row["id"] for row in opened[line.cell]["rows"]) if line.cell in opened else "none"


def _telesales(question: Asked, document: Document) -> Iterator[tuple[str, Cell]]:
    columns = document["columns"]
    rows = {row["id"]: row["cells"] for row in document["rows"]}
    yield ROWS, Cell(sorted(name for name, found in rows.items() if found[0]["value"]))
    for name, found in (rows | {"total": document["total"]["cells"]}).items():
        row = "nobody" if name == _NOBODY else name
        yield f"{row} parts", Cell(_parts([column["name"] for column in columns], found))
        for column, cell in zip(columns, found, strict=True):
            is_count = column["unit"] == "count"
            yield f"{row} {column['name']}", Cell(_shown(cell), cell.get("facts", ""), is_count)


def _parts(names: Sequence[str], found: Sequence[Document]) -> str:
    """Say whether those with and those without make all units, whatever is asked (V17)."""
    values = {name: cell["value"] for name, cell in zip(names, found, strict=True)}
    pairs = {pair: [values[name] for name in pair] for pair in _PAIRS}
    units = found[0]["value"]
    wrong = [pair for pair, both in pairs.items() if None not in both and sum(both) != units]
    return f"{wrong} do not make {units}" if wrong else WHOLE.value


def _lifecycle(question: Asked, document: Document) -> Iterator[tuple[str, Cell]]:
    yield ROWS, Cell(f"{document['from']}..{document['to']}")
    wanted = {line.cell for line in question.lines}
    days = [row["day"] for row in document["rows"]]
    assert days == sorted(days), days
    assert (days[0], days[-1]) == (document["from"], document["to"]), days
    yield "total mean_days", Cell(document["mean_days"])
    yield "total median_days", Cell(document["median_days"])
    for row in (document | document["total"] | {"day": "total"}, *document["rows"]):
        day = row["day"]
        of: dict[str, Any] = {} if day == "total" else {"created": day}
        yield f"{day} created", Cell(row["created"], _facts(question, of), True)
        converted = {**of, "converted": "true"}
        yield f"{day} converted", Cell(row["converted"], _facts(question, converted), True)
        for name, extra in (("exact", {}), ("cumulative", {"cumulative": "true"})):
            for lag, count in enumerate(row[name]):
                if (cell := f"{day} {name} {lag}") in wanted:
                    facts = _facts(question, {**of, "lag": str(lag), **extra})
                    yield cell, Cell(count, facts, count is not None)


def _journey(question: Asked, document: Document) -> Iterator[tuple[str, Cell]]:
    yield ROWS, Cell(f"{document['from']}..{document['to']}")
    names = [stage["id"] or "none" for stage in document["stages"]]
    for row in document["rows"]:
        day, total = row["day"], row["total"]
        stocks = sum(stage["stock"]["value"] for stage in row["stages"])
        value = total["value"] if total["value"] == stocks else f"{total['value']}, not {stocks}"
        yield f"{day} total", Cell(value, total.get("facts", ""), True)
        yield f"{day} revenue", Cell(_shown(row["revenue"]))
        for name, stage in zip(names, row["stages"], strict=True):
            for flow in _FLOWS:
                cell = stage[flow]
                yield f"{day} {name} {flow}", Cell(cell["value"], cell.get("facts", ""), True)


def _performance(question: Asked, document: Document) -> Iterator[tuple[str, Cell]]:
    yield ROWS, Cell([row["id"] for row in document["rows"]])
    for name, count in document["totals"].items():
        yield f"totals {name}", Cell(count)
    for row in document["rows"]:
        for name, value in row.items():
            seen = _shown(row) if name == "value" else value
            is_list = name in ("purchases", "pending")
            facts = _facts(question, {"row": row["id"], "column": name}) if is_list else ""
            yield f"{row['id']} {name}", Cell(seen, facts, is_list)


def _shown(cell: Document) -> Any:
    """Write a figure as stories do."""
    if cell.get("why"):
        assert (cell["why"], cell["value"]) == ("not_available", None), cell
        return NOT_AVAILABLE
    if "parts" in cell:
        above, below = cell["parts"]["numerator"], cell["parts"]["denominator"]
        assert cell["value"] == (above / below if below else None), cell
        return f"{above}/{below}"
    if "currency" not in cell:
        return cell["value"]
    others = {each["currency"]: each["value"] for each in cell.get("others") or ()}
    return written({cell["currency"]: cell["value"], **others})


def _facts(question: Asked, of: Mapping[str, str]) -> str:
    query: Sequence[tuple[str, str]] = (*question.parameters, *of.items())
    return f"/v1/reports/{question.report}/facts?{urlencode(query)}"


_READERS: Final = {
    "telesales": _telesales,
    "lifecycle": _lifecycle,
    "journey": _journey,
    "sales-performance": _performance,
}
