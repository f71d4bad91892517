"""`salespulse verify` on running services: it finds nothing, unless something is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from io import StringIO
from threading import Event, Thread
from typing import Any

import httpx
import msgspec
import orjson
import pytest
from rich.console import Console

from deploy.local.apart import run_apart
from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from schemas.events import RESERVED_TYPES
from schemas.facts import pack, unpack
from services.commands.topics import Plan, ensure
from services.verify.command import Options, run
from tests.integration.verify_damage import (
    PLANTED,
    Plant,
    Tables,
    add_cell,
    add_stranger,
    plant_key,
)
from tests.integration.verify_damage_cohorts import PLANTED as OF_COHORTS
from tests.integration.verify_damage_relations import PLANTED as OF_RELATIONS
from tests.integration.verify_damage_targets import PLANTED as OF_TARGETS
from tests.integration.verify_mess import Mess

pytestmark = pytest.mark.long

_EVENTS, _AT_ONCE = 500, 250
_IN_ONE = 8
TOGETHER = (
    [[planted] for planted in (*PLANTED, *OF_RELATIONS, *OF_COHORTS, *OF_TARGETS)]
    if os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"
    else [
        *(PLANTED[start::_IN_ONE] for start in range(_IN_ONE)),
        [*OF_COHORTS, *OF_TARGETS],
        OF_RELATIONS,
    ]
)
"""Errors that are planted together: one of each kind in a run, at night each alone."""


def post(stack: Stack, tenant: Tenant, events: list[dict[str, Any]], *, applied: bool) -> None:
    """Send events of every type, hence by the administrator's door."""
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/tenants/{tenant.id}/events"
        + ("?wait=applied" if applied else ""),
        headers={
            "Authorization": f"Bearer {stack.admin_token}",
            "Content-Type": "application/cloudevents-batch+json",
        },
        content=orjson.dumps([event | {"tenantid": tenant.id} for event in events]),
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["rejected"] == []


def verify(stack: Stack, **options: Any) -> tuple[int, str]:
    said = StringIO()
    code = run(
        stack.meeting.settings(),
        options=Options(**options),
        console=Console(file=said, width=1000),
    )
    return code, said.getvalue()


@pytest.fixture(scope="module")
def tenant(stack: Stack) -> Tenant:
    """Give a tenant with a messy history, early locked, applied."""
    made = stack.create_tenant()
    events = list(Mess(11).events(_EVENTS))
    locked = {"first": "2026-10-28", "last": "2026-11-01"}
    events[100] |= {"type": "period.locked", "subject": "all", "data": locked}
    for start in range(0, _EVENTS, _AT_ONCE):
        post(stack, made, events[start : start + _AT_ONCE], applied=True)
    return made


@pytest.fixture
def tables(stack: Stack, tenant: Tenant) -> Iterator[Tables]:
    """Give the tables of the tenant; whatever a test does to them is undone."""
    tables = Tables(stack.redis_url, tenant)
    before = tables.snapshot()
    yield tables
    tables.restore(before)
    tables.client.close()


def test_nothing_differs(stack: Stack, tenant: Tenant) -> None:
    """After a messy history every cell, sum, gauge, list and fact equals the recount."""
    code, said = verify(stack)
    assert code == 0, said
    assert "no difference" in said
    counted = r"([1-9]\d*) (calls|appointments|orders|payments|opportunities|members|words)"
    assert len(re.findall(counted, said.partition("marks of customers")[2])) == 7, said
    assert re.search(r"[1-9]\d* holders of numbers, [1-9]\d* of extensions", said)
    assert verify(stack, tenant=tenant.id)[0] == 0


@pytest.mark.once
@pytest.mark.parametrize(
    "planted", TOGETHER, ids=[" ".join(plant.__name__ for _, plant in some) for some in TOGETHER]
)
def test_planted_errors_are_found(
    stack: Stack, tenant: Tenant, tables: Tables, planted: list[tuple[str, Plant]]
) -> None:
    """Each kind of damage is found and named, at the key where it is."""
    where = [(what, plant(tables)) for what, plant in planted]
    code, said = verify(stack, tenant=tenant.id, shown=1000)
    assert code == 1
    found = [line.partition(": ") for line in said.splitlines()]
    missed = [
        (what, place)
        for what, place in where
        if not any(what == name and place in rest for name, _, rest in found)
    ]
    assert missed == [], said


def test_doubled_list_row_is_found(stack: Stack, tenant: Tenant, tables: Tables) -> None:
    """A list that holds one entity under two numbers is longer than its figure."""
    name = tables.names("i")[0]
    bucket, field = tables.keys.facts(int(min(tables.client.smembers(name))))
    fact = unpack(tables.client.hget(bucket, field))
    number = tables.client.hincrby(tables.keys.meta, "next_number", 1) - 1
    second, second_field = tables.keys.facts(number)
    tables.client.hset(second, second_field, pack(msgspec.structs.replace(fact, number=number)))
    tables.client.sadd(name, number)
    code, said = verify(stack, tenant=tenant.id, shown=1000)
    assert code == 1
    assert f"doubled list row: {name} " in said


@pytest.fixture
def busy(stack: Stack) -> Iterator[Tenant]:
    """Give a tenant into which events keep coming."""
    made = stack.create_tenant()
    stop = Event()
    sent = []

    def feed() -> None:
        for event in Mess(12).events(100_000):
            if event["type"] in RESERVED_TYPES:  # those the door does not take
                continue
            post(stack, made, [event], applied=False)
            sent.append(event)
            if stop.is_set():
                return

    feeder = Thread(target=feed)
    feeder.start()
    try:
        wait_for(lambda: len(sent) > 50, 60, "no event was taken")
        yield made
    finally:
        stop.set()
        feeder.join()


def test_live_system_is_verified_while_events_come_in(stack: Stack, busy: Tenant) -> None:
    """Figures that move while they are read are compared at the fence at which they were read."""
    code, said = verify(stack, tenant=busy.id)
    assert code == 0, said
    assert verify(stack, tenant=busy.id, wait_idle=True)[0] == 0


def test_error_on_a_live_system_is_found(stack: Stack, busy: Tenant) -> None:
    """What is wrong is told apart from what has just changed."""
    tables = Tables(stack.redis_url, busy)
    planted = [plant(tables) for plant in (add_cell, plant_key, add_stranger)]
    code, said = verify(stack, tenant=busy.id)
    for name in (planted[0], planted[2]):
        tables.client.delete(name)
    tables.client.hdel(tables.keys.keys, planted[1])
    tables.client.close()
    assert code == 1
    assert all(where in said for where in planted)
    assert "differences: 3 (1 surplus cell, 1 unreadable key, 1 wrong API key)" in said


def test_log_shorter_than_the_fence_is_no_proof(stack: Stack, tenant: Tenant) -> None:
    """A log that does not reach the fence cannot prove anything: said, and exit 1."""
    prefix = f"{stack.topic_prefix}empty-"
    other = stack.meeting.settings().model_copy(update={"topic_prefix": prefix})
    run_apart(ensure(other.brokers(), Plan(prefix=prefix, partitions=stack.partitions)))
    said = StringIO()
    code = run(
        other,
        options=Options(tenant=tenant.id, patience_s=1),
        console=Console(file=said, width=1000),
    )
    assert code == 1
    assert "does not reach the fence" in said.getvalue()


def test_what_is_not_there_is_said(stack: Stack) -> None:
    """A topic or a tenant that does not exist is an answer, not a traceback."""
    assert "no partition holds" in verify(stack, tenant="nobody")[1]
    said = StringIO()
    other = stack.meeting.settings().model_copy(update={"topic_prefix": "never-made-"})
    code = run(other, console=Console(file=said, width=200))
    assert code == 1
    assert "there is no topic never-made-crm-events" in said.getvalue()
