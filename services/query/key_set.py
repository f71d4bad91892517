"""The public keys that tokens of persons are signed with: a JWKS out of a file or from a URL.

Only asymmetric keys are taken: a shared secret in the set, or a key for another use, is passed
over, so no token can choose to be checked by one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from services.query.fetching import fetch
from services.query.problems import Problem

ALGORITHMS: Final = frozenset({"RS256", "ES256", "EdDSA"})
FRESH_MS: Final = 300_000
"""After so long the set is read anew, though every key asked for is known: keys are withdrawn."""
PAUSE_MS: Final = 30_000
"""Between two attempts to read the set, however many unknown keys are named."""
_PATIENCE_S = 5.0
_SHORTEST_RSA_BITS = 2048

log = logging.getLogger(__name__)
Keys = Mapping[str, PyJWK]


class KeySet:
    """The keys of one issuer, cached.

    Laws:   an unknown key has the set read anew, at most once in 30 s; while the source is away
            the keys of before go on for `stale_ms`, then nobody is let in by them.
    """

    def __init__(self, source: str, stale_ms: int, now_ms: Callable[[], int]) -> None:
        self._source = source
        self._stale_ms = stale_ms
        self._now_ms = now_ms
        self._keys: Keys = MappingProxyType({})
        self._read_ms: int | None = None
        self._tried_ms: int | None = None
        self._reading = asyncio.Lock()

    async def key(self, name: str | None) -> PyJWK | None:
        """Return the key of this name, or the only one where a token names none; None: unknown.

        Errors: Problem 503 `keys_unavailable` where the set could not be read.
        """
        found = self._find(name)
        if (found is None or not self._is_fresh()) and self._may_read():
            await self._renew(is_patient=found is None)
            found = self._find(name)
        if self._read_ms is None or self._now_ms() - self._read_ms > self._stale_ms:
            raise _unavailable()
        if found is None and self._tried_ms != self._read_ms:
            raise _unavailable()  # it may be a new key, and nobody can tell now
        return found

    def _find(self, name: str | None) -> PyJWK | None:
        if name is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(name)

    def _is_fresh(self) -> bool:
        return self._read_ms is not None and self._now_ms() - self._read_ms < FRESH_MS

    def _may_read(self) -> bool:
        return self._tried_ms is None or self._now_ms() - self._tried_ms >= PAUSE_MS

    async def _renew(self, *, is_patient: bool) -> None:
        """Read the set; who knows its key does not wait for somebody else's attempt."""
        if self._reading.locked() and not is_patient:
            return
        async with self._reading:
            if not self._may_read():
                return
            began = self._now_ms()
            try:
                self._keys = keys_of(await self._fetch())
                self._read_ms = began
            except (OSError, ValueError, httpx.HTTPError) as error:
                log.warning("the keys of persons' tokens cannot be read: %s", type(error).__name__)
            self._tried_ms = began

    async def _fetch(self) -> bytes:
        if not is_address(self._source):
            return await asyncio.to_thread(Path(self._source).read_bytes)
        return await fetch(self._source, _PATIENCE_S)


def is_address(source: str) -> bool:
    """Say whether a source is a URL, else it is a file."""
    return source.startswith(("https://", "http://"))


def keys_of(document: bytes) -> Keys:
    """Return the keys of a JWKS by their names; one without a name has the name ''.

    Errors: ValueError where the document is no JWKS, or an empty one.
    """
    parsed = orjson.loads(document)
    listed = parsed.get("keys") if isinstance(parsed, dict) else None
    if not listed or not isinstance(listed, list):
        raise ValueError("this is not a set of keys")
    read = ((str(each.get("kid", "")), _key(each)) for each in listed if _is_public(each))
    return MappingProxyType({name: key for name, key in read if key is not None})


def _is_public(raw: Any) -> bool:
    """Say whether this is the public half of a pair, meant for signatures."""
    return (
        isinstance(raw, dict)
        and raw.get("kty") in ("RSA", "EC", "OKP")
        and "d" not in raw
        and raw.get("use", "sig") == "sig"
    )


def _key(raw: dict[str, Any]) -> PyJWK | None:
    """Return a key that we check tokens by, None for any other."""
    try:
        key = PyJWK(raw)
    except PyJWTError:
        return None
    is_short = isinstance(key.key, RSAPublicKey) and key.key.key_size < _SHORTEST_RSA_BITS
    return None if is_short or key.algorithm_name not in ALGORITHMS else key


def _unavailable() -> Problem:
    detail = "the keys that tokens are signed with cannot be read now"
    return Problem(503, "keys_unavailable", detail, retry_after=5)
