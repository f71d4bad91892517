"""Damage to the served tables, one kind each; a plant returns where `verify` has to point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import orjson
import redis

from deploy.local.stack import Tenant
from schemas.facts import Amount, AnyFact, Contract, Customer, Employee, Order, pack, unpack
from schemas.tables import PartitionKeys, TenantKeys

F = TypeVar("F")


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

    def fact(self, kind: type[F], wanted: Callable[[F], object]) -> tuple[str, bytes, F]:
        """Return (key, field, fact) of the first fact of a kind that says something."""
        for name in self.names("f"):
            for field, value in sorted(self.client.hgetall(name).items()):
                fact = unpack(value)
                if isinstance(fact, kind) and wanted(fact):
                    return name, field, fact
        raise AssertionError(f"no such {kind.__name__}")

    def order(self) -> tuple[str, bytes, Order]:
        """Return (key, field, fact) of the first order that has a total."""
        return self.fact(Order, lambda order: order.total)

    def first_field(self, name: str) -> bytes:
        """Return the first field of a hash."""
        return min(self.client.hkeys(name))


Plant = Callable[[Tables], str]


def put(tables: Tables, name: str, field: bytes, fact: AnyFact) -> None:
    """Write a fact where it stood."""
    tables.client.hset(name, field, pack(fact))


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


def miss_person(tables: Tables) -> str:
    tables.client.srem(tables.keys.org, min(tables.client.smembers(tables.keys.org)))
    return tables.keys.org


def miss_day(tables: Tables) -> str:
    dated = next(name for name in tables.names("i") if not name.endswith(":0"))
    _, department, employee, day = dated.rsplit(":", 3)
    name = f"{tables.keys.prefix}days:{department}:{employee}"
    tables.client.srem(name, day)
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


def change_score(tables: Tables) -> str:
    name = tables.names("z")[0]
    member, score = tables.client.zrange(name, 0, 0, withscores=True)[0]
    tables.client.zadd(name, {member: score + 1})
    return name


def miss_score(tables: Tables) -> str:
    name = tables.names("z")[0]
    tables.client.zpopmin(name)
    return name


def add_score(tables: Tables) -> str:
    name = tables.keys.scored("tasks_due", "north", "stranger")
    tables.client.zadd(name, {"1": 5})
    return name


def break_score(tables: Tables) -> str:
    name = tables.names("z")[0]
    tables.client.zincrby(name, 0.5, tables.client.zrange(name, 0, 0)[0])
    return name


def change_visit(tables: Tables) -> str:
    name = tables.names("v")[0]
    tables.client.hincrby(name, tables.first_field(name), 1)
    return name


def miss_visit(tables: Tables) -> str:
    name = tables.names("v")[0]
    tables.client.hdel(name, tables.first_field(name))
    return name


def add_visit(tables: Tables) -> str:
    name = tables.names("v")[0]
    tables.client.hset(name, "41999999", 1)
    return name


def change_late(tables: Tables) -> str:
    name = tables.names("late")[0]
    fields = sorted(tables.client.hkeys(name))
    places = Counter(field.partition(b"|")[2] for field in fields)
    alone = next(field for field in fields if places[field.partition(b"|")[2]] == 1)
    tables.client.hincrby(name, alone, 1_000_000)
    return name


def add_late(tables: Tables) -> str:
    name = tables.names("late")[0]
    tables.client.hset(name, "mess-0|-:-|20261030|orders", 1)
    return f"{name} [mess-0|orders]"


def move_late(tables: Tables) -> str:
    name = tables.names("late")[0]
    field = tables.first_field(name)
    _, _, rest = field.partition(b"|")
    tables.client.hset(name, b"never-sent|" + rest, tables.client.hget(name, field))
    tables.client.hdel(name, field)
    return f"{name} [never-sent|"


def alter_contacted(tables: Tables) -> str:
    name, field, fact = tables.fact(Customer, lambda customer: customer.contacted)
    put(tables, name, field, msgspec.structs.replace(fact, contacted=fact.contacted + 1))
    return f"[customer {fact.id} contacted]"


def forget_bought(tables: Tables) -> str:
    name, field, fact = tables.fact(Customer, lambda customer: customer.bought)
    put(tables, name, field, msgspec.structs.replace(fact, bought=()))
    return f"[customer {fact.id} bought]"


def forget_others(tables: Tables) -> str:
    name, field, fact = tables.fact(Employee, lambda employee: employee.others)
    put(tables, name, field, msgspec.structs.replace(fact, others=()))
    return f"[employee {fact.id} others]"


def forget_absorbed(tables: Tables) -> str:
    name, field, fact = tables.fact(Customer, lambda customer: customer.absorbed)
    put(tables, name, field, msgspec.structs.replace(fact, absorbed=()))
    return f"[customer {fact.id} absorbed]"


def alter_paid(tables: Tables) -> str:
    name, field, fact = tables.fact(Order, lambda order: order.paid)
    day, currency, amount = fact.paid[0]
    altered = ((day, currency, amount + 1), *fact.paid[1:])
    put(tables, name, field, msgspec.structs.replace(fact, paid=altered))
    return f"[order {fact.id} paid]"


def forget_renewals(tables: Tables) -> str:
    name, field, fact = tables.fact(Contract, lambda contract: contract.renewals)
    put(tables, name, field, msgspec.structs.replace(fact, renewals=()))
    return f"[contract {fact.id} renewals]"


def miss_term(tables: Tables) -> str:
    tables.client.srem(tables.keys.terms, min(tables.client.smembers(tables.keys.terms)))
    return tables.keys.terms


def forget_feed(tables: Tables) -> str:
    tables.client.hset(tables.keys.meta, "feeds", "tasks")
    return tables.keys.meta


def forget_locks(tables: Tables) -> str:
    tables.client.hdel(tables.keys.meta, "locks")
    return tables.keys.meta


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
    ("missing person", miss_person),
    ("list not in days", miss_day),
    ("list not in pairs", miss_pair),
    ("changed score", change_score),
    ("missing score", miss_score),
    ("surplus score", add_score),
    ("unreadable key", break_score),
    ("changed visit", change_visit),
    ("missing visit", miss_visit),
    ("surplus visit", add_visit),
    ("changed late change", change_late),
    ("stray late cause", add_late),
    ("stray late cause", move_late),
    ("altered fact", alter_contacted),
    ("altered fact", forget_bought),
    ("altered fact", forget_others),
    ("altered fact", forget_absorbed),
    ("altered fact", alter_paid),
    ("altered fact", forget_renewals),
    ("missing term", miss_term),
    ("wrong setting", forget_feed),
    ("wrong setting", forget_locks),
    ("wrong setting", change_zone),
    ("wrong API key", plant_key),
    ("unreadable key", add_stranger),
]
