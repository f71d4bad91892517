"""What the notifier counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from schemas.telemetry import counter, gauge


class NotifierMetrics:
    """The metrics of one process, as schemas.telemetry declares them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.deliveries = counter("salespulse_webhook_deliveries_total", registry)
        self.disabled = counter("salespulse_webhooks_disabled_total", registry)
        self.alerts = counter("salespulse_alert_changes_total", registry)
        self.mails = counter("salespulse_alert_mails_total", registry)
        self.lag = gauge("salespulse_notifier_lag_records", registry)
