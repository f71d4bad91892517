"""Who may read: the API key of a request, checked against the digests the log keeps.

A key is `sp_<tenant>_<key id>_<secret>`; tenant and key id contain no '_'. Only the SHA-256 of the
whole text is stored, in the tenant's partition, so a key needs no other database.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple

import orjson
from starlette.requests import Request

from schemas.access import Board, Kind
from services.query.directory import Directory
from services.query.problems import Problem
from services.query.reader import Reader

_SCOPE = "query"
_MOST_REMEMBERED = 10_000
_PATIENCE_S = 1.0


class Caller(NamedTuple):
    """Who asks.

    Shape:  `key_id` of a machine or a kiosk, `employee` of a person, `board` of a kiosk; `label`
            names the key for people.
    Units:  `until` is milliseconds since the epoch: from then on this is nobody; None never.
    """

    tenant: str
    partition: int
    key_id: str
    kind: Kind = "machine"
    employee: str = ""
    board: Board | None = None
    label: str = ""
    until: int | None = None


class Access:
    """Checks API keys; believes an accepted one for a few seconds."""

    def __init__(
        self, directory: Directory, reader: Reader, cache_s: float, now_ms: Callable[[], int]
    ) -> None:
        self._directory = directory
        self._reader = reader
        self._cache_ms = int(cache_s * 1000)
        self._now_ms = now_ms
        self._accepted: dict[str, tuple[int, Caller]] = {}

    async def caller(self, request: Request) -> Caller:
        """Return who asks; Problem 401 or 403 if the key does not allow it."""
        return await self.check(presented_key(request))

    async def check(self, key: str) -> Caller:
        """Return who holds a key.

        Errors: 401 `no_key`, `bad_key`; 403 `forbidden_scope`; 503 while keys cannot be known.
        """
        digest = hashlib.sha256(key.encode()).hexdigest()
        until, caller = self._accepted.get(digest, (0, None))
        if caller is not None and self._now_ms() < until:
            return caller
        self._accepted.pop(digest, None)
        caller = await self._look_up(key, digest)
        if len(self._accepted) >= _MOST_REMEMBERED:
            self._accepted.clear()
        self._accepted[digest] = (self._now_ms() + self._cache_ms, caller)
        return caller

    async def _look_up(self, key: str, digest: str) -> Caller:
        prefix, tenant, key_id, _ = (*key.split("_", 3), "", "", "", "")[:4]
        if prefix != "sp" or not tenant or not key_id:
            raise _bad_key()
        partition = await self._directory.partition(tenant, _PATIENCE_S)
        if partition is None:
            if not self._directory.is_read:
                detail = "the tenant directory is not read yet"
                raise Problem(503, "directory_unavailable", detail, retry_after=2)
            raise _bad_key()
        raw = await self._reader.api_key(partition, tenant, key_id)
        if raw is None:
            fresh = await self._reader.status(partition)
            if fresh.lag_events or fresh.state == "recovering":
                detail = "this key is not known yet: the figures are behind the log"
                raise Problem(503, fresh.state, detail, retry_after=2)
            raise _bad_key()
        record = orjson.loads(raw)
        if not hmac.compare_digest(str(record["digest"]), digest) or record.get("revoked"):
            raise _bad_key()
        if _SCOPE not in record["scopes"]:
            raise Problem(403, "forbidden_scope", f"this key lacks the scope '{_SCOPE}'")
        return Caller(tenant, partition, key_id, label=str(record.get("label", "")))


def presented_key(request: Request) -> str:
    """Return the key of a request: the Authorization header, else `?key=`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else ""
    key = key or request.query_params.get("key", "")
    if not key:
        raise Problem(401, "no_key", "send 'Authorization: Bearer <api key>', or ?key=")
    return key


def _bad_key() -> Problem:
    return Problem(401, "bad_key", "this API key is unknown or revoked")
