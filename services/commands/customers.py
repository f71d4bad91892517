"""`salespulse customer`: forget who a customer is."""

from __future__ import annotations

import os
from typing import Annotated
from urllib.parse import quote

import typer

from services.commands.connection import Connection, ask

customer_app = typer.Typer(help="Customers of a tenant.", no_args_is_help=True)


@customer_app.command("erase")
def erase(
    tenant: Annotated[str, typer.Argument(help="The tenant it belongs to.")],
    customer: Annotated[str, typer.Argument(help="Id of the customer.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
) -> None:
    """Destroy the keys of a customer, its contacts and numbers; no figure changes.

    Exits 1 where texts of it came before sealing: they stay readable in the log.
    """
    if not yes:
        typer.confirm(f"Forget for ever who {customer} of {tenant} is?", abort=True)
    connection = Connection.open(os.environ)
    url = f"{connection.ingestor_url}/v1/tenants/{tenant}/customers/{quote(customer, safe='')}"
    found = ask("POST", f"{url}/erasure", connection.admin_token)
    typer.echo(
        f"{', '.join(found['customers'])} of {tenant} is erased: {found['keys_destroyed']} keys"
        f" destroyed; it had {found['contacts']} contacts, {found['numbers']} numbers and"
        f" {found['addresses']} addresses"
    )
    if found["plain"]:
        typer.echo(f"{found['plain']} facts about it came unsealed: the log can still be read")
        raise typer.Exit(1)
