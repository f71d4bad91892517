"""The journal against the real embedded broker: it forgets everything, and nothing is lost."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.apart import run_apart
from deploy.local.broker import EmbeddedBroker
from deploy.local.process import wait_for
from deploy.local.store import EmbeddedStore
from tests.ingest_rig import PARTITIONS, Rig, Stored, event

pytestmark = pytest.mark.once

TOPICS = [("tenant-directory", 0), ("crm-dead-letters", 0)] + [
    ("crm-events", partition) for partition in range(PARTITIONS)
]


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """Give an embedded broker that a test may replace by an empty one."""
    running = EmbeddedBroker(tmp_path / "broker.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def rig(embedded: EmbeddedBroker, store: EmbeddedStore, tmp_path: Path) -> Iterator[Rig]:
    """Give an ingestor with a journal."""
    journal = str(tmp_path / "journal")
    running = Rig(embedded, store.url, tmp_path, journal_dir=journal, kafka_timeout_s="3")
    running.serve()
    running.start()
    yield running
    running.stop()


def fill(rig: Rig) -> list[dict[str, Any]]:
    tenants = [rig.create_tenant(partition=partition) for partition in (0, 1, 0)]
    for number in range(30):
        tenant = tenants[number % 3]
        batch = [event(tenant["tenant"], 10 * number + k) for k in range(10)]
        assert rig.post(tenant, [*batch, number]).json()["accepted"] == 10
    return tenants


def everything(rig: Rig) -> dict[tuple[str, int], list[Stored]]:
    return {place: rig.log(*place) for place in TOPICS}


def replace_broker(rig: Rig, broker: EmbeddedBroker) -> None:
    broker.kill()
    broker.start()
    rig.make_topics()


def test_empty_broker_gets_everything_back(rig: Rig, embedded: EmbeddedBroker) -> None:
    """After a restart of ingestor and broker every topic has the same records at the same offsets.

    Key, value and timestamp included; and it goes on from there.
    """
    tenants = fill(rig)
    before = everything(rig)
    assert sum(len(records) for records in before.values()) == 3 + 30 + 300 + 3 * 3
    for _ in range(2):
        rig.service.stop()
        replace_broker(rig, embedded)
        rig.service.start()
        rig.service.wait(30)
        assert everything(rig) == before
    rig.serve()
    fresh = rig.create_tenant(partition=0)
    assert rig.post(fresh, [event(fresh["tenant"], 999)]).status_code == 202
    after = everything(rig)["crm-events", 0]
    assert after[: len(before["crm-events", 0])] == before["crm-events", 0]
    assert orjson.loads(after[-1].value)["id"] == "e-999"
    assert rig.post(tenants[0], [event(tenants[0]["tenant"], 1)]).status_code == 401


def test_living_broker_gets_nothing_twice(rig: Rig) -> None:
    """An ingestor restarted beside a living broker publishes nothing again."""
    fill(rig)
    before = everything(rig)
    rig.service.stop()
    rig.service.start()
    rig.service.wait(30)
    assert everything(rig) == before


def test_torn_journal_is_cut(rig: Rig, embedded: EmbeddedBroker, tmp_path: Path) -> None:
    """A journal whose last block was torn by a crash gives back what lies before it."""
    fill(rig)
    before = everything(rig)
    rig.service.kill()
    path = tmp_path / "journal" / f"{rig.prefix}crm-events" / "0.journal"
    path.write_bytes(path.read_bytes()[:-3])
    replace_broker(rig, embedded)
    rig.service.start()
    rig.service.wait(30)
    after = everything(rig)
    assert after["crm-events", 1] == before["crm-events", 1]
    assert after["crm-events", 0] == before["crm-events", 0][:-10]


def test_lost_journal_is_taken_from_the_log(
    rig: Rig, embedded: EmbeddedBroker, tmp_path: Path
) -> None:
    """A journal shorter than the log is completed from it before anything is written."""
    fill(rig)
    before = everything(rig)
    rig.service.stop()
    (tmp_path / "journal" / f"{rig.prefix}crm-events" / "1.journal").unlink()
    rig.service.start()
    rig.service.wait(30)
    rig.service.stop()
    replace_broker(rig, embedded)
    rig.service.start()
    rig.service.wait(30)
    assert everything(rig) == before


def test_broker_replaced_under_a_running_ingestor(rig: Rig, embedded: EmbeddedBroker) -> None:
    """A broker that lost its memory meanwhile gets everything back before the next event."""
    tenants = fill(rig)
    before = everything(rig)
    replace_broker(rig, embedded)
    tenant = tenants[1]
    late = [event(tenant["tenant"], 999)]
    wait_for(lambda: rig.post(tenant, late).status_code == 202, 40, "no recovery")
    after = everything(rig)
    for place, records in before.items():
        assert after[place][: len(records)] == records
    assert orjson.loads(after["crm-events", 1][-1].value)["id"] == "e-999"


def test_letters_of_another_writer_are_kept(rig: Rig, embedded: EmbeddedBroker) -> None:
    """A dead letter of the aggregator survives the broker too."""
    (tenant, *_) = fill(rig)
    letter = {
        "code": "duplicate_id",
        "detail": "other content",
        "pointer": "",
        "event_id": "e-1",
        "topic": "crm-events",
        "partition": 0,
        "offset": 7,
        "at_ms": 1_700_000_000_000,
        "raw": "{}",
        "tenant": tenant["tenant"],
    }
    run_apart(publish(rig, tenant["tenant"].encode(), orjson.dumps(letter)))
    journal = rig.service.directory / "journal" / f"{rig.prefix}crm-dead-letters" / "0.journal"
    wait_for(lambda: b"other content" in journal.read_bytes(), 20, "it is not journaled")
    before = rig.log("crm-dead-letters")
    rig.service.stop()
    replace_broker(rig, embedded)
    rig.service.start()
    rig.service.wait(30)
    after = rig.log("crm-dead-letters")
    assert sorted(each[1:] for each in after) == sorted(each[1:] for each in before)


async def publish(rig: Rig, key: bytes, value: bytes) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=rig.broker.bootstrap, enable_idempotence=False, acks="all"
    )
    await producer.start()
    await producer.send_and_wait(rig.prefix + "crm-dead-letters", value, key, partition=0)
    await producer.stop()


def test_killed_under_load(rig: Rig, embedded: EmbeddedBroker) -> None:
    """Ingestor and broker killed under load: every event answered 202 comes back, in order."""
    tenants = [rig.create_tenant(partition=partition) for partition in (0, 1)]
    accepted: list[list[str]] = [[], []]
    enough = threading.Event()

    def send(place: int) -> None:
        tenant = tenants[place]
        for number in range(100_000):
            with contextlib.suppress(httpx.TransportError):
                if rig.post(tenant, [event(tenant["tenant"], number)]).status_code == 202:
                    accepted[place].append(f"e-{number}")
                    if number > 100:
                        enough.set()
                    continue
            return

    threads = [threading.Thread(target=send, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    rig.service.kill()
    for thread in threads:
        thread.join()
    replace_broker(rig, embedded)
    rig.service.start()
    rig.service.wait(30)
    for tenant, names in zip(tenants, accepted, strict=True):
        found = [each["id"] for each in rig.events(tenant)]
        assert found[: len(names)] == names
        assert len(found) <= len(names) + 1
