"""`salespulse up`, each service, `topics`: start things, and what they stand on."""

from __future__ import annotations

import asyncio
import os
import runpy
from pathlib import Path
from typing import Annotated

import typer

from services.commands.connection import CommandError, Connection


def up(
    state: Annotated[
        Path | None, typer.Option(help="Folder of data, keys and logs; default .salespulse.")
    ] = None,
) -> None:
    """Run everything on this machine until Ctrl-C: broker, store and the services.

    A broker or store named by SALESPULSE_KAFKA_BOOTSTRAP or SALESPULSE_REDIS_URL is used instead
    of the embedded one. Figures survive a restart.
    """
    from deploy.local.process import StartError
    from deploy.local.up import up as run_stack

    folder = state or Connection.open(os.environ).settings.state_dir
    try:
        run_stack(os.environ, folder, typer.echo)
    except (StartError, ConnectionError) as error:
        raise CommandError(str(error)) from None
    except KeyboardInterrupt:
        typer.echo("stopped before everything was up")
        raise typer.Exit(130) from None


def ingestor() -> None:
    """Run the ingestor, configured by the environment."""
    runpy.run_module("services.ingestor", run_name="__main__")


def aggregator() -> None:
    """Run an aggregator worker, configured by the environment."""
    runpy.run_module("services.aggregator", run_name="__main__")


def notifier() -> None:
    """Run the notifier, configured by the environment."""
    runpy.run_module("services.notifier", run_name="__main__")


def query() -> None:
    """Run the query service, configured by the environment."""
    runpy.run_module("services.query", run_name="__main__")


def topics(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 on any difference.")
    ] = False,
    partitions: Annotated[
        int | None, typer.Option(min=1, help="Partitions of the log; default 64, embedded 4.")
    ] = None,
    replicas: Annotated[
        int | None, typer.Option(min=1, help="Replicas; default 3, or as many as brokers.")
    ] = None,
) -> None:
    """Create the topics that are missing, and name those that differ from the registry."""
    from aiokafka.errors import KafkaError

    from services.commands.topics import EMBEDDED_PARTITIONS, Plan, TopicsError, ensure

    shared = Connection.open(os.environ).shared()
    plan = Plan(
        prefix=shared.topic_prefix,
        partitions=partitions or (EMBEDDED_PARTITIONS if shared.embedded_broker else None),
        replicas=replicas,
    )
    try:
        outcome = asyncio.run(ensure(shared.brokers(), plan, check_only=check))
    except (KafkaError, TopicsError) as error:
        raise CommandError(f"{shared.kafka_bootstrap}: {error}") from None
    for name in outcome.created:
        typer.echo(f"created {name}")
    for line in outcome.differences:
        typer.secho(line, fg=typer.colors.YELLOW)
    if not outcome.created and not outcome.differences:
        typer.echo("every topic is as the registry says")
    if check and outcome.differences:
        raise typer.Exit(1)
