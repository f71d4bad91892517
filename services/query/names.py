"""The keys of personal texts at the query service: read ahead, held for a while, never written."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from schemas.ages import Ages
from schemas.facts import AnyFact
from schemas.keystore import KeySettings, KeyStoreError, open_key_store
from schemas.keystore.held import HeldKeys
from schemas.sealed import MARK, parse
from schemas.sealing import open_text
from services.query import masking
from services.query.unsealing import ERASED, UNREADABLE, Read, opened

_log = logging.getLogger(__name__)
_KEY_IDS: Final = re.compile(rb"~1\.([A-Za-z0-9_-]{16})\.")
_MARK: Final = MARK.encode()
_BETWEEN: Final = b"\n"
"""No part of a key id."""
_PAUSE_S: Final = 2.0
"""For how long a key store that did not answer is left alone: figures do not wait for names."""


class Names:
    """Opens sealed texts with keys that were read before.

    Laws:   never raises for a key store that is away: texts are then not readable now.
    """

    def __init__(self, keys: HeldKeys | None, now: Callable[[], float]) -> None:
        self._keys = keys
        self._now = now
        self._down_until = 0.0
        self._ages: dict[str, Ages] = {}

    @classmethod
    def of(cls, settings: KeySettings, now: Callable[[], float]) -> Names:
        """Return what the settings name; without a key store nothing can be opened."""
        if not settings.key_store:
            return cls(None, now)
        store = open_key_store(settings)
        held = HeldKeys(store, held_s=settings.key_held_s, most=settings.key_most_held, now=now)
        return cls(held, now)

    async def load(self, tenant: str, found: Any) -> None:
        """Read the keys of every sealed text in what was found, however deep it lies."""
        if self._keys is None:
            return
        ids: set[bytes] = set()
        _collect(found, ids)
        if ids:
            await self._ask(tenant, [key_id.decode() for key_id in ids])

    async def ages(self, tenant: str) -> Ages | None:
        """Return what turns ages into scores; None where no birthday can have been sealed.

        Errors: KeyStoreError where nobody can say: a figure without them would be wrong.
        """
        known = self._ages.get(tenant)
        if known is not None or self._keys is None:
            return known
        if self._now() < self._down_until:
            raise KeyStoreError("the key store does not answer")
        try:
            root = await self._keys.root(tenant, make=False)
        except KeyStoreError:
            self._down_until = self._now() + _PAUSE_S
            raise
        if root is None:
            return None
        self._ages[tenant] = root.ages
        return root.ages

    def read(self, tenant: str, text: str) -> Read:
        """Return what a text says; of a sealed one what its key tells."""
        sealed = parse(text)
        if sealed is None:
            return Read(text)
        if not sealed.content:
            return Read(ERASED)
        held = {} if self._keys is None else self._keys.held(tenant, (sealed.key_id,))
        if sealed.key_id not in held:
            return Read(UNREADABLE)
        try:
            told = open_text(sealed, held[sealed.key_id])
        except InvalidTag:
            return Read(UNREADABLE)
        return Read(ERASED) if told is None else Read(*told)

    def close(self) -> None:
        """Disconnect."""
        if self._keys is not None:
            self._keys.store.close()

    async def _ask(self, tenant: str, ids: list[str]) -> None:
        if self._keys is None or self._now() < self._down_until:
            return
        try:
            await self._keys.ciphers(tenant, ids, make=False)
        except KeyStoreError as error:
            self._down_until = self._now() + _PAUSE_S
            _log.warning("names cannot be read at the moment: %s", error)


def _collect(found: Any, ids: set[bytes]) -> None:
    if isinstance(found, bytes):
        if _MARK in found:
            ids.update(_KEY_IDS.findall(found))
    elif isinstance(found, str):
        _collect(found.encode(), ids)
    elif isinstance(found, dict):
        _collect(list(found.values()), ids)
    elif isinstance(found, list | tuple):
        try:  # most lists are long, of short texts, and without a sealed one
            _collect(_BETWEEN.join(found), ids)
        except TypeError:
            for one in found:
                if not isinstance(one, int):
                    _collect(one, ids)


_NO_NAMES: Final = Names(None, lambda: 0.0)


@dataclass(frozen=True, slots=True)
class Sight:
    """How one caller sees facts of a tenant: whether numbers are masked, and with which keys."""

    has_phones: bool
    tenant: str = ""
    names: Names = _NO_NAMES

    def shown(self, fact: AnyFact) -> AnyFact:
        """Return a fact as it is shown: opened, then masked where the right is missing."""
        plain = opened(fact, lambda text: self.names.read(self.tenant, text))
        return masking.shown(plain, has_phones=self.has_phones)

    def text(self, text: str) -> str:
        """Return what one text says."""
        return self.names.read(self.tenant, text).text

    async def load(self, found: Iterable[Any]) -> None:
        """Read the keys of what was found, before it is shown."""
        await self.names.load(self.tenant, found)
