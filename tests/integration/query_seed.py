"""A partition written by hand in the layout of `schemas.tables`, one commit at a time.

It pins the contract between aggregator and query: if the layout changes, these tests say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
import redis

from schemas.calendar import NOW
from schemas.changes import CellChange, ChangeRecord, Occurrence, grouped
from schemas.facts import TAGS, AnyFact, Customer, Department, Employee, Term, pack
from schemas.kpis import LISTS
from schemas.relations import APART, MOST_TOGETHER, together
from schemas.tables import (
    ALL_SCOPES,
    COMPANY_ID,
    GenerationKeys,
    PartitionKeys,
    Scope,
    TenantKeys,
    late_field,
    pair,
    visit,
)


class Line(NamedTuple):
    """One contribution: how much, of what, whose, when, and the facts that stand on its list.

    Units:  scopes as `schemas.tables.late_field` has them.
    """

    field: str
    department: str
    employee: str
    day: int
    value: int
    numbers: tuple[int, ...] = ()
    scopes: int = ALL_SCOPES


class Clock:
    """The time of the service under test."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def __call__(self) -> int:
        """Return it."""
        return self.at_ms


class Seed:
    """The tables of one tenant alone in its partition."""

    def __init__(self, url: str, partition: int, tenant: str, clock: Clock) -> None:
        self.redis = redis.Redis.from_url(url)
        self.partition = partition
        self.tenant = tenant
        self.clock = clock
        self.generation = "g1"
        self.offset = 0

    @property
    def keys(self) -> TenantKeys:
        """Return the keys of the tenant in the generation that is written."""
        return TenantKeys(self.partition, self.generation, self.tenant)

    @property
    def partition_keys(self) -> GenerationKeys:
        """Return the keys of the generation that is written."""
        return GenerationKeys(self.partition, self.generation)

    def serve(
        self, time_zone: str = "Asia/Ho_Chi_Minh", currency: str = "VND", **more: str
    ) -> None:
        """Serve this generation; `more` are further members of the tenant's meta."""
        meta: dict[Any, Any] = {"name": "Acme", "time_zone": time_zone, "currency": currency}
        meta |= more
        self.redis.hset(self.keys.meta, mapping=meta)
        self.redis.set(PartitionKeys(self.partition).served, self.generation)

    def api_key(self, key_id: str, *scopes: str, revoked: bool = False) -> str:
        """Store a key and return its text."""
        key = f"sp_{self.tenant}_{key_id}_s3cr_et"
        digest = hashlib.sha256(key.encode()).hexdigest()
        record = {"digest": digest, "scopes": scopes, "label": "", "revoked": revoked}
        self.redis.hset(self.keys.keys, key_id, orjson.dumps(record))
        return key

    def facts(self, *facts: AnyFact, about: dict[int, Iterable[int]] | None = None) -> None:
        """Store facts under their numbers; `about` is customer number -> related facts."""
        for fact in facts:
            tag = TAGS[type(fact)]
            key, name = self.keys.facts(fact.number)
            self.redis.hset(key, name, pack(fact))
            key, name = self.keys.number(tag, fact.id)
            self.redis.hset(key, name, str(fact.number))
            if isinstance(fact, Employee | Department):
                self.redis.sadd(self.keys.org, fact.number)
            if isinstance(fact, Term):
                self.redis.sadd(self.keys.terms, fact.number)
        for customer, numbers in (about or {}).items():
            key, name = self.keys.related(customer)
            listed = list(numbers)
            if len(listed) > MOST_TOGETHER:
                self.redis.hset(key, name, APART)
                self.redis.sadd(self.keys.related_apart(customer), *listed)
            else:
                self.redis.hset(key, name, together(listed))

    def scores(self, name: str, department: str, employee: str, **scores: int) -> None:
        """Write a scored list: n<fact number>=score."""
        members: dict[Any, Any] = {number[1:]: score for number, score in scores.items()}
        self.redis.zadd(self.keys.scored(name, department, employee), members)

    def visits(
        self, metric: str, department: str, employee: str, day: int, *customers: int, of: str = ""
    ) -> None:
        """Count a visit of each customer; with `of`, of that dimension value alone."""
        key = self.keys.visits(metric, department, employee, day // 100)
        for number in customers:
            self.redis.hincrby(key, visit(day, number, of or None), 1)

    def late(self, line: Line, cause: str = "e1") -> None:
        """Write what of a contribution came after a lock."""
        place = (line.department, line.employee, line.day)
        field = late_field(cause, *place, line.field, line.scopes)
        self.redis.hincrby(self.keys.late(line.day // 100), field, line.value)

    def commit(
        self,
        *lines: Line,
        occurrences: Iterable[Occurrence] = (),
        offset: int | None = None,
        events: int = 1,
    ) -> str:
        """Write one commit, atomically, and return its version."""
        self.offset = self.offset + events if offset is None else offset
        cells: list[CellChange] = []
        with self.redis.pipeline(transaction=True) as pipe:
            for line in lines:
                cells += self._cells(pipe, line)
                self._list(pipe, line)
            fresh = list(occurrences)
            if fresh:
                before = self.redis.get(self.keys.recent)
                kept = orjson.loads(before) if before else []
                pipe.set(self.keys.recent, orjson.dumps([*reversed(fresh), *kept]))
            record: ChangeRecord = {
                "generation": self.generation,
                "offset": self.offset,
                "at_ms": self.clock.at_ms,
                "log_ms": self.clock.at_ms - 5,
                "tenants": {
                    self.tenant: {"groups": grouped(cells), "occurrences": fresh, "events": events}
                },
            }
            fence: dict[Any, Any] = {
                "next": self.offset,
                "digest": b"",
                "at_ms": record["at_ms"],
                "log_ms": record["log_ms"],
            }
            pipe.xadd(self.partition_keys.changes, {"c": orjson.dumps(record)}, f"{self.offset}-0")
            pipe.hset(self.partition_keys.fence, mapping=fence)
            pipe.execute()
        self.beat()
        return f"{self.generation}.{self.offset}"

    def _cells(self, pipe: Any, line: Line) -> list[CellChange]:
        places: list[tuple[int, Scope, str]] = [
            (1, "employee", line.employee),
            (2, "department", line.department),
            (4, "company", COMPANY_ID),
        ]
        found: list[CellChange] = []
        for bit, scope, scope_id in places:
            if not line.scopes & bit:
                continue
            key = self.keys.cells(scope, scope_id, line.day)
            previous = int(self.redis.hget(key, line.field) or 0)
            pipe.hincrby(key, line.field, line.value)
            if line.day != NOW:
                month = self.keys.month(scope, scope_id, line.day // 100)
                pipe.hincrby(month, line.field, line.value)
            found.append(
                {
                    "field": line.field,
                    "scope": scope,
                    "id": scope_id,
                    "day": line.day,
                    "value": previous + line.value,
                    "previous": previous,
                    "cause": f"event-{self.offset}",
                    "restated": False,
                }
            )
        return found

    def _list(self, pipe: Any, line: Line) -> None:
        if line.field.partition("|")[0] not in LISTS or not line.numbers:
            return
        department, employee, day = line.department, line.employee, line.day
        pipe.sadd(self.keys.posting(line.field, department, employee, day), *line.numbers)
        pipe.sadd(self.keys.days(department, employee), day)
        pipe.sadd(self.keys.pairs, pair(department, employee))

    def beat(self, *, behind: int = 0, state: str = "running", reason: str = "") -> None:
        """Write the heartbeat of now."""
        body = {
            "position": self.offset,
            "end": self.offset + behind,
            "at_ms": self.clock.at_ms,
            "generation": self.generation,
            "state": state,
            "reason": reason,
        }
        self.redis.set(PartitionKeys(self.partition).heartbeat, orjson.dumps(body))

    def close(self) -> None:
        """Disconnect."""
        self.redis.close()


def person(
    number: int, name: str, *places: tuple[int, str | None], active: bool = True
) -> Employee:
    """Return an employee who is in each department from a day on."""
    return Employee(
        name,
        number,
        profile=(1, name.capitalize(), active, None),
        places=tuple((day, 1, department, None) for day, department in places),
    )


def department(number: int, name: str, parent: str | None = None) -> Department:
    """Return a department."""
    return Department(name, number, profile=(1, name.capitalize(), parent, None, True))


def customer(number: int, name: str, at_ms: int, day: int, owner: str) -> Customer:
    """Return a customer who was created and is owned."""
    return Customer(
        name,
        number,
        created=(1, at_ms, day, owner),
        known=True,
        owners=((1, at_ms, day, owner),),
        profile={"name": (1, name.title()), "source_ids": (1, ["web"])},
    )
