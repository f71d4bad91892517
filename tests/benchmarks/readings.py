"""What the running parts say about themselves: metrics, positions, processor time, memory."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import redis
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.process import Child
from deploy.local.store import jemalloc
from schemas.tables import GenerationKeys, PartitionKeys


class Spent(NamedTuple):
    """Processor time of some processes, in seconds, when it was looked at."""

    seconds: tuple[float, ...]

    @classmethod
    def of(cls, *children: Child) -> Spent:
        """Look at processes that run."""
        return cls(tuple(_cpu_s(child) for child in children))

    def since(self, before: Spent) -> tuple[float, ...]:
        """Return what each has used since."""
        return tuple(now - then for now, then in zip(self.seconds, before.seconds, strict=True))


def _cpu_s(child: Child) -> float:
    times = psutil.Process(child.pid).cpu_times()
    return float(times.user + times.system)


def generation(client: redis.Redis, partition: int = 0) -> str:
    """Return the generation that is served, '' before the first."""
    raw: Any = client.get(PartitionKeys(partition).served)
    return "" if raw is None else str(raw.decode())


def position(client: redis.Redis, partition: int = 0) -> int:
    """Return the offset of the next record to fold."""
    keys = GenerationKeys(partition, generation(client, partition))
    raw: Any = client.hget(keys.fence, "next")
    return int(raw or 0)


def metrics(url: str) -> str:
    """Return what a service says at /metrics."""
    return httpx.get(f"{url}/metrics", timeout=10).text


def quantile(text: str, histogram: str, share: float) -> float:
    """Return a quantile of a histogram in what /metrics says, in its unit.

    Laws:   linear inside a bucket, as Prometheus reckons; of what is beyond the last one its
            lower end.
    Errors: ValueError where nothing was observed.
    """
    buckets = sorted(
        (float(sample.labels["le"]), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"{histogram}_bucket"
    )
    if not buckets or not buckets[-1][1]:
        raise ValueError(f"{histogram} was never observed")
    wanted = share * buckets[-1][1]
    lower = below = 0.0
    for upper, count in buckets:
        if count >= wanted:
            if math.isinf(upper):
                return lower
            return lower + (upper - lower) * (wanted - below) / (count - below)
        lower, below = upper, count
    raise AssertionError("the last bucket holds everything")


def used(client: redis.Redis) -> int:
    """Return the bytes of the tables, without the change streams: these are bounded."""
    answer: Any = client.info("memory")
    streams = [client.memory_usage(key, samples=0) or 0 for key in client.scan_iter(_type="stream")]
    return int(answer["used_memory_dataset"]) - sum(streams)


def machine() -> str:
    """Return what this machine is, without its name, and what its store allocates with."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "processor unknown",
    )
    memory = psutil.virtual_memory().total / 2**30
    allocator = "jemalloc" if jemalloc() else "libc"
    return f"{psutil.cpu_count()} cores ({model}), {memory:.0f} GB, a store with {allocator}"
