"""Keys held in memory for a while, so that the hot paths ask the store for few.

Reading and making keys waits for a disk or a network, so it is done in a thread; what is held is
looked up at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.keystore.port import Keys, KeyStore
from schemas.sealing import TENANT_KEY, Root, root_of

_LEAST_DROPPED: Final = 16


class _Held(NamedTuple):
    cipher: AESSIV | None
    secret: bytes | None
    until: float


class HeldKeys:
    """A bounded cache over a key store.

    Laws:   nothing is held for longer than `held_s`, so what another process destroyed is gone
            here after that; what this process destroys is gone at once.
    """

    def __init__(
        self, store: KeyStore, *, held_s: float, most: int, now: Callable[[], float]
    ) -> None:
        self.store = store
        self._held_s, self._most, self._now = held_s, most, now
        self._held: dict[tuple[str, str], _Held] = {}

    async def root(self, tenant: str, *, make: bool) -> Root | None:
        """Return what hashes and ids are made of; None where it is destroyed, or not there yet."""
        found = await self.ciphers(tenant, (TENANT_KEY,), make=make)
        if found.get(TENANT_KEY) is None:
            return None
        return self.root_held(tenant)

    def root_held(self, tenant: str) -> Root | None:
        """Return the same, if it is held."""
        held = self._held.get((tenant, TENANT_KEY))
        return None if held is None or held.secret is None else root_of(held.secret)

    async def ciphers(
        self, tenant: str, ids: Collection[str], *, make: bool
    ) -> dict[str, AESSIV | None]:
        """Return the ciphers of keys; None of destroyed ones, nothing of such as are not there.

        Shape:  `make` lets the store make the missing ones.
        Errors: KeyStoreError.
        """
        found, missing = self._look_up(tenant, ids)
        if missing:
            ask = self.store.obtain if make else self.store.find
            keys = await asyncio.to_thread(ask, tenant, missing)
            found |= self._hold(tenant, keys)
        return found

    def held(self, tenant: str, ids: Iterable[str]) -> dict[str, AESSIV | None]:
        """Return what is held of these, as of the last `ciphers` that asked for them.

        Laws:   what was asked for a moment ago is there, also where its time ran out since.
        """
        found = ((key_id, self._held.get((tenant, key_id))) for key_id in ids)
        return {key_id: held.cipher for key_id, held in found if held is not None}

    def forget(self, tenant: str, ids: Iterable[str] | None = None) -> None:
        """Hold these no longer, or nothing of a tenant."""
        chosen = [key for key in self._held if key[0] == tenant] if ids is None else None
        for key in chosen if chosen is not None else [(tenant, key_id) for key_id in ids or ()]:
            self._held.pop(key, None)

    def _look_up(
        self, tenant: str, ids: Iterable[str]
    ) -> tuple[dict[str, AESSIV | None], list[str]]:
        now = self._now()
        found: dict[str, AESSIV | None] = {}
        missing: dict[str, None] = {}
        for key_id in ids:
            held = self._held.get((tenant, key_id))
            if held is None or held.until < now:
                missing[key_id] = None
            else:
                found[key_id] = held.cipher
        return found, list(missing)

    def _hold(self, tenant: str, keys: Keys) -> dict[str, AESSIV | None]:
        until = self._now() + self._held_s
        found: dict[str, AESSIV | None] = {}
        for key_id, secret in keys.items():
            if key_id == TENANT_KEY:
                cipher = None if secret is None else root_of(secret).cipher
                held = _Held(cipher, secret, until)
            else:
                held = _Held(None if secret is None else AESSIV(secret), None, until)
            self._held.pop((tenant, key_id), None)
            self._held[tenant, key_id] = held
            found[key_id] = held.cipher
        excess = len(self._held) - self._most
        if excess > 0:
            for key in list(self._held)[: max(excess, _LEAST_DROPPED)]:
                del self._held[key]
        return found
