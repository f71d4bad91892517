"""Where no key store is set: every question is answered with that."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from schemas.keystore.port import Keys, KeyStoreError


class AbsentKeyStore:
    """Stands where a store should be, so that nothing is written unsealed for want of one."""

    def obtain(self, tenant: str, ids: Collection[str]) -> Keys:
        """Refuse."""
        del tenant, ids
        self._refuse()

    def find(self, tenant: str, ids: Collection[str]) -> Keys:
        """Refuse."""
        del tenant, ids
        self._refuse()

    def destroy(self, tenant: str, ids: Collection[str]) -> int:
        """Refuse."""
        del tenant, ids
        self._refuse()

    def destroy_tenant(self, tenant: str) -> int:
        """Refuse."""
        del tenant
        self._refuse()

    def count(self, tenant: str) -> int:
        """Refuse."""
        del tenant
        self._refuse()

    def check(self) -> None:
        """Refuse."""
        self._refuse()

    def close(self) -> None:
        """Do nothing."""

    @staticmethod
    def _refuse() -> NoReturn:
        raise KeyStoreError("no key store is set")
