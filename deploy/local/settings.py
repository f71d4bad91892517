"""Settings of the local stack: on which ports of this machine it listens."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.settings import SharedSettings


class StackSettings(SharedSettings):
    """What `salespulse up` reads from the environment (SALESPULSE_STACK_*).

    Where SALESPULSE_KAFKA_BOOTSTRAP or SALESPULSE_REDIS_URL is set, that broker or store is used
    and no embedded one is started. What is set for a service (SALESPULSE_QUERY_* and so on) is
    passed on to it, but for its port, which is chosen here.
    """

    service: ClassVar[str] = "stack"

    ingestor_port: int = Field(8080, ge=1, le=65535, description="Port of the ingestor.")
    aggregator_port: int = Field(8081, ge=1, le=65535, description="Port of the aggregator.")
    query_port: int = Field(8082, ge=1, le=65535, description="Port of the boards and figures.")
    notifier_port: int = Field(8083, ge=1, le=65535, description="Port of the notifier.")
    broker_port: int = Field(19092, ge=1, le=65535, description="Port of the embedded broker.")
    store_port: int = Field(16379, ge=1, le=65535, description="Port of the embedded store.")
    partitions: int = Field(4, ge=1, description="Partitions of the log on the embedded broker.")
    tenant: str = Field("demo", description="Tenant made at the first start.")
    time_zone: str = Field("Asia/Ho_Chi_Minh", description="Time zone of that tenant.")
    currency: str = Field("VND", description="Currency of that tenant.")
    region: str = Field("VN", description="Where its numbers without country code are.")
