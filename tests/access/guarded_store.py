"""A real Valkey with the users of deploy/redis-acl.conf, behind a TLS end of our own.

The Valkey of the wheel is built without TLS; the end is what a proxy in front of it would be.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from threading import Thread
from typing import Final

from deploy.local.process import LOOPBACK, free_port
from deploy.local.store import EmbeddedStore
from tests.access.certificate import Certificate

ACL: Final = Path(__file__).parents[2] / "deploy" / "redis-acl.conf"
USERS: Final = ("ingestor", "query", "aggregator", "operator", "notifier")
_CHUNK = 65_536


def password_of(user: str) -> str:
    """Return the password of a user, which a search finds."""
    return f"marked-password-of-{user}"


class GuardedStore(EmbeddedStore):
    """A Valkey in which every service has its user."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        users = ACL.read_text()
        for user in USERS:
            users = users.replace(f">change-me-{user}", f">{password_of(user)}")
        assert "change-me" not in users
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "users.acl"
        path.write_text(users)
        self.child.command = (*self.child.command, "--aclfile", str(path))

    @property
    def url(self) -> str:
        """Return the URL of the operator."""
        return self.url_of("operator")

    def url_of(self, user: str) -> str:
        """Return the URL of a user."""
        return f"redis://{user}:{password_of(user)}@{LOOPBACK}:{self.port}/0"


class TlsEnd:
    """Takes TLS on a port of its own and passes everything on to another."""

    def __init__(self, certificate: Certificate, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End all connections."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass, LOOPBACK, self.port, ssl=self._context)
        await self._ended.wait()
        server.close()
        current = asyncio.current_task()
        open_ones = [task for task in asyncio.all_tasks() if task is not current]
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, self._target)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        for end in (writer, back):
            end.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.close()
