"""A thousand boards on one query process: how long until each was told, and what it cost.

The boards are plain connections in a process of their own, which notes when a value reached each
of them. The clock starts when the 202 of the event is there.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Final, NamedTuple

import httpx
import orjson

from deploy.local.stack import Stack, Tenant
from tests.benchmarks.floor import floor
from tests.benchmarks.load import call
from tests.benchmarks.readings import Spent
from tests.browser.boards import Boards
from tests.browser.company import Company

_EVERY_S: Final = 0.5
_READY: Final = "all are listening"
_VALUE: Final = re.compile(
    rb'"metric":"calls_outbound","scope":"department"[^}]*?"value":(\d+)', re.DOTALL
)
_AT_ONCE: Final = 20
"""So many connections are opened together."""


class Pushed(NamedTuple):
    """What was found.

    Shape:  `told` is how many (board, event) pairs were measured; the spread is from the first
            board that was told of an event to each of the others: the push alone.
    """

    p50_ms: float
    p99_ms: float
    spread_p99_ms: float
    core_share: float
    told: int


def run(
    directory: Path, *, boards: int = 1000, probes: int = 40, say: Callable[[str], None]
) -> Pushed:
    """Start a stack, hang the boards, and let something happen twice a second."""
    with floor(directory) as stack:
        found = _measure(stack, stack.create_tenant(name="Bench"), boards, probes)
    say(
        f"{boards} boards: p50 {found.p50_ms:.0f} ms, p99 {found.p99_ms:.0f} ms, "
        f"p99 of the push alone {found.spread_p99_ms:.0f} ms, "
        f"query {found.core_share:.0%} of a core, {found.told:,} told"
    )
    return found


def _measure(stack: Stack, tenant: Tenant, boards: int, probes: int) -> Pushed:
    company = Company(stack, tenant).hire()
    company.call("lan", 60)
    hung = Boards(company)
    hung.define("wall")
    url = f"{stack.query_url}/v1/boards/wall/stream?key={hung.key}"
    command = [sys.executable, "-m", "tests.benchmarks.board_listeners", url, str(boards)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as listeners:
        output, told = listeners.stdout, listeners.stdin
        assert output is not None
        assert told is not None
        line = output.readline()
        assert line.strip() == _READY, line
        before, began = Spent.of(stack.query.child), time.monotonic()
        accepted = _probe(stack, tenant, probes)
        used_s = Spent.of(stack.query.child).since(before)[0]
        share = used_s / (time.monotonic() - began)
        told.write("end\n")
        told.flush()
        reached: dict[str, list[float]] = orjson.loads(output.read())
    waits = [
        (at - accepted[value]) * 1000
        for value, times in reached.items()
        if value in accepted
        for at in times
    ]
    spread = [(at - min(times)) * 1000 for times in reached.values() for at in times]
    parts = quantiles(waits, n=100)
    return Pushed(parts[49], parts[98], quantiles(spread, n=100)[98], share, len(waits))


def _probe(stack: Stack, tenant: Tenant, probes: int) -> dict[str, float]:
    """Let a call connect now and then; return when each was accepted, by the value it makes."""
    at = datetime.now(UTC).isoformat()
    headers = {
        "Authorization": f"Bearer {tenant.write_key}",
        "Content-Type": "application/cloudevents+json",
    }
    accepted = {}
    with httpx.Client(headers=headers, timeout=30) as client:
        for number in range(probes):
            body = orjson.dumps(call(tenant.id, f"probe-{number}", "lan", at))
            client.post(f"{stack.ingestor_url}/v1/events", content=body).raise_for_status()
            accepted[str(number + 2)] = time.time()
            time.sleep(_EVERY_S)
    return accepted


async def _listen(url: str, count: int) -> None:
    """Open the connections, note when each value arrived, and print it all at the end."""
    reached: dict[str, list[float]] = {}
    tasks: list[asyncio.Task[None]] = []
    for first in range(0, count, _AT_ONCE):
        opened = await asyncio.gather(*(_open(url) for _ in range(min(_AT_ONCE, count - first))))
        tasks += [asyncio.create_task(_follow(each, reached)) for each in opened]
    print(_READY, flush=True)  # noqa: T201 - what the parent waits for
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    sys.stdout.write(orjson.dumps(reached).decode())


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
"""The writer is kept: without it the connection is closed."""


async def _open(url: str) -> Connection:
    parts = httpx.URL(url)
    reader, writer = await asyncio.open_connection(parts.host, parts.port, limit=2**22)
    request = f"GET {parts.raw_path.decode()} HTTP/1.1\r\nHost: {parts.host}\r\n\r\n"
    writer.write(request.encode())
    await writer.drain()
    while b"event: snapshot" not in (line := await reader.readline()):
        if line.startswith(b"HTTP/") and b" 200 " not in line:
            raise ConnectionError(line.decode())
    return reader, writer


async def _follow(connection: Connection, reached: dict[str, list[float]]) -> None:
    reader, _ = connection
    while line := await reader.readline():
        if line.startswith(b"data:") and (found := _VALUE.search(line)):
            reached.setdefault(found[1].decode(), []).append(time.time())


if __name__ == "__main__":
    asyncio.run(_listen(sys.argv[1], int(sys.argv[2])))
