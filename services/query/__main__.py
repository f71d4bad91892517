"""`python -m services.query`: wiring only."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import time

import uvicorn

from schemas.edge.wire import bounded_http
from schemas.settings import SettingsError
from services.query.app import make_app, make_services
from services.query.settings import QuerySettings
from services.query.stream.hub import Hub

_GRACE_S = 5
_COLLECT_AFTER = 20_000
"""New objects between two collections: one report makes more, and is no garbage before it ends."""


class _Server(uvicorn.Server):
    """Ends the open streams before it waits for the open requests."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.close()
        await super().shutdown(sockets)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def main() -> int:
    """Run the service until it is told to stop."""
    try:
        settings = QuerySettings.load(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"salespulse query: {error}\n")
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    services = make_services(settings, _now_ms)
    gc.collect()
    gc.freeze()  # what stands now stays: modules and routes need not be looked through again
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    config = uvicorn.Config(
        make_app(services),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,
        http=bounded_http(settings.max_header_bytes),
        server_header=False,
        proxy_headers=False,  # services.query.client_address believes them, where told to
        timeout_graceful_shutdown=_GRACE_S,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # uvicorn raises it again after a clean stop
    _Server(config, services.hub).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
