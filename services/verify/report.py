"""Say what was compared and what differs; a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from services.verify.check import Outcome
from services.verify.compare import Difference
from services.verify.decode import MARKS


@contextmanager
def progress_bar(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    """Show how many records and keys were read, on a terminal only."""
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("reading log and store", total=total)
        yield lambda steps: bar.advance(task, steps)


def report(console: Console, outcomes: list[Outcome], shown: int) -> int:
    """Print the result.

    Shape:  -> exit code: 0 if nothing differs, else 1.
    """
    counts: Counter[str] = Counter()
    tenants: set[str] = set()
    differences: list[Difference] = []
    for outcome in outcomes:
        counts.update(outcome.counts)
        tenants |= outcome.tenants
        differences += outcome.differences
        if outcome.counts["records"]:
            _line(
                console,
                f"partition {outcome.partition}: recounted to version"
                f" {outcome.generation}.{outcome.offset}"
                + (f", {outcome.rounds} rounds" if outcome.rounds > 1 else ""),
            )
    _line(
        console,
        f"log: {counts['records']:,} records, {counts['events']:,} events,"
        f" {counts['duplicates']:,} duplicates, {len(tenants):,} tenants",
    )
    _line(
        console,
        f"compared: {counts['cells']:,} cells, {counts['month sums']:,} month sums,"
        f" {counts['gauges']:,} gauges, {counts['list rows']:,} rows of {counts['lists']:,} lists,"
        f" {counts['scores']:,} scores, {counts['visits']:,} visits,"
        f" {counts['late changes']:,} late changes,"
        f" {counts['facts']:,} facts with {counts['registers']:,} registers",
    )
    marks = ", ".join(f"{counts[f'{name} marks']:,} {name}" for name in MARKS)
    _line(
        console,
        f"compared: {counts['marks']:,} marks of customers ({marks}),"
        f" {counts['members']:,} members of cohorts, {counts['words']:,} words,"
        f" {counts['holders']:,} holders of numbers, {counts['holdings']:,} of extensions,"
        f" {counts['agents']:,} agents and {counts['called']:,} customers of calls,"
        f" {counts['targets']:,} targets with {counts['crossings']:,} crossings",
    )
    if counts["reports"]:
        _line(console, f"asked: {counts['reports']:,} cohort reports")
    for difference in differences[:shown]:
        _line(console, describe(difference))
    if not differences:
        _line(console, "no difference")
        return 0
    kinds = Counter(difference.what for difference in differences)
    listed = ", ".join(f"{count:,} {what}" for what, count in sorted(kinds.items()))
    _line(console, f"differences: {len(differences):,} ({listed})")
    return 1


def describe(difference: Difference) -> str:
    """Return one difference as a line."""
    return (
        f"{difference.what}: {difference.key} [{difference.item}]"
        f" expected {difference.expected or 'nothing'}, found {difference.found or 'nothing'}"
    )


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
