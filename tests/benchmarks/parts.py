"""The parts of the benchmark: each runs a measurement and says which figures it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.benchmarks import (
    board_listeners,
    board_page,
    changes,
    ingest,
    latency,
    live_reports,
    pure,
    recovery,
    reports,
    rights,
    sizes,
    throughput,
)
from tests.benchmarks.figures import Figures, p50, p95, p99
from tests.benchmarks.year import Size


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything. Units: seconds and hours where they are named."""

    events: int
    peer_events: int
    repetitions: int
    pure_events: int
    ingest_events: int
    probes: int
    load_seconds: float
    kills: int
    customers: int
    calls: int
    board_seconds: float
    board_hours: float
    board_probes: int
    year: Size
    requests: int


FULL: Final = Plan(
    events=200_000,
    peer_events=20_000,
    repetitions=3,
    pure_events=60_000,
    ingest_events=20_000,
    probes=300,
    load_seconds=20,
    kills=3,
    customers=10_000,
    calls=40_000,
    board_seconds=20,
    board_hours=2,
    board_probes=40,
    year=Size(100_000, 600_000),
    requests=60,
)
QUICK: Final = Plan(
    events=40_000,
    peer_events=5_000,
    repetitions=1,
    pure_events=20_000,
    ingest_events=5_000,
    probes=60,
    load_seconds=5,
    kills=1,
    customers=2_000,
    calls=5_000,
    board_seconds=5,
    board_hours=0.2,
    board_probes=12,
    year=Size(5_000, 20_000),
    requests=12,
)

Say = Callable[[str], None]
Part = Callable[[Path, Plan, Figures, Say], None]


def _rights(_: Path, plan: Plan, found: Figures, say: Say) -> None:
    del plan
    say("2,000 employees in 200 departments")
    cost = rights.run()
    found.add("rights_check_us", *cost.rounds_us)
    found.add("rights_tree_ms", cost.tree_ms)


def _pure(_: Path, plan: Plan, found: Figures, say: Say) -> None:
    rates = pure.run(plan.pure_events, plan.repetitions)
    say(f"the core alone: {p50(rates):,.0f} events/s")
    found.add("fold_events_per_s", *rates)


def _throughput(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    throughput.run(
        home,
        events=plan.events,
        peer_events=plan.peer_events,
        repetitions=plan.repetitions,
        found=found,
        say=say,
    )


def _ingest(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    rates = ingest.run(home, events=plan.ingest_events, repetitions=plan.repetitions)
    say(f"ingestor: {p50(rates):,.0f} events/s")
    found.add("ingest_events_per_s", *rates)


def _changes(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    told = changes.run(
        home,
        rate=1000,
        probes=plan.probes,
        seconds=plan.load_seconds,
        alerts=10_000,
        webhooks=500,
        say=say,
    )
    found.add("event_to_topic_p50_ms", p50(told.topic))
    found.add("event_to_topic_p99_ms", p99(told.topic))
    found.add("event_to_sse_p50_ms", p50(told.stream))
    found.add("event_to_sse_p99_ms", p99(told.stream))
    found.add("event_to_sse_load_per_s", told.waits_load_per_s)
    found.add("fold_alone_us_per_event", told.alone_us)
    found.add("fold_beside_alerts_us_per_event", told.beside_us)
    found.ratio(
        "ratio_fold_beside_alerts", "fold_beside_alerts_us_per_event", "fold_alone_us_per_event"
    )
    found.add("alerts_load_per_s", told.load_per_s)


def _recovery(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    took = recovery.run(home, kills=plan.kills)
    say(f"after SIGKILL: {p50(took.restarted):.1f} s, by a standby {p50(took.by_standby):.1f} s")
    found.add("recovery_after_sigkill_s", *took.restarted)
    found.add("recovery_by_standby_s", *took.by_standby)


def _sizes(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    size = sizes.run(home, customers=plan.customers, calls=plan.calls, say=say)
    say(f"a call {size.call:.0f} bytes, a customer {size.customer:.0f}")
    found.add("bytes_per_call_fact", size.call)
    found.add("bytes_per_call_all_in", size.call_all_in)
    found.add("bytes_per_customer", size.customer)


def _reports(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    say(f"{plan.year.customers:,} customers, {plan.year.facts:,} facts")
    measured = reports.run(home, plan.year, requests=plan.requests, say=say)
    found.add("bytes_per_fact", measured.bytes_per_fact)
    found.add("reports_load_per_s", measured.load_per_s)
    for name, waits in measured.waits.items():
        found.add(f"{name}_p95_ms", p95(waits))


def _live_reports(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    live = live_reports.run(
        home,
        rate=500,
        customers=plan.customers,
        probes=plan.probes // 3,
        seconds=plan.load_seconds / 2,
        say=say,
    )
    found.add("event_to_telesales_p50_ms", live.p50_ms)
    found.add("event_to_telesales_p99_ms", live.p99_ms)
    found.add("telesales_board_us_per_event", live.telesales_us)
    found.add("counters_board_us_per_event", live.counters_us)
    found.ratio(
        "ratio_telesales_board_to_counters",
        "telesales_board_us_per_event",
        "counters_board_us_per_event",
    )
    found.add("event_to_telesales_load_per_s", live.load_per_s)


def _page(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    waits = latency.run(home, rate=500, probes=plan.probes // 3, say=say)
    found.add("event_to_page_p50_ms", waits.p50_ms)
    found.add("event_to_page_p99_ms", waits.p99_ms)
    found.add("event_to_page_load_per_s", waits.load_per_s)
    cost = board_page.run(seconds=plan.board_seconds, hours=plan.board_hours, say=say)
    found.add("board_heap_growth_mb", cost.heap_growth_mb)
    found.add("board_60_tiles_core_share", cost.core_share)


def _boards(home: Path, plan: Plan, found: Figures, say: Say) -> None:
    pushed = board_listeners.run(home, probes=plan.board_probes, say=say)
    found.add("boards_1000_event_p50_ms", pushed.p50_ms)
    found.add("boards_1000_event_p99_ms", pushed.p99_ms)
    found.add("boards_1000_push_p99_ms", pushed.spread_p99_ms)
    found.add("boards_1000_core_share", pushed.core_share)


PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "rights": _rights,
        "pure": _pure,
        "throughput": _throughput,
        "ingest": _ingest,
        "changes": _changes,
        "recovery": _recovery,
        "sizes": _sizes,
        "reports": _reports,
        "live_reports": _live_reports,
        "page": _page,
        "boards": _boards,
    }
)
"""Name -> part, in the order in which they run."""
