"""A steady load over HTTP, from a process of its own: calls at a given rate, until told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson

from deploy.local.stack import Stack, Tenant

_EVERY_S = 0.05
_BEGUN_S = 2.0
_stopped: list[bool] = []


def call(tenant: str, name: str, employee: str, at: str, customer: str = "") -> dict[str, Any]:
    """Return an outbound call that connects."""
    data = {"direction": "outbound", "employee_id": employee, "connected_at": at}
    return {
        "specversion": "1.0",
        "id": f"{name}-connected",
        "source": "bench",
        "type": "call.connected",
        "time": at,
        "subject": name,
        "tenantid": tenant,
        "data": data | {"customer_id": customer} if customer else data,
    }


class Load:
    """A load that runs. It ends by itself after its time, or when it is stopped."""

    def __init__(
        self, stack: Stack, tenant: Tenant, rate: float, *, seconds: float = 3600,
        customers: int = 0,
    ) -> None:  # fmt: skip
        at = datetime.now(UTC).isoformat()
        command = [sys.executable, "-m", "tests.benchmarks.load", stack.ingestor_url]
        command += [tenant.write_key, tenant.id, at, str(rate), str(seconds), str(customers)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.reached = 0.0

    def wait(self) -> float:
        """Wait for its end; return the events a second that it reached.

        Errors: AssertionError where it failed, at a refused request for example.
        """
        told = self._process.communicate(timeout=3600)[0]
        assert self._process.returncode == 0, "the load failed"
        self.reached = float(told)
        return self.reached

    def stop(self) -> float:
        """End it now; return what it reached."""
        self._process.terminate()
        return self.wait()


@contextmanager
def loading(stack: Stack, tenant: Tenant, rate: float, customers: int = 0) -> Iterator[Load]:
    """Keep a load on a tenant meanwhile; it has begun when this begins."""
    load = Load(stack, tenant, rate, customers=customers)
    try:
        time.sleep(_BEGUN_S)
        yield load
    finally:
        load.stop()


def main(
    url: str, key: str, tenant: str, at: str, *, rate: float, seconds: float, customers: int = 0
) -> None:
    """Post batches at the rate, to nobody or to so many customers; prints the rate reached."""
    signal.signal(signal.SIGTERM, _stop)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/cloudevents-batch+json",
    }
    sent = 0
    with httpx.Client(headers=headers, timeout=30) as client:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds and not _stopped:
            due = int(passed * rate) - sent
            if due > 0:
                batch = [_numbered(tenant, at, sent + n, customers) for n in range(due)]
                client.post(f"{url}/v1/events", content=orjson.dumps(batch)).raise_for_status()
                sent += due
            time.sleep(_EVERY_S)
    print(sent / (time.monotonic() - began))  # noqa: T201


def _stop(*_: object) -> None:
    _stopped.append(True)


def _numbered(tenant: str, at: str, number: int, customers: int) -> dict[str, Any]:
    customer = f"load{number % customers}" if customers else ""
    return call(tenant, f"load-{at}-{number}", f"busy{number % 40}", at, customer)


if __name__ == "__main__":
    main(
        *sys.argv[1:5],
        rate=float(sys.argv[5]),
        seconds=float(sys.argv[6]),
        customers=int(*sys.argv[7:8]),
    )
