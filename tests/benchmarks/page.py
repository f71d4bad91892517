"""docs/benchmarks.md: its tables of figures, each between two marks, written by the benchmark."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.benchmarks import readings
from tests.benchmarks.figures import NAMES, Figure, rows

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_LOAD_BEFORE: Final = os.getloadavg()[2]
"""Taken when the benchmark begins: how much else wanted the cores."""
_HEAD: Final = ("name", "value", "unit", "floor", "aim", "what it is")


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    rule = "|".join("---" for _ in head)
    body = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"| {' | '.join(head)} |\n|{rule}|\n{body}"


def figures_table(found: Mapping[str, Figure]) -> str:
    """Write what was measured, one line a name."""
    lines = []
    for name, value, unit, floor, aim, runs in rows(found, NAMES):
        shown = f"{value} ({runs})" if len(found[name]["runs"]) > 1 else value
        lines.append((f"`{name}`", shown, unit, floor, aim, NAMES[name].meaning))
    return table(_HEAD, lines)


def write_figures(found: Mapping[str, Figure], *, is_quick: bool) -> None:
    """Put the figures into the page, with machine and date."""
    how = "QUICK=1: small and short" if is_quick else "medians; the runs in brackets"
    put("figures", f"{where_and_when()}; {how}.\n\n{figures_table(found)}")


def where_and_when() -> str:
    """Say on which machine and day something was measured."""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {readings.machine()}; "
        f"load of the machine in the quarter of an hour before: {_LOAD_BEFORE:.1f}"
    )


def put(mark: str, text: str) -> None:
    """Replace what stands between the two marks of a name."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, _, rest = PAGE.read_text().partition(begin)
    _, _, after = rest.partition(end)
    assert after, f"{PAGE} has no marks '{mark}'"
    PAGE.write_text(f"{before}{begin}\n{text}{end}{after}")
