"""Settings of the aggregator."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.settings import SharedSettings


class AggregatorSettings(SharedSettings):
    """What the aggregator reads from the environment (SALESPULSE_AGGREGATOR_*)."""

    service: ClassVar[str] = "aggregator"

    http_host: str = Field("127.0.0.1", description="Address of /metrics, /healthz and /readyz.")
    http_port: int = Field(8081, ge=0, le=65535, description="Port of the same.")
    group: str = Field(
        "salespulse-aggregator", min_length=1, description="Kafka consumer group of the workers."
    )
    instance: str = Field(
        "",
        description="Name of this worker in the group (static membership); empty: none. "
        "A worker that comes back under its name takes its partitions at once.",
    )
    session_timeout_s: float = Field(
        6.0, ge=1, le=300, description="A worker silent for this long loses its partitions."
    )
    batch_events: int = Field(4000, ge=1, le=20_000, description="Most events in one commit.")
    commit_commands: int = Field(
        120_000, ge=100, description="Most store commands in one commit; beyond it is halved."
    )
    cached_facts: int = Field(200_000, ge=100, description="Most facts kept in memory.")
    cached_cells: int = Field(50_000, ge=100, description="Most cell hashes kept in memory.")
    kept_changes: int = Field(
        5_000, ge=100, description="Commits kept in the change stream, for resuming listeners."
    )
    kept_changes_mib: int = Field(
        64, ge=1, description="Most MiB of commits kept there, for each partition."
    )
    bug_limit: int = Field(
        100, ge=0, description="Events of a partition that may fail to fold before it stops."
    )
    store_patience_s: float = Field(
        240.0, ge=1, description="Wait this long for an absent store before the worker exits."
    )
    relay: bool = Field(True, description="Publish changes to the topic kpi-changes.")
