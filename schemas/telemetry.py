"""Telemetry, declared as data: every metric that a service exports.

Labels come from closed sets. No tenant, employee or customer id is ever a label.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

Kind = Literal["counter", "gauge", "histogram"]
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10000)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name carries its unit, as Prometheus wants it."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_ALL = (
    Metric(
        "salespulse_ingest_events_total",
        "counter",
        "Events received, by type and outcome (accepted or a rejection code).",
        ("type", "outcome"),
    ),
    Metric(
        "salespulse_ingest_inflight_events",
        "gauge",
        "Events accepted from callers and not yet acknowledged by Kafka.",
    ),
    Metric(
        "salespulse_ingest_publish_seconds",
        "histogram",
        "From the parsed request to the acknowledgement of all in-sync replicas.",
        buckets=_SECONDS,
    ),
    Metric(
        "salespulse_fold_events_total",
        "counter",
        "Events folded, by type and outcome (applied, unchanged, duplicate, dead_letter, erased).",
        ("type", "outcome"),
    ),
    Metric("salespulse_fold_seconds", "histogram", "Folding one micro-batch.", buckets=_SECONDS),
    Metric("salespulse_load_seconds", "histogram", "Loading what a batch needs.", buckets=_SECONDS),
    Metric("salespulse_commit_seconds", "histogram", "One atomic commit.", buckets=_SECONDS),
    Metric("salespulse_batch_events", "histogram", "Events in a micro-batch.", buckets=_SIZES),
    Metric(
        "salespulse_commit_refused_total",
        "counter",
        "Commits refused because the fence stood elsewhere.",
    ),
    Metric(
        "salespulse_lag_events",
        "gauge",
        "Events in the log that are not folded yet, by partition.",
        ("partition",),
    ),
    Metric(
        "salespulse_relay_lag_records",
        "gauge",
        "Change records not yet published to kpi-changes, by partition.",
        ("partition",),
    ),
    Metric(
        "salespulse_query_requests_total",
        "counter",
        "Requests, by route and status class.",
        ("route", "status"),
    ),
    Metric(
        "salespulse_query_seconds",
        "histogram",
        "Answering a request, by route.",
        ("route",),
        _SECONDS,
    ),
    Metric("salespulse_stream_listeners", "gauge", "Open change streams (SSE)."),
    Metric(
        "salespulse_stream_push_seconds",
        "histogram",
        "From the commit to the push on the stream.",
        buckets=_SECONDS,
    ),
    Metric(
        "salespulse_report_evaluations_total",
        "counter",
        "Evaluations of followed reports, by report and outcome (first, changed, unchanged, "
        "failed).",
        ("report", "outcome"),
    ),
    Metric(
        "salespulse_report_evaluation_seconds",
        "histogram",
        "Evaluating a followed report, by report.",
        ("report",),
        _SECONDS,
    ),
    Metric(
        "salespulse_audit_records_total",
        "counter",
        "Records of the audit trail, by outcome (kept, lost).",
        ("outcome",),
    ),
    Metric(
        "salespulse_webhook_deliveries_total",
        "counter",
        "Attempts to deliver to webhooks, by outcome (delivered, failed, given_up).",
        ("outcome",),
    ),
    Metric(
        "salespulse_webhooks_disabled_total", "counter", "Webhooks disabled because they failed."
    ),
    Metric(
        "salespulse_alert_changes_total",
        "counter",
        "Changes of the state of alerts, by the new one (ok, warn, critical).",
        ("state",),
    ),
    Metric(
        "salespulse_alert_mails_total",
        "counter",
        "E-mails about alerts, by outcome (sent, failed).",
        ("outcome",),
    ),
    Metric(
        "salespulse_notifier_lag_records",
        "gauge",
        "Records of kpi-changes that the notifier has not read yet.",
    ),
)

METRICS: Final = MappingProxyType({metric.name: metric for metric in _ALL})


def counter(name: str, registry: CollectorRegistry) -> Counter:
    """Make the counter that `METRICS` declares."""
    metric = _declared(name, "counter")
    return Counter(metric.name, metric.help, metric.labels, registry=registry)


def gauge(name: str, registry: CollectorRegistry) -> Gauge:
    """Make the gauge that `METRICS` declares."""
    metric = _declared(name, "gauge")
    return Gauge(metric.name, metric.help, metric.labels, registry=registry)


def histogram(name: str, registry: CollectorRegistry) -> Histogram:
    """Make the histogram that `METRICS` declares."""
    metric = _declared(name, "histogram")
    return Histogram(
        metric.name, metric.help, metric.labels, buckets=metric.buckets, registry=registry
    )


def _declared(name: str, kind: Kind) -> Metric:
    metric = METRICS[name]
    if metric.kind != kind:
        raise ValueError(f"{name} is a {metric.kind}, not a {kind}")
    return metric
