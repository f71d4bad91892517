"""What readers of the topic `kpi-changes` hold, against what is served."""

from __future__ import annotations

from typing import Any

import orjson

from deploy.local.services import Service
from schemas.calendar import NOW, format_day
from schemas.tables import (
    COMPANY_ID,
    SCOPE_LETTERS,
    GenerationKeys,
    PartitionKeys,
    TenantKeys,
    decode,
    parse_field,
)
from tests.faults.rig import Rig, wait_while_alive

_SCOPES = {letter: scope for scope, letter in SCOPE_LETTERS.items()}
_DAY_OF_GAUGES = "now"
_Version = tuple[int, int]


def served_cells(rig: Rig, tenant: str) -> dict[str, int]:
    """Return every day cell and gauge of a tenant by its key on the topic of changes."""
    prefix = TenantKeys(0, rig.generation(), tenant).prefix
    found: dict[str, int] = {}
    for kind in ("d", "g"):
        for raw in rig.redis.scan_iter(match=f"{prefix}{kind}:*", count=1000):
            _, letter, scope_id, *day = raw.decode().removeprefix(prefix).split(":")
            scope = _SCOPES[letter]
            when = format_day(int(day[0])) if day and int(day[0]) != NOW else _DAY_OF_GAUGES
            who = COMPANY_ID if scope == "company" else decode(scope_id)
            for name, value in rig.redis.hgetall(raw).items():
                metric, dimension = parse_field(name.decode())
                key = f"{tenant}|{metric}|{scope}|{who}|{when}|{dimension}"
                found[key] = int(value)
    return found


def version_of(value: dict[str, Any]) -> _Version:
    """Return a version so that two of them can be compared."""
    generation, _, offset = value["version"].rpartition(".")
    return int(generation.rpartition("-")[2]), int(offset)


def published(rig: Rig, tenant: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what stands on the topic about a tenant, in the order of each partition."""
    found = []
    for partition in range(rig.stack.partitions or 1):
        for record in rig.records("kpi-changes", partition):
            value = orjson.loads(record.value)
            if value["tenant"] == tenant:
                found.append((record.key.decode(), value))
    return found


def latest(records: list[tuple[str, dict[str, Any]]]) -> dict[str, int]:
    """Return what a consumer holds that keeps the latest version of each key."""
    last: dict[str, dict[str, Any]] = {}
    for key, value in records:
        if key not in last or version_of(value) >= version_of(last[key]):
            last[key] = value
    return {key: value["value"] for key, value in last.items() if value["value"]}


def last(records: list[tuple[str, dict[str, Any]]]) -> dict[str, int]:
    """Return what a consumer holds that keeps the last record of each key, as compaction does."""
    return {key: value["value"] for key, value in dict(records).items() if value["value"]}


def wait_published(rig: Rig, worker: Service) -> None:
    """Wait until the relay stands at the end of the change stream."""

    def is_level() -> bool:
        changes = GenerationKeys(0, rig.generation()).changes
        end = rig.redis.xrevrange(changes, count=1)[0][0].decode()
        return bool(rig.redis.get(PartitionKeys(0).relay) == f"{rig.generation()}/{end}".encode())

    wait_while_alive(is_level, "the changes are not published", worker)


def wait_followed(rig: Rig, tenant: str, worker: Service) -> list[tuple[str, dict[str, Any]]]:
    """Wait until all changes are published; check that their readers have what is served."""
    wait_published(rig, worker)
    records, served = published(rig, tenant), served_cells(rig, tenant)
    for held in (latest(records), last(records)):
        assert {k: v for k, v in held.items() if served.get(k) != v} == {}
        assert held == served
    return records
