"""The key store: where the keys of personal texts are kept, apart from what they seal."""

from __future__ import annotations

from pathlib import Path

from schemas.keystore.absent import AbsentKeyStore
from schemas.keystore.file import FileKeyStore, create_key_file
from schemas.keystore.port import Keys, KeyStore, KeyStoreError
from schemas.keystore.settings import KeySettings


def open_key_store(settings: KeySettings) -> KeyStore:
    """Return the store that the settings name; nothing is read yet."""
    if not settings.key_store:
        return AbsentKeyStore()
    if not settings.is_vault:
        return FileKeyStore(Path(settings.key_store), Path(settings.key_master_file))
    from schemas.keystore.vault import VaultKeyStore  # noqa: PLC0415 - only where there is one

    return VaultKeyStore(
        settings.key_store,
        settings.vault_token,
        mount=settings.key_vault_mount,
        path=settings.key_vault_path,
        ca_file=settings.key_vault_ca_file,
        namespace=settings.key_vault_namespace,
        timeout_s=settings.key_timeout_s,
    )


__all__ = [
    "FileKeyStore",
    "KeySettings",
    "KeyStore",
    "KeyStoreError",
    "Keys",
    "create_key_file",
    "open_key_store",
]
