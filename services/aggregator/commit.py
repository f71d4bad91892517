"""What one commit writes: the commands of a batch, and its change record."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgpack
import orjson

from schemas.calendar import NOW, local_day
from schemas.changes import ChangeRecord, GroupChange, Occurrence, TenantChange
from schemas.facts import TAGS, Call, Customer, Target, Term, pack
from schemas.relations import uint32
from schemas.tables import TenantKeys, late_field, pair
from services.aggregator.core.aims import aim_of, aimed_at
from services.aggregator.core.contributions import Place
from services.aggregator.core.ledger import CellGroup, Change, month_of
from services.aggregator.core.memory import PEOPLE_TAGS
from services.aggregator.core.tenant import Tenant
from services.aggregator.erased import ErasedTenants
from services.aggregator.relations import Relation, relations
from services.aggregator.store import Fence, PartitionStore

_ARGUMENTS = 2000
"""Arguments per command inside the script: its stack holds about 8,000."""

_TERM_TAG = TAGS[Term]
_TARGET_TAG = TAGS[Target]
_TOUCHED = {TAGS[Customer]: "u", TAGS[Call]: "c"}
"""Kinds that the query service keeps in memory -> field of the entries of `touched`."""
_MOST_TOUCHED = 4_000

Command = list[Any]


class CommitWriter:
    """Collects the commands and the change record of one commit."""

    def __init__(self, store: PartitionStore, *, muted: bool) -> None:
        self._store = store
        self._commands: list[Command] = []
        self._relations: list[tuple[str, list[Relation]]] = []
        self._tenants: dict[str, TenantChange] = {}
        self._muted = muted

    @property
    def size(self) -> int:
        """Return the number of commands."""
        return len(self._commands) + sum(len(changed) for _, changed in self._relations)

    def _spread(self, name: str, key: str, arguments: list[Any], step: int = _ARGUMENTS) -> None:
        if 0 < len(arguments) <= step:
            self._commands.append([name, key, *arguments])
            return
        for start in range(0, len(arguments), step):
            self._commands.append([name, key, *arguments[start : start + step]])

    def add_erased(self, erased: ErasedTenants) -> list[str]:
        """Add what is said of tenants that the batch erases; return who they are."""
        tenants = list(erased.new)
        self._commands += erased.commands()
        if tenants:
            self._commands.append(["SREM", self._store.keys.tenants, *tenants])
        return tenants

    def add_tenant(
        self,
        tenant: Tenant,
        cells: dict[str, dict[str, int]],
        *,
        groups: Sequence[Change],
        recent: list[Occurrence],
        fresh: list[Occurrence],
        log_ms: int,
        events: int,
    ) -> None:
        """Add everything a tenant's batch changed.

        `cells` holds the current cells of every hash the batch touches and is brought up to date.
        """
        keys = self._store.tenant_keys(tenant.id)
        today = local_day(log_ms, tenant.settings.time_zone)
        changes = self._cells(groups, keys, cells, today)
        self._lists(tenant, keys)
        self._scores(tenant, keys)
        self._cohorts(tenant, keys)
        self._visits(tenant, keys, cells)
        self._facts(tenant, keys)
        self._relations.append((keys.prefix, relations(tenant.relations)))
        settings = tenant.settings
        meta = {
            "next_number": tenant.next_number,
            "events": tenant.events,
            "name": settings.name,
            "time_zone": settings.time_zone,
            "currency": settings.currency,
            "region": settings.region,
            "feeds": ",".join(sorted(tenant.feeds)),
            "modules_off": ",".join(settings.modules_off),
            "thresholds": ",".join(map(str, settings.thresholds)),
            "locks": orjson.dumps(settings.locks),
            "configured": tenant.configured,
            "heard": orjson.dumps(tenant.heard.sources),
        }
        self._commands.append(
            ["HSET", keys.meta, *(part for item in meta.items() for part in item)]
        )
        self._spread(
            "HSET", keys.words, [p for word in sorted(tenant.new_words) for p in (word, 1)]
        )
        for name in tenant.changed_keys:
            self._commands.append(["HSET", keys.keys, name, orjson.dumps(tenant.keys[name])])
        for name in tenant.changed_documents:
            held = tenant.documents.get(name)
            self._commands.append(
                ["HDEL", keys.config, name]
                if held is None
                else ["HSET", keys.config, name, orjson.dumps(held)]
            )
        self._targets(tenant, keys)
        if fresh:
            self._commands.append(["SET", keys.recent, orjson.dumps(recent)])
        self._commands.append(["SADD", self._store.keys.tenants, tenant.id])
        self._tenants[tenant.id] = {
            "groups": changes,
            "occurrences": fresh,
            "events": events,
            "configured": sorted(tenant.changed_documents),
        }
        if tenant.watch.fresh:
            self._tenants[tenant.id]["crossings"] = tenant.watch.fresh

    def add_seen(self, key: str, arguments: list[bytes]) -> None:
        """Add ids of events, with the hashes of their contents."""
        self._commands.append(["HSET", key, *arguments])

    def add_quality(self, tenant: str, code: str, count: int) -> None:
        """Set how many events of a tenant were dead-lettered with a code."""
        self._commands.append(["HSET", self._store.tenant_keys(tenant).quality, code, count])

    def _cells(
        self,
        groups: Sequence[Change],
        keys: TenantKeys,
        cells: dict[str, dict[str, int]],
        today: int,
    ) -> list[GroupChange]:
        changes: list[GroupChange] = []
        for group, deltas, cause in groups:
            key = keys.cells(*group)
            if not self._muted:
                changes.append(_group_change(group, deltas, cause, cells[key], today))
            self._sum(key, deltas, cells[key])
            if group.day != NOW:
                key = keys.month(group.scope, group.scope_id, month_of(group.day))
                self._sum(key, deltas, cells[key])
        return changes

    def _sum(self, key: str, deltas: Mapping[str, int], current: dict[str, int]) -> None:
        """Set the fields of one hash of integers to what they are now; a 0 is gone.

        Shape:  key, field -> delta, field -> value so far (brought up to date).
        """
        sets: list[Any] = []
        gone: list[str] = []
        for name, delta in deltas.items():
            value = current.get(name, 0) + delta
            if value:
                current[name] = value
                sets += (name, str(value))  # a number would pass through a double
            else:
                current.pop(name, None)
                gone.append(name)
        self._spread("HSET", key, sets)
        if gone:
            self._spread("HDEL", key, gone)

    def _scores(self, tenant: Tenant, keys: TenantKeys) -> None:
        pairs: set[str] = set()
        for (name, place), numbers in tenant.ledger.scores.items():
            key = keys.scored(name, place.department, place.employee)
            scored = [(score, n) for n, score in numbers.items() if score is not None]
            self._spread("ZADD", key, [part for pair in scored for part in pair])
            self._spread("ZREM", key, [n for n, score in numbers.items() if score is None])
            pairs.add(pair(place.department, place.employee))
        self._spread("SADD", keys.pairs, sorted(pairs))

    def _cohorts(self, tenant: Tenant, keys: TenantKeys) -> None:
        """Write which customers belong to which days, and which facts were touched."""
        for (name, day), numbers in tenant.ledger.cohorts.items():
            key = keys.cohort(name, day)
            self._spread("SADD", key, [n for n, is_member in numbers.items() if is_member])
            self._spread("SREM", key, [n for n, is_member in numbers.items() if not is_member])
        touched: dict[str, array[int]] = {"u": array("I"), "c": array("I")}
        for (tag, _), fact in tenant.changed.items():
            field = _TOUCHED.get(tag)
            if field is not None:
                touched[field].append(fact.number)
        fields = [part for name, many in touched.items() if many for part in (name, uint32(many))]
        if fields:
            self._commands.append(
                ["XADD", keys.touched, "MAXLEN", "~", _MOST_TOUCHED, "*", *fields]
            )

    def _visits(self, tenant: Tenant, keys: TenantKeys, cells: dict[str, dict[str, int]]) -> None:
        """Write who stands behind the distinct figures, and what changed after a lock."""
        for visits, deltas in tenant.ledger.visits.items():
            key = keys.visits(*visits)
            self._sum(key, deltas, cells[key])
        late: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (cause, place, name), delta in tenant.ledger.late.items():
            late[keys.late(place.day // 100)][late_field(cause, *place[:3], name, place.scopes)] = (
                delta
            )
        for key, deltas in late.items():
            self._sum(key, deltas, cells[key])

    def _lists(self, tenant: Tenant, keys: TenantKeys) -> None:
        places: set[Place] = set()
        for (name, place), numbers in tenant.ledger.lists.items():
            places.add(place)
            key = keys.posting(name, place.department, place.employee, place.day)
            come = [n for n, is_member in numbers.items() if is_member]
            self._spread("SADD", key, come)
            if len(come) < len(numbers):
                self._spread("SREM", key, [n for n in numbers if not numbers[n]])
        days: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for place in places:
            days[place.department, place.employee].append(place.day)
        for whose, listed in days.items():
            self._spread("SADD", keys.days(*whose), sorted(listed))
        self._spread("SADD", keys.pairs, sorted(pair(*whose) for whose in days))

    def _facts(self, tenant: Tenant, keys: TenantKeys) -> None:
        people: list[int] = []
        terms: list[int] = []
        for (tag, name), fact in tenant.changed.items():
            self._commands.append(["HSET", *keys.facts(fact.number), pack(fact)])
            if (tag, name) in tenant.new:
                self._commands.append(["HSET", *keys.number(tag, name), fact.number])
                if tag in PEOPLE_TAGS:
                    people.append(fact.number)
                elif tag == _TERM_TAG:
                    terms.append(fact.number)
        self._spread("SADD", keys.org, people)
        self._spread("SADD", keys.terms, terms)

    def _targets(self, tenant: Tenant, keys: TenantKeys) -> None:
        """Write the targets that hold, and which of their thresholds were crossed."""
        for (tag, name), fact in tenant.changed.items():
            if tag != _TARGET_TAG:
                continue
            slot, period = aimed_at(name)
            aim = aim_of(cast("Target", fact))
            key = keys.targets(period)
            self._commands.append(
                ["HDEL", key, str(slot)] if aim is None else ["HSET", key, str(slot), aim.pack()]
            )
        for crossing in tenant.watch.fresh:
            field = crossing["event_id"].partition("|")[2]
            value = orjson.dumps([crossing["cause"], crossing["at_ms"]])
            self._commands.append(["HSET", keys.crossed(crossing["period"]), field, value])
        self._spread("SADD", keys.aimed, sorted(tenant.watch.new_aimed))

    def record(self, generation: str, fence: Fence) -> bytes:
        """Return the change record, empty for a muted generation."""
        if self._muted or not self._tenants:
            return b""
        record: ChangeRecord = {
            "generation": generation,
            "offset": fence.next,
            "at_ms": fence.at_ms,
            "log_ms": fence.log_ms,
            "tenants": self._tenants,
        }
        return orjson.dumps(record)

    def blobs(self) -> tuple[bytes, bytes]:
        """Return the commands, and which facts refer to which, packed for the script."""
        return _blob(self._commands), _blob(self._relations)


def _blob(told: list[Any]) -> bytes:
    packed: bytes = msgpack.packb(told, use_bin_type=False)
    return packed


def _group_change(
    group: CellGroup, deltas: Mapping[str, int], cause: str, current: dict[str, int], today: int
) -> GroupChange:
    """Return what a batch makes of the cells of one hash, which holds the values so far."""
    cells: dict[str, list[int]] = {}
    for name, delta in deltas.items():
        previous = current.get(name, 0)
        cells[name] = [previous + delta, previous]
    return {
        "scope": group.scope,
        "id": group.scope_id,
        "day": group.day,
        "cause": cause,
        "restated": NOW < group.day < today,
        "cells": cells,
    }
