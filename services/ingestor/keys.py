"""API keys: made once, shown once, checked against the digest that the fold keeps in Redis."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Literal, NamedTuple

import orjson

from schemas.calendar import parse_time
from services.ingestor.directory import Directory, Tenant
from services.ingestor.problems import Problem, unavailable
from services.ingestor.store import REDIS_ERRORS, Store

_log = logging.getLogger(__name__)
_KEY = re.compile(r"sp_(?P<tenant>[a-z0-9][a-z0-9-]{0,62})_(?P<id>[0-9a-f]{4,64})_[0-9A-Za-z]+")
_REMEMBERED = 10_000
_REDIS_PAUSE_S = 0.5

Scope = Literal["ingest", "query", "kiosk", "administer"]


class NewKey(NamedTuple):
    """A key that was just made: the only moment its text exists here."""

    id: str
    text: str
    digest: str


class Principal(NamedTuple):
    """Who is asking: a key of a tenant, and what it may.

    Units:  until_ms since the epoch: from then on the key is nobody's; None never.
    """

    tenant: Tenant
    key_id: str
    scopes: tuple[str, ...]
    until_ms: int | None = None
    label: str = ""


class _Verified(NamedTuple):
    principal: Principal
    at: float


def new_key(tenant: str) -> NewKey:
    """Make a key."""
    key_id = secrets.token_hex(6)
    text = f"sp_{tenant}_{key_id}_{secrets.token_hex(24)}"
    return NewKey(key_id, text, digest_of(text))


def digest_of(text: str) -> str:
    """Return what is stored of a key."""
    return sha256(text.encode()).hexdigest()


def bearer(authorization: str | None) -> str:
    """Return the token of an Authorization header; raises a 401 problem."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(401, "unauthorized", "send 'Authorization: Bearer <API key>'")
    return token.strip()


class KeyRing:
    """Checks keys in Redis, remembers the answer shortly, and for longer while Redis is away.

    Laws:   a key made or revoked by this process counts at once, before the fold has it. A key
            is called unknown only by a fold that keeps up; otherwise it may be one of the log's.
    """

    def __init__(
        self,
        store: Store,
        directory: Directory,
        *,
        fresh_s: float,
        stale_s: float,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._directory = directory
        self._fresh_s = fresh_s
        self._stale_s = stale_s
        self._now = now
        self._verified: OrderedDict[str, _Verified] = OrderedDict()
        self._made: dict[tuple[str, str], dict[str, Any]] = {}
        self._revoked: set[tuple[str, str]] = set()
        self._redis_down_until = 0.0

    def add(self, tenant: str, key: NewKey, record: Mapping[str, Any]) -> None:
        """Let a key made by this process pass until the fold has it."""
        self._made[tenant, key.id] = dict(record)

    def revoke(self, tenant: str, key_id: str) -> None:
        """Refuse a key from now on."""
        self._revoked.add((tenant, key_id))

    async def authenticate(self, authorization: str | None, scope: Scope) -> Principal:
        """Return who is asking.

        Errors: Problem 401 (no key, unknown, revoked, expired), 403 (not this scope), 503 (Redis
                away and the key not verified recently; the fold too far behind to know the key).
        """
        text = bearer(authorization)
        digest = digest_of(text)
        principal = self._remembered(digest) or await self._check(text, digest)
        if (principal.tenant.id, principal.key_id) in self._revoked:
            raise _unknown()
        if principal.until_ms is not None and self._now() * 1000 >= principal.until_ms:
            raise Problem(401, "expired_key", "this API key has expired")
        if scope not in principal.scopes:
            raise Problem(403, "forbidden", f"this key does not have the scope '{scope}'")
        return principal

    async def stored(self, tenant: Tenant, key_id: str) -> dict[str, Any] | None:
        """Return what is known of a key, None if nothing is.

        Errors: REDIS_ERRORS; Problem 503 while no fold serves the tenant's partition.
        """
        known = await self._read(tenant, key_id)
        if known is not None:
            self._made.pop((tenant.id, key_id), None)
            return known
        return self._made.get((tenant.id, key_id))

    async def all(self, tenant: Tenant) -> dict[str, dict[str, Any]]:
        """Return what is known of all keys of a tenant, by their ids.

        Errors: REDIS_ERRORS; Problem 503 while no fold serves the tenant's partition.
        """
        generation = await self._store.generation(tenant.partition)
        if generation is None:
            raise _not_served(tenant)
        folded = await self._store.keys(tenant.partition, generation, tenant.id)
        made = {key: entry for (owner, key), entry in self._made.items() if owner == tenant.id}
        known = made | {key: orjson.loads(record) for key, record in folded.items()}
        for key in known.keys() & {key for owner, key in self._revoked if owner == tenant.id}:
            known[key] = known[key] | {"revoked": True}
        return known

    def _remembered(self, digest: str) -> Principal | None:
        entry = self._verified.get(digest)
        if entry is not None and self._now() - entry.at <= self._fresh_s:
            return entry.principal
        return None

    async def _check(self, text: str, digest: str) -> Principal:
        match = _KEY.fullmatch(text)
        tenant = self._directory.get(match["tenant"]) if match else None
        if match is None or tenant is None:
            raise _unknown()
        try:
            entry = await self._look_up(tenant, match["id"])
            if entry is None and not await self._keeps_up(tenant):
                raise unavailable(
                    "keys_behind", "this key is not known yet: the fold is behind; try again"
                )
        except REDIS_ERRORS as error:
            return self._stale(digest, error)
        expected = str(entry.get("digest", "")) if entry else ""
        if not hmac.compare_digest(expected, digest) or not entry or entry.get("revoked"):
            self._verified.pop(digest, None)
            raise _unknown()
        principal = _principal(tenant, match["id"], entry)
        self._remember(digest, principal)
        return principal

    async def _look_up(self, tenant: Tenant, key_id: str) -> dict[str, Any] | None:
        if self._now() < self._redis_down_until:
            raise TimeoutError
        try:
            return await self.stored(tenant, key_id)
        except REDIS_ERRORS:
            self._redis_down_until = self._now() + _REDIS_PAUSE_S
            raise

    async def _keeps_up(self, tenant: Tenant) -> bool:
        return await self._store.keeps_up(tenant.partition, int(self._now() * 1000))

    def _stale(self, digest: str, error: Exception) -> Principal:
        entry = self._verified.get(digest)
        if entry is not None and self._now() - entry.at <= self._stale_s:
            return entry.principal
        match = self._made_by_digest(digest)
        if match is not None:
            return match
        _log.warning("a key cannot be checked: %r", error)
        raise unavailable(
            "redis_down", "keys cannot be checked at the moment; nothing was taken, try again"
        )

    def _made_by_digest(self, digest: str) -> Principal | None:
        for (tenant_id, key_id), entry in self._made.items():
            tenant = self._directory.get(tenant_id)
            if tenant is not None and hmac.compare_digest(entry["digest"], digest):
                return _principal(tenant, key_id, entry)
        return None

    async def _read(self, tenant: Tenant, key_id: str) -> dict[str, Any] | None:
        generation = await self._store.generation(tenant.partition)
        if generation is None:
            if (tenant.id, key_id) in self._made:
                return None
            raise _not_served(tenant)
        found = await self._store.key(tenant.partition, generation, tenant.id, key_id)
        return None if found is None else orjson.loads(found)

    def _remember(self, digest: str, principal: Principal) -> None:
        self._verified[digest] = _Verified(principal, self._now())
        self._verified.move_to_end(digest)
        while len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)


def _principal(tenant: Tenant, key_id: str, entry: Mapping[str, Any]) -> Principal:
    expires_at = entry.get("expires_at")
    until_ms = None if expires_at is None else parse_time(expires_at)
    label = str(entry.get("label", ""))
    return Principal(tenant, key_id, tuple(entry["scopes"]), until_ms, label)


def _not_served(tenant: Tenant) -> Problem:
    return unavailable("not_ready", f"no figures are served yet for partition {tenant.partition}")


def _unknown() -> Problem:
    return Problem(401, "unauthorized", "this API key is unknown or revoked")
