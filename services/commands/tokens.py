"""`salespulse token`: API keys and kiosks through the ingestor, persons by the local issuer."""

from __future__ import annotations

import os
import time
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from schemas.calendar import format_time
from services.commands.connection import CommandError, Connection, ask

token_app = typer.Typer(
    help="Make, list and revoke API keys, kiosks and tokens of persons.", no_args_is_help=True
)
_HOUR_MS = 3_600_000
_HOURS_OF_A_PERSON = 12.0
Tenant = Annotated[str, typer.Argument(help="The tenant the key belongs to.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="The same, as an option.")]


class Scope(StrEnum):
    """What a key may do; of a kiosk, of what its board is."""

    INGEST = "ingest"
    QUERY = "query"
    ADMINISTER = "administer"
    COMPANY = "company"
    DEPARTMENT = "department"
    EMPLOYEE = "employee"


_OF_KEYS = frozenset({Scope.INGEST, Scope.QUERY, Scope.ADMINISTER})


@token_app.command("create")
def create_token(
    tenant: Tenant = "",
    tenant_option: TenantOption = "",
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            help="ingest, query or administer, may be repeated; of a kiosk what its board shows."
        ),
    ] = None,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "",
    hours: Annotated[
        float | None, typer.Option(min=0.01, max=87_600, help="Until it expires.")
    ] = None,
    employee: Annotated[
        str, typer.Option(help="A person: a token of the local stack's issuer, 12 hours.")
    ] = "",
    kiosk: Annotated[bool, typer.Option("--kiosk", help="A board on a wall.")] = False,
    board_id: Annotated[
        str, typer.Option("--id", help="Of a kiosk: department or employee; company: all.")
    ] = "all",
    sub: Annotated[bool, typer.Option("--sub", help="Of a kiosk: with sub-departments.")] = False,
    metrics: Annotated[str, typer.Option(help="Of a kiosk: KPIs, separated by commas.")] = "",
    no_names: Annotated[
        bool, typer.Option("--no-names", help="Of a kiosk: totals, no people.")
    ] = False,
    addresses: Annotated[
        str, typer.Option(help="Of a kiosk: networks it may be in, separated by commas.")
    ] = "",
    by: Annotated[str, typer.Option(help="Of a kiosk: the manager who grants it.")] = "",
) -> None:
    """Make an API key, a kiosk or a token of a person, and print it; it is not shown again."""
    name, scopes = _tenant(tenant, tenant_option), scope or []
    if employee:
        if kiosk or scopes:
            raise CommandError("--employee stands alone: a person's rights are in the CRM")
        typer.echo(_person(name, employee, hours or _HOURS_OF_A_PERSON))
        return
    wish: dict[str, Any] = {"label": label}
    if by:
        wish["created_by"] = by
    if kiosk:
        if hours is not None:
            raise CommandError("a kiosk does not expire; revoke it when it is no longer wanted")
        wish |= _kiosk(scopes, board_id, _listed(metrics), by)
        wish["board"] |= {"sub": sub, "has_names": not no_names}
        if addresses:
            wish["addresses"] = _listed(addresses)
    else:
        if not scopes or not _OF_KEYS.issuperset(scopes):
            raise CommandError("a key wants --scope ingest or --scope query; a board --kiosk")
        wish["scopes"] = [each.value for each in scopes]
        if hours is not None:
            wish["expires_at"] = format_time(_now_ms() + int(hours * _HOUR_MS))
    connection = Connection.open(os.environ)
    made = ask("POST", _url(connection, name), connection.admin_token, json=wish)
    typer.echo(f"key id  {made['key_id']}\nkey     {made['key']}")
    if kiosk and wish["board"]["scope"] == Scope.DEPARTMENT.value and sub:
        typer.echo(f"board   {_link(connection, wish['board'], made['key'])}")


@token_app.command("list")
def list_tokens(tenant: Tenant = "", tenant_option: TenantOption = "") -> None:
    """List the API keys and kiosks of a tenant; the keys themselves are known to nobody."""
    connection = Connection.open(os.environ)
    url = _url(connection, _tenant(tenant, tenant_option))
    table = Table("key id", "label", "scopes", "board", "networks", "by", "expires", "revoked")
    for row in ask("GET", url, connection.admin_token)["keys"]:
        board = row["board"]
        table.add_row(
            row["key_id"],
            row["label"],
            ", ".join(row["scopes"]),
            f"{board['scope']} {board['scope_id']}" if board else "",
            ", ".join(row["addresses"] or ()),
            row["created_by"] or "",
            row["expires_at"] or "",
            "revoked" if row["revoked"] else "",
        )
    Console().print(table)


@token_app.command("revoke")
def revoke_token(
    tenant: Tenant,
    key_id: Annotated[str, typer.Argument(help="The id of the key, not the key.")],
) -> None:
    """Revoke an API key or a kiosk."""
    connection = Connection.open(os.environ)
    ask("DELETE", f"{_url(connection, tenant)}/{key_id}", connection.admin_token)
    typer.echo(f"key {key_id} of {tenant} is revoked")


def _kiosk(scopes: list[Scope], board_id: str, metrics: list[str], by: str) -> dict[str, Any]:
    if len(scopes) != 1 or scopes[0] in _OF_KEYS or not metrics or not by:
        raise CommandError(
            "a kiosk wants --scope company, department or employee, --metrics and --by"
        )
    board = {"scope": scopes[0].value, "scope_id": board_id, "metrics": metrics}
    return {"scopes": ["kiosk"], "board": board}


def _link(connection: Connection, board: dict[str, Any], key: str) -> str:
    """Return the address for the television; the key in its fragment is not sent or logged."""
    page = f"{connection.query_url}/board/{quote(board['scope_id'], safe='')}"
    return f"{page}?tiles={','.join(board['metrics'])}#key={key}"


def _person(tenant: str, employee: str, hours: float) -> str:
    from deploy.local.issuer import Issuer

    state = Connection.open(os.environ).settings.state_dir
    try:
        return Issuer(state).token(tenant, employee, now_s=_now_ms() // 1000, hours=hours)
    except FileNotFoundError:
        raise CommandError(
            f"no stack with an issuer of its own is in {state}; elsewhere tokens of persons come "
            "from the company's identity provider"
        ) from None


def _tenant(argument: str, option: str) -> str:
    if bool(argument) == bool(option):
        raise CommandError("name one tenant")
    return argument or option


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _url(connection: Connection, tenant: str) -> str:
    return f"{connection.ingestor_url}/v1/tenants/{tenant}/keys"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
