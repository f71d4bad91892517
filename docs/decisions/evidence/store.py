# ruff: noqa: INP001 - scripts, not a package
"""Measurements of the store that decision records quote: `python docs/decisions/evidence/store.py`.

Starts an embedded Valkey of its own in a temporary directory and prints one line per measurement.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgpack
import redis

from deploy.local.store import EmbeddedStore
from schemas.tables import TenantKeys

KEYS = TenantKeys(0, "gen", "acme")
HALF_DONE = """
redis.call('HSET', KEYS[1], 'a', 1)
redis.call('HSET', KEYS[2], 'a', 1)
redis.call('HSET', KEYS[3], 'next', 7)
"""
BLOB = "for _, c in ipairs(cmsgpack.unpack(ARGV[1])) do redis.call(unpack(c)) end"


def say(line: str) -> None:
    """Print one measurement."""
    sys.stdout.write(line + "\n")


def abort(client: Any) -> None:
    """Let the second of three writes fail, and look whether the third, the fence, moved."""
    for how in ("EXEC", "script"):
        client.execute_command("FLUSHALL", "SYNC")
        client.set("{p0}wrong", "a string, not a hash")
        try:
            if how == "EXEC":
                with client.pipeline(transaction=True) as pipe:
                    pipe.hset("{p0}first", "a", 1).hset("{p0}wrong", "a", 1)
                    pipe.hset("{p0}fence", "next", 7).execute()
            else:
                client.eval(HALF_DONE, 3, "{p0}first", "{p0}wrong", "{p0}fence")
        except redis.ResponseError as error:
            moved = client.hget("{p0}fence", "next")
            say(f"abort: {how}: fence is {moved!r} after {str(error)[:60]!r}")


def memory(client: Any, write: Callable[[Any], None]) -> tuple[int, int]:
    """Return (bytes, keys) that a write added to an empty store."""
    client.execute_command("FLUSHALL", "SYNC")
    before = held(client)
    with client.pipeline(transaction=False) as pipe:
        write(pipe)
        pipe.execute()
    return held(client) - before, client.dbsize()


def held(client: Any) -> int:
    """Return the bytes that are allocated, without buffers of clients and of the log file."""
    info = client.info("memory")
    used: int = info["used_memory"] - info["mem_clients_normal"] - info["mem_aof_buffer"]
    return used


def postings(client: Any) -> None:
    """Write the lists of 200 people in 10 departments on 20 days, 40 facts each, in two layouts."""

    def entries() -> Iterator[tuple[str, str, int, range]]:
        number = 0
        for day in range(20261101, 20261121):
            for person in range(200):
                yield f"d{person % 10}", f"e{person}", day, range(number, number + 40)
                number += 40

    def by_pair(pipe: Any) -> None:
        for department, employee, day, numbers in entries():
            pipe.sadd(KEYS.posting("calls_outbound", department, employee, day), *numbers)

    def by_scope(pipe: Any) -> None:
        for department, employee, day, numbers in entries():
            for scope in (f"e:{employee}", f"d:{department}", "c:all"):
                pipe.sadd(f"{KEYS.prefix}i:calls_outbound:{scope}:{day}", *numbers)

    facts = 200 * 20 * 40
    for name, write in (("per pair", by_pair), ("per scope", by_scope)):
        size, keys = memory(client, write)
        say(f"postings: {name}: {size / facts:.1f} bytes per listed fact, {keys} keys")


def ids(client: Any) -> None:
    """Remember 300,000 event ids as hashes in bucketed hashes, and as keys of their own."""
    count = 300_000
    hashes = [
        (
            blake2b(f"crm\0event-{n}".encode(), digest_size=8).digest(),
            blake2b(f"{n}".encode(), digest_size=4).digest(),
        )
        for n in range(count)
    ]

    def bucketed(pipe: Any) -> None:
        for name, content in hashes:
            key, member = KEYS.seen(name)
            pipe.hset(key, member, content)

    def own_key(pipe: Any) -> None:
        for n, (_, content) in enumerate(hashes):
            pipe.set(f"{KEYS.prefix}s:crm:event-{n}", content)

    for how, write in (("bucketed hashes", bucketed), ("a key per id", own_key)):
        size, _ = memory(client, write)
        say(f"ids: {how}: {size / count:.1f} bytes per event ({count} events)")


def packed(client: Any) -> None:
    """Show what a value above 64 bytes costs in a bucket of 64 facts."""
    for length in (64, 65):
        mapping = {str(n): "x" * length for n in range(64)}

        def write(pipe: Any, mapping: dict[str, str] = mapping) -> None:
            for bucket in range(500):
                pipe.hset(f"{{p0}}f:{bucket}", mapping=mapping)

        size, _ = memory(client, write)
        encoding = client.object("encoding", "{p0}f:0")
        say(
            f"packed: values of {length} bytes: {encoding.decode()}, {size / 32_000:.0f} bytes each"
        )


def commits(client: Any) -> None:
    """Commit 200 batches of 2,000 HSETs, as MULTI..EXEC and as one script fed one blob."""
    rounds, writes = 100, 2000
    commands = [["HSET", f"{{p0}}h:{n % 400}", str(n), "x" * 40] for n in range(writes)]
    for how in ("MULTI", "script"):
        client.execute_command("FLUSHALL", "SYNC")
        script = client.register_script(BLOB)
        start = time.perf_counter()
        for _ in range(rounds):
            if how == "script":
                script(args=[msgpack.packb(commands)])
            else:
                with client.pipeline(transaction=True) as pipe:
                    for command in commands:
                        pipe.execute_command(*command)
                    pipe.execute()
        rate = rounds * writes / (time.perf_counter() - start)
        say(f"commits: {how}: {rate:,.0f} writes a second ({writes} a commit)")


def numbers(client: Any) -> None:
    """Pass a sum beyond 2^53 through a script, as a number of msgpack and as text."""
    value = 2**53 + 1
    for how, sent in (("number", value), ("text", str(value))):
        client.eval(BLOB, 0, msgpack.packb([["HSET", "{p0}n", "f", sent]]))
        say(f"numbers: {value} sent as {how} is {client.hget('{p0}n', 'f').decode()}")


def slots() -> None:
    """Show that every key of a partition is in one slot of a cluster."""
    crc = __import__("redis.crc", fromlist=["key_slot"])
    keys = [
        KEYS.meta,
        KEYS.cells("employee", "e{1}", 20261120),
        KEYS.posting("orders", "d", "e", 0),
        KEYS.facts(12)[0],
    ]
    say(f"slots: {sorted({crc.key_slot(key.encode()) for key in keys})} for {len(keys)} keys")


def main() -> None:
    """Run all of it."""
    slots()
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            client = redis.Redis.from_url(store.url)
            say(f"store: {client.info('server').get('valkey_version', '')}")
            for measure in (abort, numbers, postings, ids, packed, commits):
                measure(client)
            client.close()
        finally:
            store.stop()


if __name__ == "__main__":
    main()
