"""Events of the benchmark as the ingestor writes them: canonical, and sealed under fixed keys.

The fields come in the order of the models and the personal ones are sealed by the product's own
code; only the keys are made from the ids here, where the ingestor asks its key store.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.envelope import parse_record
from schemas.events import EVENT_MODELS
from schemas.phones import DEFAULT_REGION
from schemas.sealing import KEY_BYTES, PERSONAL, Root, seal, unseal, wishes

Event = dict[str, Any]
"""A CloudEvent in canonical form, its personal fields in plain text."""
SOURCE: Final = "bench"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECRET: Final = bytes(KEY_BYTES)
_ROOT: Final = Root(_SECRET)
_FIELDS: Final = {name: tuple(model.model_fields) for name, model in EVENT_MODELS.items()}


def moment(at_ms: int) -> str:
    """Return a time as the log writes it."""
    text = (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def event(  # noqa: PLR0917 - the attributes of an event
    event_type: str, number: int, subject: str, at_ms: int, data: Mapping[str, Any], tenant: str
) -> Event:
    """Return an event; `number` makes its id, and its fields need no order."""
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": SOURCE,
        "type": event_type,
        "time": moment(at_ms),
        "subject": subject,
        "tenantid": tenant,
        "data": {name: data[name] for name in _FIELDS[event_type] if name in data},
    }


def logged(plain: Event) -> bytes:
    """Return the bytes that stand in the log."""
    if plain["type"] not in PERSONAL:
        return orjson.dumps(plain)
    asked = wishes(plain, _ROOT, DEFAULT_REGION)
    return orjson.dumps(seal(plain, asked, {wish.key_id: _cipher(wish.key_id) for wish in asked}))


def check(plain: Event) -> None:
    """Check that an event is what the ingestor would have written; raises AssertionError."""
    record = parse_record(plain, plain["tenantid"])
    assert isinstance(record, dict), f"{record}: {plain}"
    assert orjson.dumps(record) == orjson.dumps(plain), (record, plain)
    sealed = orjson.loads(logged(plain))
    asked = wishes(plain, _ROOT, DEFAULT_REGION)
    assert unseal(sealed, {wish.key_id: _cipher(wish.key_id) for wish in asked}) == plain
    assert not wishes(sealed, _ROOT, DEFAULT_REGION), sealed


@lru_cache(maxsize=1 << 16)
def _cipher(key_id: str) -> AESSIV:
    return AESSIV(blake2b(key_id.encode(), key=_SECRET, digest_size=KEY_BYTES).digest())
