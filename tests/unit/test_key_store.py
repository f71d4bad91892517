"""What every key store promises, of each adapter; and what is the file's or Vault's own."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from schemas.keystore import FileKeyStore, KeyStore, KeyStoreError, create_key_file
from schemas.keystore.vault import VaultKeyStore
from tests.unit.vault_server import MOUNT, TOKEN, VaultServer, vault_server

REAL_VAULT = "SALESPULSE_TEST_VAULT"
"""Address of a real Vault or OpenBao, 'http://token@host:8200', on which the suite runs too."""
KEY_A, KEY_B, KEY_C = "a" * 16, "b" * 16, "c" * 16
Reopen = Callable[[], KeyStore]


def _vault(url: str, token: str, path: str) -> VaultKeyStore:
    return VaultKeyStore(url, lambda: token, mount=MOUNT, path=path)


@pytest.fixture(params=["file", "vault", "real vault"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    """Give what opens the same store once more, as another process would."""
    with ExitStack() as stack:

        def opened(store: KeyStore) -> KeyStore:
            stack.callback(store.close)
            return store

        if request.param == "file":
            create_key_file(tmp_path / "keys", tmp_path / "master")
            yield lambda: opened(FileKeyStore(tmp_path / "keys", tmp_path / "master"))
        elif request.param == "vault":
            server = stack.enter_context(vault_server())
            yield lambda: opened(_vault(server.url, TOKEN, "keys"))
        else:
            address = os.environ.get(REAL_VAULT, "")
            if not address:
                pytest.skip(f"no real Vault: {REAL_VAULT} names none")
            scheme, _, rest = address.partition("://")
            token, _, host = rest.rpartition("@")
            path = f"test-{secrets.token_hex(4)}"
            yield lambda: opened(_vault(f"{scheme}://{host}", token, path))


def test_a_key_stays_what_it_is(opens: Reopen) -> None:
    """Keys are made once, differ, are durable, and found by whoever opens the store next."""
    made = opens().obtain("acme", [KEY_A, KEY_B])
    assert all(key is not None and len(key) == 64 for key in made.values())
    assert made[KEY_A] != made[KEY_B]
    other = opens()
    assert other.find("acme", [KEY_A, KEY_B, KEY_C]) == made
    assert other.obtain("acme", [KEY_A]) == {KEY_A: made[KEY_A]}
    assert other.count("acme") == 2


def test_tenants_have_keys_of_their_own(opens: Reopen) -> None:
    """The same id is another key for another tenant."""
    store = opens()
    assert store.obtain("acme", [KEY_A]) != store.obtain("globex", [KEY_A])
    store.destroy_tenant("acme")
    assert store.count("globex") == 1


def test_a_destroyed_key_is_never_made_again(opens: Reopen) -> None:
    """Neither one that was, nor one that never was; the others stay."""
    store = opens()
    made = store.obtain("acme", [KEY_A, KEY_C])
    assert store.destroy("acme", [KEY_A, KEY_B]) == 1
    for each in (store, opens()):
        assert each.obtain("acme", [KEY_A, KEY_B, KEY_C]) == {
            KEY_A: None,
            KEY_B: None,
            KEY_C: made[KEY_C],
        }
        assert each.find("acme", [KEY_A]) == {KEY_A: None}
    assert store.count("acme") == 1
    assert store.destroy("acme", [KEY_A]) == 0


def test_an_erased_tenant_has_no_keys_for_ever(opens: Reopen) -> None:
    """All its keys are gone, and nobody makes new ones for it."""
    store = opens()
    store.obtain("acme", [KEY_A, KEY_B])
    assert store.destroy_tenant("acme") == 2
    assert store.count("acme") == 0
    assert opens().obtain("acme", [KEY_A, KEY_C]) == {KEY_A: None, KEY_C: None}
    assert store.destroy_tenant("acme") == 0


def test_many_at_once_agree(opens: Reopen) -> None:
    """Several who want the same new keys at the same time all get the same."""
    stores = [opens() for _ in range(4)]
    ids = [f"{number:016d}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda store: store.obtain("acme", ids), stores))
    assert all(each == found[0] for each in found)
    assert None not in found[0].values()


def test_nothing_asked_is_nothing_answered(opens: Reopen) -> None:
    """No ids, no keys; and the store says it is there."""
    store = opens()
    store.check()
    assert store.obtain("acme", []) == store.find("acme", []) == {}


def test_the_file_holds_no_key_in_the_clear(tmp_path: Path) -> None:
    """Keys are wrapped; a destroyed one is in no byte of the file or its log; modes are 0600."""
    path, master = tmp_path / "keys", tmp_path / "master"
    create_key_file(path, master)
    store = FileKeyStore(path, master)
    key = store.obtain("acme", [KEY_A, KEY_B])[KEY_A]
    assert key is not None
    (wrapped,) = sqlite3.connect(path).execute("SELECT wrapped FROM keys WHERE id = ?", [KEY_A])
    assert key not in _bytes_of(tmp_path)
    assert wrapped[0] in _bytes_of(tmp_path)
    store.destroy("acme", [KEY_A])
    assert wrapped[0] not in _bytes_of(tmp_path)
    store.close()
    assert {file.stat().st_mode & 0o777 for file in (path, master)} == {0o600}


def _bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def test_a_lost_file_is_said_and_not_made_anew(tmp_path: Path) -> None:
    """Without the store, or with another master key, nothing is invented."""
    path, master = tmp_path / "keys", tmp_path / "master"
    with pytest.raises(KeyStoreError):
        FileKeyStore(path, master).find("acme", [KEY_A])
    create_key_file(path, master)
    store = FileKeyStore(path, master)
    store.obtain("acme", [KEY_A])
    store.close()
    master.write_bytes(secrets.token_bytes(64))
    with pytest.raises(KeyStoreError, match="another master key"):
        FileKeyStore(path, master).find("acme", [KEY_A])
    master.unlink()
    with pytest.raises(KeyStoreError, match="is missing"):
        create_key_file(path, master)


@pytest.fixture
def vault() -> Iterator[VaultServer]:
    """Give a running Vault."""
    with vault_server() as server:
        yield server


def test_vault_that_is_away_is_told_without_secrets(vault: VaultServer) -> None:
    """A wrong token, a sealed Vault, none at all: an error that says neither token nor key."""
    with pytest.raises(KeyStoreError, match="Forbidden"):
        _vault(vault.url, "wrong", "keys").obtain("acme", [KEY_A])
    vault.is_sealed = True
    with pytest.raises(KeyStoreError, match="VaultDown") as caught:
        _vault(vault.url, TOKEN, "keys").check()
    assert TOKEN not in str(caught.value)
    with pytest.raises(KeyStoreError, match="cannot be reached"):
        _vault("http://127.0.0.1:1", TOKEN, "keys").find("acme", [KEY_A])


def test_vault_keeps_no_version_of_a_destroyed_key(vault: VaultServer) -> None:
    """Destroying deletes the metadata: the path is gone, a tombstone stands elsewhere."""
    store = _vault(vault.url, TOKEN, "keys")
    store.obtain("acme", [KEY_A])
    assert list(vault.secrets) == [f"keys/keys/acme/{KEY_A}"]
    store.destroy("acme", [KEY_A])
    assert list(vault.secrets) == [f"keys/destroyed/acme/{KEY_A}"]
