"""The key store in HashiCorp Vault or OpenBao: one secret of the KV engine, version 2, a key.

`<mount>/<path>/keys/<tenant>/<key id>` holds a key, `<path>/destroyed/...` a tombstone. The
tombstone is written first, and looked for again after a key was made: whoever makes a key while
another destroys it takes it back. Destroying deletes the metadata, and with it every version.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import hvac
import requests
from hvac.exceptions import InvalidPath, InvalidRequest, VaultError

from schemas.keystore.port import Keys, KeyStoreError

KEY_BYTES: Final = 64
_AT_ONCE: Final = 8
_WHOLE: Final = "whole-tenant"
"""The tombstone of all keys of a tenant; no key id is that short."""
_ABSENT: Final = object()

T = TypeVar("T")


class VaultKeyStore:
    """The adapter; see `KeyStore` for what it promises. One client for each thread."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        mount: str,
        path: str,
        ca_file: str = "",
        namespace: str = "",
        timeout_s: float = 5.0,
    ) -> None:
        self._url, self._token = url, token
        self._mount, self._path = mount, path
        self._verify: bool | str = ca_file or True
        self._namespace = namespace or None
        self._timeout_s = timeout_s
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="vault")

    def obtain(self, tenant: str, ids: Collection[str]) -> Keys:
        """Return keys, making the missing ones, some at a time."""
        return dict(self._each(ids, lambda key_id: (key_id, self._obtained(tenant, key_id))))

    def find(self, tenant: str, ids: Collection[str]) -> Keys:
        """Return the keys that are there."""
        pairs = self._each(ids, lambda key_id: (key_id, self._found(tenant, key_id)))
        return {key_id: key for key_id, key in pairs if key is not _ABSENT}

    def destroy(self, tenant: str, ids: Collection[str]) -> int:
        """Write tombstones, then delete the metadata of the keys."""
        return sum(self._each(set(ids), lambda key_id: self._destroyed(tenant, key_id)))

    def destroy_tenant(self, tenant: str) -> int:
        """Write one tombstone for all, then delete what is there."""
        with _told():
            self._write("destroyed", tenant, _WHOLE, {"at": "whole"})
        had = self._each(self._listed(tenant), lambda key_id: self._delete(tenant, key_id))
        return sum(had)

    def count(self, tenant: str) -> int:
        """Count the keys of a tenant."""
        return len(self._listed(tenant))

    def check(self) -> None:
        """Look for a secret that is not there, as one that may read would."""
        with _told():
            self._read("keys", "no-tenant", "no-key")

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _each(self, ids: Collection[str], work: Callable[[str], T]) -> list[T]:
        with _told():
            return list(self._pool.map(work, ids))

    def _obtained(self, tenant: str, key_id: str) -> bytes | None:
        found = self._found(tenant, key_id)
        if found is not _ABSENT:
            return _key(found)
        made = secrets.token_bytes(KEY_BYTES)
        try:
            self._write("keys", tenant, key_id, {"key": base64.b64encode(made).decode()}, cas=0)
        except InvalidRequest:  # somebody else was first
            found = self._found(tenant, key_id)
            if found is _ABSENT:
                raise KeyStoreError("Vault refuses to write a key") from None
            return _key(found)
        if self._is_destroyed(tenant, key_id):
            self._delete(tenant, key_id)
            return None
        return made

    def _found(self, tenant: str, key_id: str) -> Any:
        """Return the key, None if it was destroyed, _ABSENT if it never was."""
        held = self._read("keys", tenant, key_id)
        if held is not None:
            return None if self._is_destroyed(tenant, _WHOLE) else base64.b64decode(held["key"])
        return None if self._is_destroyed(tenant, key_id) else _ABSENT

    def _is_destroyed(self, tenant: str, key_id: str) -> bool:
        names = dict.fromkeys((key_id, _WHOLE))
        return any(self._read("destroyed", tenant, name) is not None for name in names)

    def _destroyed(self, tenant: str, key_id: str) -> int:
        self._write("destroyed", tenant, key_id, {"at": "key"})
        return self._delete(tenant, key_id)

    def _delete(self, tenant: str, key_id: str) -> int:
        had = self._read("keys", tenant, key_id) is not None
        self._client.secrets.kv.v2.delete_metadata_and_all_versions(
            self._place("keys", tenant, key_id), mount_point=self._mount
        )
        return int(had)

    def _listed(self, tenant: str) -> list[str]:
        with _told():
            try:
                answer = self._client.secrets.kv.v2.list_secrets(
                    f"{self._path}/keys/{tenant}", mount_point=self._mount
                )
            except InvalidPath:
                return []
            names: list[str] = answer["data"]["keys"]
            return names

    def _read(self, what: str, tenant: str, key_id: str) -> dict[str, str] | None:
        try:
            answer = self._client.secrets.kv.v2.read_secret_version(
                self._place(what, tenant, key_id),
                mount_point=self._mount,
                raise_on_deleted_version=True,
            )
        except InvalidPath:
            return None
        held: dict[str, str] = answer["data"]["data"]
        return held

    def _write(
        self, what: str, tenant: str, key_id: str, secret: dict[str, str], cas: int | None = None
    ) -> None:
        self._client.secrets.kv.v2.create_or_update_secret(
            self._place(what, tenant, key_id), secret, cas=cas, mount_point=self._mount
        )

    def _place(self, what: str, tenant: str, key_id: str) -> str:
        return f"{self._path}/{what}/{tenant}/{key_id}"

    @property
    def _client(self) -> Any:
        client = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = hvac.Client(
                url=self._url,
                verify=self._verify,
                timeout=self._timeout_s,
                namespace=self._namespace,
            )
        client.token = self._token()
        return client


def _key(found: Any) -> bytes | None:
    key: bytes | None = found
    return key


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say what went wrong without what was sent: neither token nor key."""
    try:
        yield
    except VaultError as error:
        raise KeyStoreError(f"Vault answered {type(error).__name__}") from None
    except (requests.RequestException, OSError) as error:
        raise KeyStoreError(f"Vault cannot be reached: {type(error).__name__}") from None
