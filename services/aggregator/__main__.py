"""Wiring of the aggregator process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from schemas.edge.health import serve_health
from schemas.settings import SettingsError
from services.aggregator import garbage
from services.aggregator.app import Aggregator
from services.aggregator.settings import AggregatorSettings


async def run(settings: AggregatorSettings) -> None:
    """Run until SIGTERM or SIGINT."""
    aggregator = Aggregator(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    address = (settings.http_host, settings.http_port)
    runner = await serve_health(aggregator.registry, aggregator.readiness, *address)
    try:
        with garbage.seldom():
            await aggregator.start_producer()
            async with aggregator.faust:
                ended = [
                    asyncio.create_task(stop.wait()),
                    asyncio.create_task(aggregator.faust.wait_until_stopped()),
                ]
                await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
                if not stop.is_set():
                    await aggregator.fatal(f"Faust crashed: {aggregator.faust.crash_reason!r}")
                await aggregator.close()
    finally:
        await runner.cleanup()


def main() -> None:
    """Read the settings and run."""
    try:
        settings = AggregatorSettings.load(os.environ)
    except SettingsError as error:
        sys.exit(str(error))
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    if settings.log_level != "DEBUG":
        for name in ("faust", "mode", "services.aggregator.transport"):
            logging.getLogger(name).setLevel(logging.WARNING)
    # At DEBUG it writes out what it sends: records, and the password of SASL.
    logging.getLogger("aiokafka").setLevel(
        logging.INFO if settings.log_level == "DEBUG" else logging.WARNING
    )
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
