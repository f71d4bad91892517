"""How long nothing is committed when a worker is killed under load.

By SIGKILL, while a thousand events a second arrive. Once as a process supervisor answers it: the
worker is started again under its name in the group (static membership), at once. Once by another
worker that stands by: it takes over when the group has missed the dead one.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import redis

from deploy.local.process import wait_for
from deploy.local.services import Service
from deploy.local.stack import Stack, Tenant
from tests.benchmarks.floor import floor
from tests.benchmarks.load import loading
from tests.benchmarks.readings import position

_RATE: Final = 1000
_LOADED_S: Final = 3.0
_PATIENCE_S: Final = 90


class Recovery(NamedTuple):
    """Seconds from SIGKILL to the first new commit, one number a kill."""

    restarted: list[float]
    by_standby: list[float]


def run(directory: Path, *, kills: int) -> Recovery:
    """Kill workers under load."""
    with floor(directory) as stack:
        tenant = stack.create_tenant(name="Bench")
        with loading(stack, tenant, _RATE), redis.Redis.from_url(stack.redis_url) as client:
            restarted = [_restarted(stack, tenant, client) for _ in range(kills)]
            with _standby(stack).running() as standby:
                by_standby = [_taken_over(stack, standby, tenant, client)]
    return Recovery(restarted, by_standby)


def _kill(service: Service) -> float:
    """End a worker by its process id; return when."""
    assert service.child.pid is not None
    os.kill(service.child.pid, signal.SIGKILL)
    killed = time.monotonic()
    wait_for(lambda: not service.child.running, 10, "the worker does not die")
    return killed


def _commits(client: redis.Redis, partition: int, service: Service) -> float:
    """Wait until somebody commits behind what a dead worker left; return when."""
    left = position(client, partition)

    def is_further() -> bool:
        assert service.child.running, service.child.tail()
        return position(client, partition) > left

    wait_for(is_further, _PATIENCE_S, "nobody commits")
    return time.monotonic()


def _restarted(stack: Stack, tenant: Tenant, client: redis.Redis) -> float:
    killed = _kill(stack.aggregator)
    stack.aggregator.start()
    found = _commits(client, tenant.partition, stack.aggregator) - killed
    stack.aggregator.wait()
    time.sleep(_LOADED_S)
    return found


def _standby(stack: Stack) -> Service:
    own = {**stack.aggregator.settings, "INSTANCE": "worker-2"}
    return Service("aggregator", stack.meeting, stack.directory, settings=own, label="worker-2")


def _taken_over(stack: Stack, standby: Service, tenant: Tenant, client: redis.Redis) -> float:
    """Kill whoever folds the tenant; the other one takes over."""
    workers = [stack.aggregator, standby]

    def owners() -> list[Service]:
        return [worker for worker in workers if str(tenant.partition) in _partitions(worker)]

    wait_for(lambda: len(owners()) == 1, _PATIENCE_S, "the partition has no single owner")
    time.sleep(_LOADED_S)
    owner = owners()[0]
    other = next(worker for worker in workers if worker is not owner)
    killed = _kill(owner)
    return _commits(client, tenant.partition, other) - killed


def _partitions(worker: Service) -> dict[str, Any]:
    answer = httpx.get(f"{worker.url}/readyz", timeout=5)
    return dict(answer.json()["partitions"])
