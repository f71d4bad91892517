"""`salespulse tenant`: tenants and their first keys, through the ingestor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from schemas.phones import DEFAULT_REGION
from services.commands.connection import CommandError, Connection, TenantKeys, ask, keep_keys

tenant_app = typer.Typer(help="Make and list tenants.", no_args_is_help=True)


@tenant_app.command("create")
def create_tenant(
    tenant: Annotated[str, typer.Argument(help="Id: lower-case letters, digits and '-'.")],
    name: Annotated[str, typer.Option(help="Name of the company; default the id.")] = "",
    time_zone: Annotated[str, typer.Option(help="IANA time zone.")] = "Asia/Ho_Chi_Minh",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "VND",
    region: Annotated[
        str, typer.Option(help="ISO 3166 code: where numbers without country code are.")
    ] = DEFAULT_REGION,
) -> None:
    """Make a tenant and print its two keys; they cannot be read again later."""
    connection = Connection.open(os.environ)
    keys = make_tenant(
        connection,
        {
            "id": tenant,
            "name": name or tenant,
            "time_zone": time_zone,
            "currency": currency,
            "region": region,
        },
    )
    typer.echo(f"tenant     {tenant}\nwrite key  {keys.write_key}\nread key   {keys.read_key}")


def make_tenant(connection: Connection, wish: Mapping[str, str]) -> TenantKeys:
    """Make a tenant and keep its keys in the state folder.

    Shape:  wish as `POST /v1/tenants` takes it.
    Errors: CommandError where the ingestor refuses, for example because it exists.
    """
    made = ask(
        "POST",
        f"{connection.ingestor_url}/v1/tenants",
        connection.admin_token,
        json=dict(wish),
    )
    keys = TenantKeys(made["write_key"], made["read_key"])
    keep_keys(connection.settings.state_dir, wish["id"], keys)
    return keys


@tenant_app.command("erase")
def erase_tenant(
    tenant: Annotated[str, typer.Argument(help="The tenant to remove, for ever.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
) -> None:
    """Remove a tenant wholly: keys, figures, lists, published values; say what was looked at.

    Exits 1 where anything of it remains.
    """
    from aiokafka.errors import KafkaError
    from redis.exceptions import RedisError

    from services.commands.erasing import look

    if not yes:
        typer.confirm(f"Remove {tenant} with all its data, for ever?", abort=True)
    connection = Connection.open(os.environ)
    url = f"{connection.ingestor_url}/v1/tenants/{tenant}/erasure"
    erased = ask("POST", url, connection.admin_token)
    typer.echo(f"{erased['keys_destroyed']} keys of {tenant} are destroyed")
    try:
        left = asyncio.run(look(connection.shared(), tenant, erased))
    except (KafkaError, RedisError, OSError) as error:
        raise CommandError(
            f"it is erased, but what is left cannot be looked for: {error}"
        ) from None
    for what, count in left.counts.items():
        typer.echo(f"{count:>8}  {what}")
    if left.remains:
        typer.secho(f"{tenant} is not gone: {', '.join(left.remains)}", fg=typer.colors.RED)
        raise typer.Exit(1)
    typer.echo(f"nothing of {tenant} remains")


@tenant_app.command("list")
def list_tenants() -> None:
    """List the tenants: id, partition, name, when made."""
    connection = Connection.open(os.environ)
    answer = ask("GET", f"{connection.ingestor_url}/v1/tenants", connection.admin_token)
    table = Table("tenant", "partition", "name", "made at")
    for row in answer["tenants"]:
        table.add_row(row["tenant"], str(row["partition"]), row["name"], row["at"])
    Console().print(table)
