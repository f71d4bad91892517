"""The embedded store as a process: what it allocates with."""

from __future__ import annotations

import sys
from ctypes.util import find_library
from pathlib import Path

import pytest

from deploy.local.store import EmbeddedStore, environment

pytestmark = pytest.mark.once


def test_what_is_preloaded_already_stays_so() -> None:
    """A library that somebody else preloads comes first, and the rest of the environment stays."""
    found = environment({"LD_PRELOAD": "libfaketime.so.1", "HOME": "/somewhere"})
    assert found["LD_PRELOAD"].split()[0] == "libfaketime.so.1"
    assert found["HOME"] == "/somewhere"


@pytest.mark.skipif(sys.platform != "linux", reason="not run: maps of processes are Linux's")
def test_it_allocates_with_jemalloc_where_the_machine_has_it(tmp_path: Path) -> None:
    """The running server has the library in its memory exactly where there is one."""
    store = EmbeddedStore(tmp_path)
    store.start()
    try:
        loaded = Path(f"/proc/{store.child.pid}/maps").read_text()
    finally:
        store.stop()
    assert ("jemalloc" in loaded) == (find_library("jemalloc") is not None)
