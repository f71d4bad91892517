"""Settings of the query service; every name is explained in the README's table."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.settings import SharedSettings


class QuerySettings(SharedSettings):
    """What the query service can be told, beside where broker and store are."""

    service: ClassVar[str] = "query"

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8082, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    max_range_days: int = Field(400, ge=1, description="Longest range of days of one request.")
    max_hashes: int = Field(40_000, ge=100, description="Most cell hashes one answer may read.")
    max_rows: int = Field(1000, ge=1, description="Most rows on one page of a list.")
    max_filtered_rows: int = Field(
        50_000, ge=1, description="Longest list that is filtered by currency."
    )
    max_export_rows: int = Field(200_000, ge=1, description="Most rows of one exported list.")
    max_cohort_customers: int = Field(
        1_000_000, ge=1, description="Most customers kept in memory for the cohort reports."
    )
    key_cache_s: float = Field(
        3.0, ge=0, description="Seconds for which an accepted API key is believed."
    )
    store_timeout_s: float = Field(3.0, gt=0, description="Seconds to wait for Redis.")
    max_listeners: int = Field(2000, ge=1, description="Most open change streams.")
    listener_queue: int = Field(
        256, ge=2, description="Frames kept for a slow listener before it gets a new snapshot."
    )
    heartbeat_s: float = Field(2.0, gt=0, description="Seconds between heartbeats of a stream.")
    busy_records_per_s: int = Field(
        20, ge=1, description="Change records a second from which pushes are coalesced."
    )
    flushes_per_s: float = Field(
        10.0, gt=0, description="Pushes a second to a listener while coalescing."
    )
