"""The figures of the benchmark: every name there is, what it means, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import Any, Final, NamedTuple


class Name(NamedTuple):
    """What a figure means. Shape: floor and aim where the product promises any, else ''."""

    unit: str
    meaning: str
    floor: str = ""
    aim: str = ""


NAMES: Final[dict[str, Name]] = {
    "ingest_events_per_s": Name(
        "events/s", "accepted by the ingestor in batches of 500 over HTTP, four at a time"
    ),
    "fold_events_per_s": Name(
        "events/s", "the pure core alone: decoded events into facts and figures, no store"
    ),
    "commit_path_events_per_s": Name(
        "events/s", "log to committed figures by one worker, all outputs on"
    ),
    "ratio_to_raw_consume": Name(
        "ratio", "commit path to reading and decoding the same log", "0.15", "0.3"
    ),
    "ratio_to_kafka_streams_eos": Name(
        "ratio", "commit path to Kafka Streams exactly_once_v2, which only counts", "1.5", "3"
    ),
    "ratio_to_quix": Name("ratio", "commit path to Quix Streams exactly-once, which only counts"),
    "ratio_to_faust_table": Name(
        "ratio", "commit path to idiomatic Faust tables, which only count", "15", "30"
    ),
    "raw_consume_events_per_s": Name("events/s", "peer: aiokafka and orjson, counting nothing"),
    "kafka_streams_eos_events_per_s": Name("events/s", "peer: Kafka Streams"),
    "quix_events_per_s": Name("events/s", "peer: Quix Streams"),
    "faust_table_events_per_s": Name("events/s", "peer: Faust tables"),
    "commit_p50_ms": Name("ms", "one atomic commit at full speed, from the worker's histogram"),
    "commit_p99_ms": Name("ms", "the same, 99 of a hundred"),
    "cpu_us_per_event_worker": Name("us", "processor time of the worker at full speed"),
    "cpu_us_per_event_store": Name("us", "processor time of the store at the same time"),
    "rebuild_events_per_s": Name("events/s", "a new generation built from the whole log"),
    "event_to_sse_p50_ms": Name("ms", "202 of an event to its change on a stream, 1,000 events/s"),
    "event_to_sse_p99_ms": Name("ms", "the same, 99 of a hundred", "250", "100"),
    "event_to_topic_p50_ms": Name("ms", "202 of an event to its change on kpi-changes"),
    "event_to_topic_p99_ms": Name("ms", "the same, 99 of a hundred"),
    "event_to_sse_load_per_s": Name("events/s", "the load that was reached meanwhile"),
    "fold_alone_us_per_event": Name("us", "processor time of the worker at 2,000 events/s"),
    "fold_beside_alerts_us_per_event": Name("us", "with 10,000 alerts and 500 webhooks watched"),
    "ratio_fold_beside_alerts": Name("ratio", "the second to the first"),
    "alerts_load_per_s": Name("events/s", "the load that was reached meanwhile"),
    "recovery_after_sigkill_s": Name(
        "s", "worker killed under load and started again: to its first new commit", "10", "5"
    ),
    "recovery_by_standby_s": Name("s", "worker killed under load: to the first commit of another"),
    "bytes_per_call_fact": Name(
        "bytes", "a call in the store: fact, number, lists and visits", "200", "100"
    ),
    "bytes_per_call_all_in": Name(
        "bytes", "a call with its cells and the ids of its three events, too"
    ),
    "bytes_per_customer": Name("bytes", "a customer in the store, everything included"),
    "bytes_per_fact": Name("bytes", "a fact of the year of mixed kinds, everything included"),
    "kpi_get_p95_ms": Name("ms", "five figures of a department and month, under load", "20", "5"),
    "kpi_get_year_p95_ms": Name("ms", "the same of a year"),
    "kpi_distinct_p95_ms": Name("ms", "a distinct count of a month"),
    "kpi_distinct_year_p95_ms": Name("ms", "a distinct count of a year"),
    "facts_page_p95_ms": Name("ms", "a page of the list behind a month's figure"),
    "facts_page_year_p95_ms": Name("ms", "a page of the list behind a year's figure"),
    "report_department_p95_ms": Name("ms", "all tables of a department and month", "200", "50"),
    "report_department_year_p95_ms": Name("ms", "the same of a year"),
    "report_employee_p95_ms": Name("ms", "all tables of an employee and month"),
    "report_employee_year_p95_ms": Name("ms", "the same of a year"),
    "report_telesales_p95_ms": Name(
        "ms", "10,000 customers in the window, other free filters each time", "150", "50"
    ),
    "report_telesales_today_p95_ms": Name("ms", "the live board of today"),
    "report_lifecycle_p95_ms": Name("ms", "10,000 customers in the window, any target"),
    "report_sales_performance_p95_ms": Name("ms", "10,000 customers in the window, sorted"),
    "report_journey_p95_ms": Name("ms", "28 days of a department"),
    "report_calls_p95_ms": Name("ms", "today's calls of a department"),
    "reports_load_per_s": Name("events/s", "the load that was reached meanwhile"),
    "event_to_telesales_p50_ms": Name("ms", "202 of an event to the frame of a telesales board"),
    "event_to_telesales_p99_ms": Name("ms", "the same, 99 of a hundred"),
    "telesales_board_us_per_event": Name("us", "processor time of the query service beside it"),
    "counters_board_us_per_event": Name("us", "the same beside a board of plain counters"),
    "ratio_telesales_board_to_counters": Name("ratio", "the first to the second"),
    "event_to_telesales_load_per_s": Name("events/s", "the load that was reached meanwhile"),
    "event_to_page_p50_ms": Name("ms", "202 of an event to the number in a page in Chromium"),
    "event_to_page_p99_ms": Name("ms", "the same, 99 of a hundred"),
    "event_to_page_load_per_s": Name("events/s", "the load that was reached meanwhile"),
    "boards_1000_push_p99_ms": Name(
        "ms", "a thousand boards: first one told to each of the others", "250", "100"
    ),
    "boards_1000_core_share": Name("cores", "what the query service uses for them", "1.0", "0.3"),
    "boards_1000_event_p50_ms": Name("ms", "202 of an event to each of a thousand boards"),
    "boards_1000_event_p99_ms": Name("ms", "the same, 99 of a hundred"),
    "board_heap_growth_mb": Name("MB", "growth of a page over hours of updates"),
    "board_60_tiles_core_share": Name("cores", "a page of 60 tiles at four changes a second"),
    "rights_check_us": Name("us", "one check of who may see what"),
    "rights_tree_ms": Name("ms", "the tree of 2,000 employees after a change"),
}

Figure = dict[str, Any]
"""{value, unit, runs}"""


class Figures:
    """What was measured so far: each name once, with the unit it is declared with."""

    def __init__(self) -> None:
        self.found: dict[str, Figure] = {}

    def add(self, name: str, *runs: float) -> None:
        """Take a figure: the median of its runs.

        Errors: KeyError for a name nobody declared, ValueError for one that is there, or no run.
        """
        if not runs or name in self.found:
            raise ValueError(f"'{name}' was measured {'twice' if runs else 'never'}")
        self.found[name] = {"value": median(runs), "unit": NAMES[name].unit, "runs": [*runs]}

    def ratio(self, name: str, above: str, below: str) -> None:
        """Take the ratio of two figures: of their medians, with that of each repetition."""
        over, under = self.found[above], self.found[below]
        pairs = zip(over["runs"], under["runs"], strict=True)
        self.found[name] = {
            "value": over["value"] / under["value"],
            "unit": NAMES[name].unit,
            "runs": [one / other for one, other in pairs],
        }

    def missing(self) -> list[str]:
        """Return the declared names that were not measured."""
        return [name for name in NAMES if name not in self.found]


def p50(values: Sequence[float]) -> float:
    """Return the median."""
    return median(values)


def p95(values: Sequence[float]) -> float:
    """Return what one in twenty exceeds."""
    return quantiles(values, n=20)[18]


def p99(values: Sequence[float]) -> float:
    """Return what one in a hundred exceeds."""
    return quantiles(values, n=100)[98]


def misses_floor(name: str, value: float) -> bool:
    """Say whether a figure is worse than its floor; of ratios and rates more is better."""
    declared = NAMES[name]
    if not declared.floor:
        return False
    floor = float(declared.floor)
    return value < floor if declared.unit in {"ratio", "events/s"} else value > floor


def rows(found: Mapping[str, Figure], names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return what is shown of figures: (name, value, unit, floor, aim, runs)."""
    shown = []
    for name in names:
        figure, declared = found[name], NAMES[name]
        runs = ", ".join(number(value) for value in figure["runs"])
        value = number(figure["value"])
        if misses_floor(name, figure["value"]):
            value += " (below the floor)" if declared.unit == "ratio" else " (beyond the floor)"
        shown.append((name, value, figure["unit"], declared.floor, declared.aim, runs))
    return shown


def number(value: float) -> str:
    """Write a figure with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
