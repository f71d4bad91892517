# ruff: noqa: INP001 - scripts, not a package
"""What commits cost by allocator: `PYTHONPATH=. python docs/decisions/evidence/allocator.py`.

Sends the same batches of a commit's shape, packed into one script as the aggregator does, to two
embedded stores in turns, and prints the store's processor time per command (decision 0047).
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgpack
import redis

from deploy.local.store import EmbeddedStore, jemalloc
from tests.benchmarks.readings import Spent

SCRIPT = "for _, c in ipairs(cmsgpack.unpack(ARGV[1])) do redis.call(unpack(c)) end"
BATCHES, COMMANDS, BUCKETS, FIELDS = 12, 30_000, 20_000, 64


def batches() -> Iterator[bytes]:
    """Yield packed commands: facts in buckets, cells of a day, members of lists."""
    chance = random.Random(7)  # noqa: S311 - the same batches each time
    for _ in range(BATCHES):
        commands: list[list[object]] = []
        for _ in range(COMMANDS // 3):
            number = chance.randrange(BUCKETS * FIELDS)
            fact = chance.randbytes(chance.randrange(120, 300))
            commands.append(["HSET", f"f:{number // FIELDS}", str(number), fact])
            cells = [str(chance.randrange(1000)) for _ in range(16)]
            commands.append(["HSET", f"d:{chance.randrange(600)}", *cells])
            commands.append(["SADD", f"i:{chance.randrange(8000)}", number])
        yield msgpack.packb(commands, use_bin_type=False)


def main() -> None:
    """Measure both in turns."""
    bare = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    if jemalloc() is None:
        sys.exit("this machine has no jemalloc (Debian: libjemalloc2)")
    with tempfile.TemporaryDirectory() as directory:
        stores = {name: EmbeddedStore(Path(directory) / name) for name in ("libc", "jemalloc")}
        stores["libc"].child.env = bare
        found: dict[str, list[float]] = {name: [] for name in stores}
        for store in stores.values():
            store.start()
        try:
            for batch in batches():
                for name, store in stores.items():
                    with redis.Redis.from_url(store.url) as client:
                        before = Spent.of(store.child)
                        client.eval(SCRIPT, 0, batch)
                        found[name].append(Spent.of(store.child).since(before)[0])
        finally:
            for store in stores.values():
                store.stop()
    for name, seconds in found.items():
        cost = statistics.median(seconds) / COMMANDS * 1e6
        sys.stdout.write(f"{name}: {cost:.1f} us of processor time a command\n")


main()
