"""A steady load over HTTP: calls of other departments, at a given rate, until told to stop."""

from __future__ import annotations

import sys
import time
from typing import Any

import httpx
import orjson

_EVERY_S = 0.05


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


def main(
    url: str, key: str, tenant: str, at: str, *, rate: float, seconds: float, customers: int = 0
) -> None:
    """Post batches at the rate, to nobody or to so many customers; prints the rate reached."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/cloudevents-batch+json",
    }
    sent = 0
    with httpx.Client(headers=headers, timeout=30) as client:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            due = int(passed * rate) - sent
            if due > 0:
                batch = [_numbered(tenant, at, sent + n, customers) for n in range(due)]
                client.post(f"{url}/v1/events", content=orjson.dumps(batch)).raise_for_status()
                sent += due
            time.sleep(_EVERY_S)
    print(sent / (time.monotonic() - began))  # noqa: T201


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
