"""Start the ingestor: `python -m services.ingestor`, configured by SALESPULSE_* names."""

from __future__ import annotations

import logging
import math
import os
import signal
import sys

import uvicorn

from schemas.edge.wire import bounded_http
from schemas.settings import SettingsError
from services.ingestor.api import make_app
from services.ingestor.journal import JournalError
from services.ingestor.settings import IngestorSettings


def main() -> int:
    """Serve until a signal comes; return the exit code."""
    try:
        settings = IngestorSettings.load(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # At DEBUG these write out records and headers, hence keys and personal data.
    for name in ("aiokafka", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(
            max(logging.INFO, logging.getLevelName(settings.log_level))
        )
    if not settings.key_store:
        sys.stderr.write(
            "SALESPULSE_INGESTOR_KEY_STORE names no key store:"
            " nothing personal is written unsealed\n"
        )
        return 2
    config = uvicorn.Config(
        lambda: make_app(settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=bounded_http(settings.max_header_bytes),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.drain_timeout_s),
    )
    # uvicorn raises the signal again after a graceful stop; that stop was wanted: exit code 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    try:
        uvicorn.Server(config).run()
    except JournalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
