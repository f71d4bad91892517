"""What a story asks of a cohort report, and what it then expects to see.

    reports:
      telesales?created_from=2026-11-03&any_agent=true:
        an called: 1 # of c1 and c2
        an called list: [c1] # the customers behind the number
        total called_rate: 1/3 # of all

*Asked*: the report with its parameters, as in the address. *Line*: `<row> <column>`, with
`list` the ids behind the number. Rows of telesales are owners, `nobody` and `total`; of lifecycle
days and `total`, columns `created`, `converted`, `mean_days`, `median_days`, `exact 3`,
`cumulative 3`; of journey days, columns `total`, `revenue`, `<stage> stock|entries|exits` (stage
`none` for those without); of sales-performance customers and `totals`. `rows` are the rows there
are (of telesales: with a unit), `problem` is the code of a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl

REPORTS: Final = ("telesales", "lifecycle", "journey", "sales-performance")
ROWS: Final = "rows"
PROBLEM: Final = "problem"
_LIST: Final = " list"


@dataclass(frozen=True, slots=True)
class Line:
    """One expected number, or the list behind it."""

    text: str
    value: Any

    @property
    def cell(self) -> str:
        """The number that is meant, without `list`."""
        return self.text.removesuffix(_LIST)

    @property
    def is_list(self) -> bool:
        """Whether the list behind the number is meant."""
        return self.text.endswith(_LIST)


@dataclass(frozen=True, slots=True)
class Asked:
    """A report with its parameters, and what is seen in it."""

    text: str
    report: str
    parameters: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


def asked(text: str, lines: Mapping[Any, Any]) -> Asked:
    """Read what a story asks of a report."""
    report, _, query = text.partition("?")
    assert report in REPORTS, text
    parameters = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    expected = tuple(
        Line(str(name), value.isoformat() if isinstance(value, date) else value)
        for name, value in lines.items()
    )
    assert expected, f"nothing is expected of {text}"
    return Asked(text, report, tuple(parameters), expected)


def written(amounts: Mapping[str, int], own: str = "VND") -> Any:
    """Write money as a story does: a number where it is the company's own alone.

    Shape:  {currency: amount}.
    """
    some = {currency: amount for currency, amount in amounts.items() if amount}
    return some.get(own, 0) if some.keys() <= {own} else some
