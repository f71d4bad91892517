# ruff: noqa: INP001 - scripts, not a package
"""Cost of sealing: `python -P docs/decisions/evidence/sealing.py`.

Prints what sealing adds to one event at the door, what opening a text costs where it is shown,
how fast new keys become durable in a key file, and how much longer the texts are.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.envelope import parse_event, parse_record
from schemas.keystore import FileKeyStore, create_key_file
from schemas.phones import phone_number
from schemas.sealed import parse
from schemas.sealing import KEY_BYTES, Root, open_text, seal, seal_text, wishes

COUNT = 20_000
ROOT = Root(bytes(range(KEY_BYTES)))
CIPHER = AESSIV(bytes(KEY_BYTES))
HEAD = {"specversion": "1.0", "source": "crm", "time": "2026-11-22T10:00:00Z", "tenantid": "acme"}
CUSTOMER = {"created_at": "2026-11-22T10:00:00Z", "name": "Nguyen Thi Lan", "owner_id": "an",
            "phones": ["0912 345 678"], "birthday": "1990-05-17"}  # fmt: skip
CALL = {"direction": "outbound", "started_at": "2026-11-22T10:00:00Z", "phone": "0912 345 678",
        "extension": "101"}  # fmt: skip
ORDER = {"created_at": "2026-11-22T10:00:00Z", "order_date": "2026-11-22",
         "total": {"amount": 1, "currency": "VND"}}  # fmt: skip


def event(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return an event as it is sent."""
    return {**HEAD, "id": "1", "type": kind, "subject": "s-1", "data": data}


def microseconds(work: Callable[[], object]) -> float:
    """Return what a piece of work costs, the best of three rounds."""
    rounds = []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(COUNT):
            work()
        rounds.append((time.perf_counter() - start) / COUNT * 1e6)
    return min(rounds)


def sealed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record sealed with one key for all."""
    asked = wishes(record, ROOT, "VN")
    return seal(record, asked, {wish.key_id: CIPHER for wish in asked}) if asked else record


def anew(record: dict[str, Any]) -> dict[str, Any]:
    """Seal a record as if none of its texts had been sealed before."""
    seal_text.cache_clear()
    return sealed(record)


def main() -> None:
    """Measure."""
    for kind, data in (
        ("customer.created", CUSTOMER), ("call.started", CALL), ("order.created", ORDER)
    ):  # fmt: skip
        item = event(kind, data)
        record = parse_record(item, "acme")
        assert isinstance(record, dict)  # noqa: S101 - it is a good event
        checked = microseconds(lambda item=item: parse_event(item, "acme"))
        again = microseconds(lambda record=record: sealed(record))
        extra = microseconds(lambda record=record: anew(record))
        plain, closed = len(orjson.dumps(record)), len(orjson.dumps(sealed(record)))
        sys.stdout.write(
            f"{kind}: checking {checked:.0f} us, sealing {extra:.0f} us more, {again:.0f} again;"
            f" {plain} bytes, sealed {closed}\n"
        )
    text = sealed(parse_record(event("call.started", CALL), "acme"))["data"]["phone"]  # type: ignore[arg-type]
    opened = parse(text)
    assert opened is not None  # noqa: S101 - it was sealed above
    sys.stdout.write(f"opening a text: {microseconds(lambda: open_text(opened, CIPHER)):.1f} us\n")
    numbers = [f"09{number:08d}" for number in range(10_000)]
    start = time.perf_counter()
    for number in numbers:
        phone_number(number, "VN")
    first = (time.perf_counter() - start) / len(numbers) * 1e6
    sys.stdout.write(f"reading a number that was not read before: {first:.0f} us\n")
    with TemporaryDirectory() as folder:
        path, master = Path(folder, "keys"), Path(folder, "master")
        create_key_file(path, master)
        store = FileKeyStore(path, master)
        for count in (1, 1000, 10_000):
            ids = [f"{count:04d}{number:012d}" for number in range(count)]
            start = time.perf_counter()
            store.obtain("acme", ids)
            made = time.perf_counter()
            store.find("acme", ids)
            found = time.perf_counter()
            sys.stdout.write(
                f"{count} keys at once: made in {(made - start) / count * 1e6:.0f} us each,"
                f" read in {(found - made) / count * 1e6:.0f} us each\n"
            )
        store.close()


if __name__ == "__main__":
    main()
