"""The key store as a file: SQLite, each data key wrapped by a master key in a file of its own.

For the embedded stack, and for one machine. Every write is on the disk before it returns
(synchronous FULL); what is deleted is overwritten (secure_delete) and the write-ahead log is
emptied, so that a destroyed key is in neither file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.keystore.port import Keys, KeyStoreError

KEY_BYTES: Final = 64
_BUSY_S: Final = 5.0
_CHUNK: Final = 500
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS keys (
    tenant TEXT NOT NULL, id TEXT NOT NULL, wrapped BLOB, PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased_tenants (tenant TEXT PRIMARY KEY) WITHOUT ROWID;
"""
"""A key without `wrapped` was destroyed."""


def create_key_file(path: Path, master: Path) -> None:
    """Make the store and its master key, where neither is there yet.

    Errors: KeyStoreError where one of the two is missing: a new one would not fit the other.
    """
    if path.exists() and not master.exists():
        raise KeyStoreError(f"{path} is there, its master key {master} is missing: restore it")
    for folder in {path.parent, master.parent}:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not master.exists():
        with contextlib.suppress(FileExistsError):
            handle = os.open(master, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
    if not path.exists():
        path.touch(mode=0o600)
    store = FileKeyStore(path, master)
    store.check()
    store.close()


class FileKeyStore:
    """The adapter; see `KeyStore` for what it promises. One connection for each thread."""

    def __init__(self, path: Path, master: Path) -> None:
        self._path, self._master = path, master
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._wrap: AESSIV | None = None

    def obtain(self, tenant: str, ids: Collection[str]) -> Keys:
        """Return keys, making the missing ones in one transaction."""
        found = self.find(tenant, ids)
        missing = sorted(set(ids) - found.keys())
        if not missing:
            return found
        with self._using() as connection:
            wrap = self._wrapping()
            rows = [
                (
                    tenant,
                    key_id,
                    wrap.encrypt(secrets.token_bytes(KEY_BYTES), _bound(tenant, key_id)),
                )
                for key_id in missing
            ]
            # two statements, one transaction: whoever destroys the tenant meanwhile comes after
            connection.execute("BEGIN IMMEDIATE")
            try:
                if not _is_erased(connection, tenant):
                    connection.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", rows)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        return found | self.find(tenant, missing)

    def find(self, tenant: str, ids: Collection[str]) -> Keys:
        """Return the keys that are there."""
        found: Keys = {}
        with self._using() as connection:
            if _is_erased(connection, tenant):
                return dict.fromkeys(ids)
            waiting = iter(set(ids))
            while part := list(islice(waiting, _CHUNK)):
                marks = ",".join("?" * len(part))
                rows = connection.execute(
                    f"SELECT id, wrapped FROM keys WHERE tenant = ? AND id IN ({marks})",  # noqa: S608
                    [tenant, *part],
                )
                found.update((key_id, self._unwrapped(tenant, key_id, raw)) for key_id, raw in rows)
        return found

    def destroy(self, tenant: str, ids: Collection[str]) -> int:
        """Overwrite keys with their tombstones."""
        had = sum(key is not None for key in self.find(tenant, ids).values())
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(
                    "INSERT INTO keys VALUES (?, ?, NULL)"
                    " ON CONFLICT (tenant, id) DO UPDATE SET wrapped = NULL",
                    [(tenant, key_id) for key_id in set(ids)],
                )
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            _empty_log(connection)
        return had

    def destroy_tenant(self, tenant: str) -> int:
        """Delete all keys of a tenant and remember that it was erased."""
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute("INSERT OR IGNORE INTO erased_tenants VALUES (?)", [tenant])
                (had,) = connection.execute(
                    "SELECT count(wrapped) FROM keys WHERE tenant = ?", [tenant]
                ).fetchone()
                connection.execute("DELETE FROM keys WHERE tenant = ?", [tenant])
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            _empty_log(connection)
        return int(had)

    def count(self, tenant: str) -> int:
        """Count the keys of a tenant that are not destroyed."""
        with self._using() as connection:
            query = "SELECT count(wrapped) FROM keys WHERE tenant = ?"
            return int(connection.execute(query, [tenant]).fetchone()[0])

    def check(self) -> None:
        """Open the file and take its write lock."""
        with self._using() as connection:
            self._wrapping()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close every connection."""
        with self._opening:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
            self._local = threading.local()

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self._connect()
            yield connection
        except (sqlite3.Error, OSError) as error:
            raise KeyStoreError(f"the key file cannot be used: {error}") from None

    def _connect(self) -> sqlite3.Connection:
        # mode=rw: a file that is missing must not come back empty, as if no key had been made
        connection = sqlite3.connect(
            f"{self._path.resolve().as_uri()}?mode=rw",
            uri=True,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(_TABLES)
        with self._opening:
            self._opened.append(connection)
        return connection

    def _wrapping(self) -> AESSIV:
        if self._wrap is None:
            secret = self._master.read_bytes()
            if len(secret) != KEY_BYTES:
                raise KeyStoreError(f"the master key {self._master} is not {KEY_BYTES} bytes long")
            self._wrap = AESSIV(secret)
        return self._wrap

    def _unwrapped(self, tenant: str, key_id: str, wrapped: bytes | None) -> bytes | None:
        if wrapped is None:
            return None
        try:
            return self._wrapping().decrypt(wrapped, _bound(tenant, key_id))
        except InvalidTag:
            raise KeyStoreError("a key was wrapped by another master key") from None


def _bound(tenant: str, key_id: str) -> list[bytes]:
    return [tenant.encode(), key_id.encode()]


def _is_erased(connection: sqlite3.Connection, tenant: str) -> bool:
    query = "SELECT 1 FROM erased_tenants WHERE tenant = ?"
    return connection.execute(query, [tenant]).fetchone() is not None


def _empty_log(connection: sqlite3.Connection) -> None:
    """Write the log into the file and cut it to nothing; KeyStoreError while others read."""
    until = time.monotonic() + _BUSY_S
    while True:
        (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return
        if time.monotonic() > until:
            raise KeyStoreError("keys are destroyed, but their log could not be emptied: repeat")
        time.sleep(0.01)
