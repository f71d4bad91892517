"""The benchmark measures what its page says, on events that the product could have written."""

from __future__ import annotations

import re
from itertools import islice, pairwise

import orjson
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from schemas.telemetry import histogram
from tests.benchmarks import mix, page
from tests.benchmarks.figures import NAMES, Figures, rows
from tests.benchmarks.parts import PARTS
from tests.benchmarks.readings import quantile
from tests.benchmarks.scale import extrapolated

PROMISED = {
    "ingest_events_per_s", "fold_events_per_s", "commit_path_events_per_s", "ratio_to_raw_consume",
    "ratio_to_kafka_streams_eos", "ratio_to_quix", "ratio_to_faust_table", "commit_p50_ms",
    "commit_p99_ms", "event_to_sse_p50_ms", "event_to_sse_p99_ms", "event_to_topic_p99_ms",
    "recovery_after_sigkill_s", "bytes_per_call_fact", "bytes_per_customer",
    "cpu_us_per_event_worker", "cpu_us_per_event_store", "report_department_p95_ms",
    "report_telesales_p95_ms", "report_lifecycle_p95_ms", "kpi_get_p95_ms",
    "boards_1000_push_p99_ms", "boards_1000_core_share", "rebuild_events_per_s", "rights_check_us",
}  # fmt: skip


def between(mark: str) -> list[list[str]]:
    """Return the lines of the table between two marks of the page, cell by cell."""
    text = page.PAGE.read_text()
    inside = text.partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0]
    lines = [line for line in inside.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_lists_every_name_and_no_other() -> None:
    """Name, unit, floor, aim and meaning stand on the page as they stand in the code."""
    listed = [(name.strip("`"), *rest) for name, _, *rest in between("figures")]
    assert listed == [
        (name, each.unit, each.floor, each.aim, each.meaning) for name, each in NAMES.items()
    ]


def test_every_name_that_is_promised_is_measured() -> None:
    """Nothing that others were promised is left out of the benchmark."""
    assert set(NAMES) >= PROMISED


def test_a_figure_is_measured_once_under_a_declared_name() -> None:
    """A name nobody declared, a second measurement and one without runs are mistakes."""
    found = Figures()
    found.add("commit_path_events_per_s", 30.0, 10.0, 20.0)
    found.add("faust_table_events_per_s", 2.0, 1.0, 4.0)
    found.ratio("ratio_to_faust_table", "commit_path_events_per_s", "faust_table_events_per_s")
    assert found.found["ratio_to_faust_table"] == {
        "value": 10.0, "unit": "ratio", "runs": [15.0, 10.0, 5.0],
    }  # fmt: skip
    assert set(found.missing()) == set(NAMES) - set(found.found)
    with pytest.raises(KeyError):
        found.add("speed", 1.0)
    with pytest.raises(ValueError, match="twice"):
        found.add("commit_path_events_per_s", 1.0)
    with pytest.raises(ValueError, match="never"):
        found.add("commit_p50_ms")


def test_a_figure_is_shown_with_its_floor_and_aim() -> None:
    """The table says what is promised beside what was measured."""
    found = Figures()
    found.add("ratio_to_raw_consume", 0.1234)
    found.add("ratio_to_faust_table", 15.5)
    found.add("recovery_after_sigkill_s", 11.0, 12.0, 9.0)
    assert rows(found.found, found.found) == [
        ("ratio_to_raw_consume", "0.123 (below the floor)", "ratio", "0.15", "0.3", "0.123"),
        ("ratio_to_faust_table", "15.5", "ratio", "15", "30", "15.5"),
        ("recovery_after_sigkill_s", "11 (beyond the floor)", "s", "10", "5", "11, 12, 9"),
    ]


def test_the_mix_is_what_the_ingestor_would_write() -> None:
    """Canonical, sealed, and every type of event that does not end everything."""
    mix.check(300)
    assert {event["type"] for event in mix.plain(20_000)} == mix.TYPES


def test_the_mix_is_a_day_in_its_order() -> None:
    """Times ascend, ids differ, and the same seed gives the same bytes."""
    values = list(mix.events(3000))
    assert values == list(mix.events(3000))
    events = [orjson.loads(value) for value in values]
    assert all(one["time"] <= other["time"] for one, other in pairwise(events))
    assert len({event["id"] for event in events}) == len(events)
    assert events[-1]["time"].startswith("2026-11-20T")


def test_what_is_posted_is_what_an_ingest_key_may_write() -> None:
    """The ingestor would refuse the rest, and the benchmark with it."""
    posted = list(mix.posted(3000, tenant="t1"))
    assert len(posted) == 3000
    assert not {event["type"] for event in posted} & mix.RESERVED_TYPES
    assert {event["tenantid"] for event in posted} == {"t1"}


def test_a_quantile_is_read_from_a_histogram() -> None:
    """As Prometheus reckons: linear inside the bucket."""
    registry = CollectorRegistry()
    seconds = histogram("salespulse_commit_seconds", registry)
    text = generate_latest(registry).decode()
    with pytest.raises(ValueError, match="never observed"):
        quantile(text, "salespulse_commit_seconds", 0.5)
    for value in [0.02] * 50 + [0.04] * 50:
        seconds.observe(value)
    text = generate_latest(registry).decode()
    assert quantile(text, "salespulse_commit_seconds", 0.5) == pytest.approx(0.025)
    assert quantile(text, "salespulse_commit_seconds", 0.75) == pytest.approx(0.0375)
    seconds.observe(99)
    text = generate_latest(registry).decode()
    assert quantile(text, "salespulse_commit_seconds", 1.0) == 10.0


def test_a_larger_size_is_a_straight_line_over_the_logarithm() -> None:
    """What grows by the same each time goes on doing so, and nothing becomes less."""
    points = [{"at": 10, "cost": 1.0, "wait": 9.0}, {"at": 100, "cost": 3.0, "wait": 4.0}]
    assert extrapolated(points, 10_000) == {"at": 10_000, "cost": 7.0, "wait": 4.0}


def test_the_parts_are_named_on_the_page() -> None:
    """Whoever works on one part finds how to run it."""
    text = page.PAGE.read_text()
    assert [name for name in PARTS if not re.search(rf"`{name}`", text)] == []


def test_the_mix_goes_on_as_long_as_it_is_asked_for() -> None:
    """A longer mix is a longer day, not another company."""
    short, longer = mix.plain(60_000), mix.plain(80_000)
    people = [list(islice(each, 300)) for each in (short, longer)]
    assert people[0] == people[1]
