"""Telemetry is declared as data, and nobody's name is ever a label."""

from __future__ import annotations

import re

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from schemas.telemetry import METRICS, Metric, counter, gauge, histogram

CLOSED_SETS = {"type", "outcome", "partition", "route", "state", "status", "report"}
MAKERS = {"counter": counter, "gauge": gauge, "histogram": histogram}
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)


@every_metric
def test_a_name_carries_its_unit(metric: Metric) -> None:
    """A metric is ours, explained, and named as Prometheus wants it."""
    assert re.fullmatch(r"salespulse_[a-z]+(_[a-z]+)*", metric.name)
    assert metric.help.endswith(".")
    assert (metric.kind == "counter") == metric.name.endswith("_total")


@every_metric
def test_labels_come_from_closed_sets(metric: Metric) -> None:
    """No label is a tenant, an employee or a customer."""
    assert set(metric.labels) <= CLOSED_SETS


@every_metric
def test_a_histogram_has_buckets_in_order(metric: Metric) -> None:
    """Buckets ascend, and only histograms have them."""
    assert (metric.kind == "histogram") == bool(metric.buckets)
    assert list(metric.buckets) == sorted(set(metric.buckets))


@every_metric
def test_a_metric_is_made_as_declared(metric: Metric) -> None:
    """What is made is exported under the declared name, with the declared help."""
    registry = CollectorRegistry()
    made = MAKERS[metric.kind](metric.name, registry)
    if metric.labels:
        made.labels(*("x" for _ in metric.labels))
    text = generate_latest(registry).decode()
    assert f"# HELP {metric.name} {metric.help}" in text
    assert f"# TYPE {metric.name} {metric.kind}" in text


@every_metric
def test_a_metric_of_another_kind_is_refused(metric: Metric) -> None:
    """Asking for a counter where a gauge is declared is an error of the program."""
    other = next(make for kind, make in MAKERS.items() if kind != metric.kind)
    with pytest.raises(ValueError, match=f"{metric.name} is a {metric.kind}"):
        other(metric.name, CollectorRegistry())


def test_an_undeclared_metric_is_refused() -> None:
    """There is no metric that is not in the table."""
    with pytest.raises(KeyError):
        counter("salespulse_surprises_total", CollectorRegistry())
