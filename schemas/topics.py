"""The topic registry: every topic, who writes it, who reads it, how long it is kept.

`salespulse topics` creates or checks them on a broker. Topic names have no dots and are permanent.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic.

    Units:  retention_ms in milliseconds, -1 for ever. `partitions` is the number on a real
            cluster; None means 'as many as crm-events has'.
    """

    name: str
    what: str
    key: str
    partitions: int | None
    cleanup: Literal["delete", "compact"]
    retention_ms: int
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    dead_letters: str | None
    owner: str


_DAY_MS = 86_400_000

TOPICS: Final = MappingProxyType(
    {
        topic.name: topic
        for topic in (
            Topic(
                name="crm-events",
                what="Every event of every tenant: the truth. One tenant is in one partition.",
                key="tenant id",
                partitions=64,
                cleanup="delete",
                retention_ms=-1,
                producers=("ingestor",),
                consumers=("aggregator", "verify"),
                dead_letters="crm-dead-letters",
                owner="ingestor",
            ),
            Topic(
                name="crm-dead-letters",
                what="Events that were not folded, raw, with the reason; replayable.",
                key="tenant id",
                partitions=1,
                cleanup="delete",
                retention_ms=90 * _DAY_MS,
                producers=("ingestor", "aggregator"),
                consumers=("salespulse dead-letters", "query"),
                dead_letters=None,
                owner="ingestor",
            ),
            Topic(
                name="tenant-directory",
                what="Tenant id -> partition, name, created_at. The last record of a key holds.",
                key="tenant id",
                partitions=1,
                cleanup="compact",
                retention_ms=-1,
                producers=("ingestor",),
                consumers=("ingestor", "query", "verify"),
                dead_letters=None,
                owner="ingestor",
            ),
            Topic(
                name="kpi-changes",
                what="Every change of a figure, absolute; the last record of a key is its value.",
                key="tenant|metric|scope|id|day|dimension",
                partitions=None,
                cleanup="compact",
                retention_ms=-1,
                producers=("aggregator",),
                consumers=("other services",),
                dead_letters=None,
                owner="aggregator",
            ),
            Topic(
                name="kpi-events",
                what="What happened to figures: a threshold of a target was crossed. Once by id.",
                key="tenant|id",
                partitions=None,
                cleanup="compact",
                retention_ms=-1,
                producers=("aggregator",),
                consumers=("other services",),
                dead_letters=None,
                owner="aggregator",
            ),
            Topic(
                name="audit",
                what="Who looked at what, exported, was refused, granted, set targets or locked.",
                key="tenant id",
                partitions=1,
                cleanup="delete",
                retention_ms=730 * _DAY_MS,
                producers=("query", "ingestor"),
                consumers=("query",),
                dead_letters=None,
                owner="query",
            ),
        )
    }
)
