"""Settings of the ingestor: where it listens, what it takes at most, how long it waits."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from schemas.keystore.settings import KeySettings


class IngestorSettings(KeySettings):
    """What the ingestor reads from the environment (SALESPULSE_INGESTOR_*)."""

    service: ClassVar[str] = "ingestor"

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on.")
    admin_token: SecretStr = Field(
        SecretStr(""),
        description="Token of the tenant, key and dead-letter endpoints; empty closes them.",
    )
    journal_dir: Path | None = Field(
        None,
        description="Folder of the journal that outlives the embedded broker; empty: no journal.",
    )
    body_limit_bytes: int = Field(
        5_000_000, ge=1_000, description="Largest request body, in bytes."
    )
    event_limit_bytes: int = Field(
        65_536, ge=1_000, le=500_000, description="Largest single event, in bytes of JSON."
    )
    batch_limit_events: int = Field(10_000, ge=1, description="Most events in one batch.")
    body_timeout_s: float = Field(30.0, gt=0, description="Longest time a body may take to arrive.")
    ingest_per_minute: int = Field(
        60_000, ge=1, description="Most requests with events of one key a minute (429 then)."
    )
    administration_per_minute: int = Field(
        6_000, ge=1, description="Most requests of the administrator a minute (429 then)."
    )
    max_inflight_events: int = Field(
        100_000, ge=1, description="Most events held that Kafka has not acknowledged yet."
    )
    max_inflight_bytes: int = Field(
        100_000_000, ge=1_000, description="Most bytes held that Kafka has not acknowledged yet."
    )
    publish_timeout_s: float = Field(
        10.0, gt=0, description="Wait for Kafka's acknowledgement before answering 503."
    )
    wait_applied_s: float = Field(
        10.0, gt=0, le=300, description="Longest wait of ?wait=applied for the figures."
    )
    key_fresh_s: float = Field(
        5.0, ge=0, description="An API key is looked up again after this many seconds."
    )
    key_stale_s: float = Field(
        300.0, ge=0, description="While Redis is down, a key verified this recently still passes."
    )
    redis_timeout_s: float = Field(2.0, gt=0, description="Longest wait for one answer of Redis.")
    kafka_timeout_s: float = Field(
        10.0, ge=1, description="Longest wait for one answer of a Kafka broker."
    )
    compression: Literal["none", "gzip", "lz4", "zstd"] = Field(
        "lz4", description="Compression of the records in Kafka."
    )
    drain_timeout_s: float = Field(
        20.0, ge=0, description="Longest wait for requests and records in flight at a stop."
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_none(cls, values: object) -> object:
        if isinstance(values, dict) and values.get("journal_dir") == "":
            return values | {"journal_dir": None}
        return values

    @model_validator(mode="after")
    def _one_request_fits(self) -> Self:
        if self.max_inflight_bytes < self.body_limit_bytes:
            raise ValueError("max_inflight_bytes must not be below body_limit_bytes")
        if self.max_inflight_events < self.batch_limit_events:
            raise ValueError("max_inflight_events must not be below batch_limit_events")
        if self.journal_dir is not None and not self.embedded_broker:
            raise ValueError("journal_dir is for the embedded broker only; Kafka keeps its log")
        return self
