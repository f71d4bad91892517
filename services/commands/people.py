"""`salespulse people` and `department`: files of people and departments; leavers without names."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from uuid import uuid4

import typer
from orjson import dumps

from schemas.calendar import format_time
from schemas.envelope import EVENT_CONTENT_TYPE
from schemas.events.people import PermissionChanged
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


@people_app.command("grant")
def grant(
    tenant: Tenant,
    employee: Annotated[str, typer.Argument(help="Id of the employee.")],
    permission: Annotated[str, typer.Argument(help="What they may; docs/access.md names all.")],
) -> None:
    """Grant a right: so comes the first administrator, who grants all others at /admin."""
    _change(tenant, employee, permission, is_granted=True)
    typer.echo(f"{employee} of {tenant} has '{permission}'")


@people_app.command("revoke")
def revoke(
    tenant: Tenant,
    employee: Annotated[str, typer.Argument(help="Id of the employee.")],
    permission: Annotated[str, typer.Argument(help="What they may no more.")],
) -> None:
    """Take a right back."""
    _change(tenant, employee, permission, is_granted=False)
    typer.echo(f"{employee} of {tenant} no longer has '{permission}'")


def _change(tenant: str, employee: str, permission: str, *, is_granted: bool) -> None:
    """Write what holds from now on; CommandError where there is no such right."""
    event = {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": "salespulse",
        "type": PermissionChanged.event_type,
        "time": format_time(time.time_ns() // 1_000_000),
        "subject": employee,
        "tenantid": tenant,
        "data": {"permission": permission, "granted": is_granted},
    }
    connection = Connection.open(os.environ)
    url = f"{connection.ingestor_url}/v1/tenants/{tenant}/events?wait=applied"
    answer = ask("POST", url, connection.admin_token, EVENT_CONTENT_TYPE, content=dumps(event))
    for refused in answer["rejected"]:
        raise CommandError(f"{refused['pointer']}: {refused['detail']}")


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
