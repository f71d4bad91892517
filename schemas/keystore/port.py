"""The port of the key store: what every adapter promises (decision 0028)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

Keys = dict[str, bytes | None]
"""Key id -> data key; None where it was destroyed."""


class KeyStoreError(RuntimeError):
    """The keys cannot be read or written at the moment; the text says why, never a key."""


class KeyStore(Protocol):
    """Where data keys are kept, apart from what they seal.

    Errors: KeyStoreError of every call.
    Laws:   a key that was returned is durable, and stays what it is until it is destroyed. What
            was destroyed is never made again, by nobody, and can be read from nowhere here.
            Any number of processes may use one store at a time.
    """

    def obtain(self, tenant: str, ids: Collection[str]) -> Keys:
        """Return the keys of all these ids; new ones are made, and durable on return."""
        ...

    def find(self, tenant: str, ids: Collection[str]) -> Keys:
        """Return the keys of these ids that there are or were; others are left out."""
        ...

    def destroy(self, tenant: str, ids: Collection[str]) -> int:
        """Destroy the keys of these ids, also of such as were never made; return how many were."""
        ...

    def destroy_tenant(self, tenant: str) -> int:
        """Destroy every key of a tenant, present and future; return how many there were."""
        ...

    def count(self, tenant: str) -> int:
        """Return how many keys of a tenant can be read."""
        ...

    def check(self) -> None:
        """Return where the store can be read and written."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...
