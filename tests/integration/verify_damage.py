"""Damage to the served tables, one kind each; a plant returns where `verify` has to point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson
import redis

from deploy.local.stack import Tenant
from schemas.facts import Amount, Order, pack, unpack
from schemas.tables import PartitionKeys, TenantKeys


class Tables:
    """The served tables of one tenant, to be damaged and put back."""

    def __init__(self, url: str, tenant: Tenant) -> None:
        self.client: Any = redis.Redis.from_url(url)
        generation = self.client.get(PartitionKeys(tenant.partition).served).decode()
        self.keys = TenantKeys(tenant.partition, generation, tenant.id)

    def names(self, kind: str) -> list[str]:
        """Return the keys of a kind, like 'd', sorted."""
        pattern = self.keys.prefix.replace("{", "\\{") + f"{kind}:*"
        return sorted(name.decode() for name in self.client.scan_iter(match=pattern, count=10_000))

    def snapshot(self) -> dict[bytes, bytes]:
        """Return everything of this tenant as Redis dumps it."""
        return {name: self.client.dump(name) for name in self._all()}

    def restore(self, snapshot: dict[bytes, bytes]) -> None:
        """Put everything back as it was."""
        for name in self._all():
            if name not in snapshot:
                self.client.delete(name)
        for name, content in snapshot.items():
            self.client.restore(name, 0, content, replace=True)

    def _all(self) -> list[bytes]:
        return list(self.client.scan_iter(match=f"{self.keys.prefix}*", count=10_000))

    def order(self) -> tuple[str, bytes, Order]:
        """Return (key, field, fact) of the first order that has a total."""
        for name in self.names("f"):
            for field, value in sorted(self.client.hgetall(name).items()):
                fact = unpack(value)
                if isinstance(fact, Order) and fact.total is not None:
                    return name, field, fact
        raise AssertionError("no order")

    def first_field(self, name: str) -> bytes:
        """Return the first field of a hash."""
        return min(self.client.hkeys(name))


Plant = Callable[[Tables], str]


def change_cell(tables: Tables) -> str:
    name = tables.names("d")[0]
    tables.client.hincrby(name, tables.first_field(name), 1)
    return name


def miss_cell(tables: Tables) -> str:
    name = tables.names("d")[0]
    tables.client.hdel(name, tables.first_field(name))
    return name


def add_cell(tables: Tables) -> str:
    name = tables.keys.cells("employee", "stranger", 20261101)
    tables.client.hset(name, "orders", 1)
    return name


def store_zero(tables: Tables) -> str:
    name = tables.names("d")[0]
    tables.client.hset(name, "revenue|currency:JPY", 0)
    return name


def change_month(tables: Tables) -> str:
    name = tables.names("m")[0]
    tables.client.hincrby(name, tables.first_field(name), -1)
    return name


def change_gauge(tables: Tables) -> str:
    name = tables.names("g")[0]
    tables.client.hincrby(name, tables.first_field(name), 5)
    return name


def miss_gauges(tables: Tables) -> str:
    name = tables.names("g")[0]
    tables.client.delete(name)
    return name


def miss_posting(tables: Tables) -> str:
    name = tables.names("i")[0]
    tables.client.srem(name, min(tables.client.smembers(name)))
    return name


def add_posting(tables: Tables) -> str:
    name = tables.names("i")[0]
    _, field, _ = tables.order()
    other = [number for number in (field, b"999999") if not tables.client.sismember(name, number)]
    tables.client.sadd(name, other[0])
    return name


def miss_fact(tables: Tables) -> str:
    name, field, _ = tables.order()
    tables.client.hdel(name, field)
    return "order "


def double_fact(tables: Tables) -> str:
    _, _, fact = tables.order()
    number = tables.client.hincrby(tables.keys.meta, "next_number", 1) - 1
    name, field = tables.keys.facts(number)
    tables.client.hset(name, field, pack(msgspec.structs.replace(fact, number=number)))
    return f"[order {fact.id}]"


def alter_amount(tables: Tables) -> str:
    name, field, fact = tables.order()
    assert fact.total is not None
    version, total = fact.total
    altered = (version, Amount(total.amount + 1, total.currency))
    tables.client.hset(name, field, pack(msgspec.structs.replace(fact, total=altered)))
    return f"[order {fact.id} total]"


def add_fact(tables: Tables) -> str:
    number = tables.client.hincrby(tables.keys.meta, "next_number", 1) - 1
    name, field = tables.keys.facts(number)
    tables.client.hset(name, field, pack(Order("invented", number)))
    return "[order invented]"


def garble_fact(tables: Tables) -> str:
    name, field, _ = tables.order()
    tables.client.hset(name, field, b"\x00garbage")
    return name


def miss_number(tables: Tables) -> str:
    _, _, fact = tables.order()
    name, field = tables.keys.number("o", fact.id)
    tables.client.hdel(name, field)
    return name


def wrong_number(tables: Tables) -> str:
    _, _, fact = tables.order()
    name, field = tables.keys.number("o", fact.id)
    tables.client.hset(name, field, fact.number + 1)
    return name


def miss_relation(tables: Tables) -> str:
    name = tables.names("r")[0]
    tables.client.delete(name)
    return name


def miss_person(tables: Tables) -> str:
    tables.client.srem(tables.keys.org, min(tables.client.smembers(tables.keys.org)))
    return tables.keys.org


def miss_day(tables: Tables) -> str:
    name = tables.names("days")[0]
    dated = [day for day in tables.client.smembers(name) if day != b"0"]
    tables.client.srem(name, min(dated))
    return name


def miss_pair(tables: Tables) -> str:
    tables.client.srem(tables.keys.pairs, min(tables.client.smembers(tables.keys.pairs)))
    return tables.keys.pairs


def change_zone(tables: Tables) -> str:
    tables.client.hset(tables.keys.meta, "time_zone", "Asia/Tokyo")
    return tables.keys.meta


def plant_key(tables: Tables) -> str:
    stolen = {"digest": "0" * 64, "scopes": ["query"], "label": "", "revoked": False}
    tables.client.hset(tables.keys.keys, "backdoor", orjson.dumps(stolen))
    return "backdoor"


def add_stranger(tables: Tables) -> str:
    name = f"{tables.keys.prefix}x:1"
    tables.client.set(name, "1")
    return name


PLANTED: list[tuple[str, Plant]] = [
    ("changed cell", change_cell),
    ("missing cell", miss_cell),
    ("surplus cell", add_cell),
    ("surplus cell", store_zero),
    ("changed month sum", change_month),
    ("changed gauge", change_gauge),
    ("missing gauge", miss_gauges),
    ("missing list row", miss_posting),
    ("surplus list row", add_posting),
    ("missing fact", miss_fact),
    ("doubled fact", double_fact),
    ("altered fact", alter_amount),
    ("surplus fact", add_fact),
    ("unreadable key", garble_fact),
    ("missing number", miss_number),
    ("stray number", wrong_number),
    ("missing relation", miss_relation),
    ("missing person", miss_person),
    ("list not in days", miss_day),
    ("list not in pairs", miss_pair),
    ("wrong setting", change_zone),
    ("wrong API key", plant_key),
    ("unreadable key", add_stranger),
]
