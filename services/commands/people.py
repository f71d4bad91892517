"""`salespulse people` and `department`: files of people and departments; leavers without names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from services.commands.connection import CommandError, Connection, ask

people_app = typer.Typer(help="People of a tenant.", no_args_is_help=True)
department_app = typer.Typer(help="Departments of a tenant.", no_args_is_help=True)

Tenant = Annotated[str, typer.Argument(help="The tenant they belong to.")]
File = Annotated[Path, typer.Argument(help="CSV file in UTF-8; docs/api.md names its columns.")]


@people_app.command("import")
def import_people(tenant: Tenant, path: File) -> None:
    """Import people and extensions: all rows of the file, or none with the reason of each."""
    typer.echo(f"{_sent(tenant, path, 'people')} people are in the log of {tenant}")


@people_app.command("pseudonymise")
def pseudonymise(
    tenant: Tenant, employee: Annotated[str, typer.Argument(help="Id of the employee.")]
) -> None:
    """Name a leaver no more: `Former employee N` wherever the name stood; no figure changes."""
    connection = Connection.open(os.environ)
    url = f"{connection.ingestor_url}/v1/tenants/{tenant}/people/{quote(employee)}/pseudonym"
    ask("POST", url, connection.admin_token)
    typer.echo(f"{employee} of {tenant} is named no more, from when they have left")


@department_app.command("import")
def import_departments(tenant: Tenant, path: File) -> None:
    """Import departments: all rows of the file, or none with the reason of each."""
    typer.echo(f"{_sent(tenant, path, 'departments')} departments are in the log of {tenant}")


def _sent(tenant: str, path: Path, what: str) -> int:
    """Send a file and return how many rows were taken; CommandError where it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from None
    connection = Connection.open(os.environ)
    url = f"{connection.ingestor_url}/v1/tenants/{tenant}/{what}"
    taken = ask("POST", url, connection.admin_token, content=content, content_type="text/csv")
    return int(taken["accepted"])
