"""The aggregator's metrics, as `schemas.telemetry` declares them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from schemas.telemetry import counter, gauge, histogram


class FoldMetrics:
    """What one process counts while it folds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.events = counter("salespulse_fold_events_total", registry)
        self.fold_seconds = histogram("salespulse_fold_seconds", registry)
        self.load_seconds = histogram("salespulse_load_seconds", registry)
        self.commit_seconds = histogram("salespulse_commit_seconds", registry)
        self.batch_events = histogram("salespulse_batch_events", registry)
        self.refused = counter("salespulse_commit_refused_total", registry)
        self.lag = gauge("salespulse_lag_events", registry)
        self.relay_lag = gauge("salespulse_relay_lag_records", registry)
