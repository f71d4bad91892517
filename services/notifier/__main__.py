"""`python -m services.notifier`: wiring only."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress

from schemas.edge.health import serve_health
from schemas.settings import SettingsError
from services.notifier.app import Notifier
from services.notifier.clock import RealClock
from services.notifier.sender import Sender
from services.notifier.settings import NotifierSettings


async def run(settings: NotifierSettings) -> None:
    """Run until SIGTERM or SIGINT."""
    sender = Sender(settings.networks(), settings.delivery_timeout_s)
    notifier = Notifier(settings, sender, RealClock())
    work = asyncio.create_task(notifier.run(), name="notifier")
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, work.cancel)
    address = (settings.http_host, settings.http_port)
    runner = await serve_health(notifier.registry, notifier.readiness, *address)
    try:
        with suppress(asyncio.CancelledError):
            await work
    finally:
        await sender.close()
        await runner.cleanup()


def main() -> None:
    """Read the settings and run."""
    try:
        settings = NotifierSettings.load(os.environ)
    except (SettingsError, ValueError) as error:
        sys.exit(str(error))
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in ("aiokafka", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
