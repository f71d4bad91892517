"""`salespulse import|simulate|verify`: data in, and the figures proved."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE
from schemas.phones import DEFAULT_REGION
from services.commands.connection import CommandError, Connection, read_keys
from services.commands.tenants import make_tenant


def import_data(
    path: Annotated[Path, typer.Argument(help="File or folder of the data set.")],
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            help="maven-crm, olist-funnel, pwc-calls, fivetran-hubspot, fivetran-salesforce "
            "or jsonl.",
        ),
    ],
    tenant: Annotated[str, typer.Option(help="Into this tenant; made where it is new.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of dates without one.")] = "UTC",
    currency: Annotated[str, typer.Option(help="Of a new tenant; default the format's.")] = "",
    region: Annotated[
        str, typer.Option(help="Of a new tenant: where numbers without country code are.")
    ] = DEFAULT_REGION,
    rate: Annotated[float, typer.Option(min=0, help="Events a second; 0 as fast as it goes.")] = 0,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Shift all days so that the last is this; own tenant."
        ),
    ] = None,
    resume_state: Annotated[
        Path | None, typer.Option(help="File that keeps how far it came; default in the state.")
    ] = None,
) -> None:
    """Import a data set; importing it twice changes nothing, an interrupted one goes on."""
    from services.ingestor.importers.command import Import, run
    from services.ingestor.importers.formats import FORMATS

    if format_name not in FORMATS:
        raise CommandError(f"--format {format_name}: one of {', '.join(FORMATS)}")
    connection = Connection.open(os.environ)
    named_key = connection.settings.key.get_secret_value()
    target = tenant or ("" if named_key else format_name)
    day = as_of.date() if as_of else None
    if target and (day or not named_key):
        made = f"{target}-asof-{day:%Y%m%d}" if day else target
        wanted = currency or FORMATS[format_name].currency
        _make_where_new(connection, made, time_zone, wanted, region)
    keys = read_keys(connection.settings.state_dir).get(target)
    job = Import(
        format_name=format_name,
        path=path,
        ingestor_url=connection.ingestor_url,
        key=named_key or (keys.write_key if keys else ""),
        tenant=target,
        admin_token="" if named_key and not day else connection.admin_token,
        time_zone=time_zone,
        currency=currency,
        region=region,
        rate=rate,
        as_of=day,
        resume_state=resume_state or connection.settings.state_dir / "imports.json",
    )
    raise typer.Exit(run(job))


def _make_where_new(
    connection: Connection, tenant: str, time_zone: str, currency: str, region: str
) -> None:
    """Make the tenant and keep its keys, so that its board can be opened afterwards."""
    if tenant in read_keys(connection.settings.state_dir):
        return
    try:
        wish = {"id": tenant, "name": tenant, "time_zone": time_zone, "currency": currency}
        keys = make_tenant(connection, {**wish, "region": region})
    except CommandError as error:
        if not str(error).startswith("409"):
            raise
    else:
        typer.echo(f"tenant {tenant} was made; its read key: {keys.read_key}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--start {text}: not a time like 2026-11-20T12:00+07:00") from None
    if moment.tzinfo is None:
        raise CommandError(f"--start {text}: it needs an offset, like +07:00")
    return moment


def verify(
    tenant: Annotated[str | None, typer.Option(help="Only this tenant.")] = None,
    show: Annotated[int, typer.Option(min=0, help="Print at most so many differences.")] = 20,
    wait: Annotated[
        bool, typer.Option("--wait", help="First wait until the figures are level with the log.")
    ] = False,
    query: Annotated[
        str, typer.Option(help="Compare cohort reports too, as the service at this URL answers.")
    ] = "",
    key: Annotated[
        str,
        typer.Option(help="A read key, for --query; SALESPULSE_CLI_KEY keeps it off `ps`."),
    ] = "",
) -> None:
    """Recount the log from scratch and compare it with every figure; exit 1 on a difference."""
    from services.verify.command import Options, run

    connection = Connection.open(os.environ)
    key = key or connection.settings.key.get_secret_value()
    code = run(
        connection.shared(),
        options=Options(tenant=tenant, shown=show, wait_idle=wait, query_url=query, key=key),
    )
    raise typer.Exit(code)


def simulate(
    tenant: Annotated[str, typer.Option(help="Into this tenant; made where it is new.")] = "demo",
    seed: Annotated[int, typer.Option(help="The same seed makes the same company.")] = 1,
    days: Annotated[
        int, typer.Option("--history-days", "--days", min=0, help="Days of history before now.")
    ] = 0,
    employees: Annotated[int, typer.Option(min=3, help="People of the company.")] = 24,
    rate: Annotated[float, typer.Option(min=0.01, help="Live events a second.")] = 20,
    seconds: Annotated[
        float,
        typer.Option("--duration", "--seconds", min=0, help="Seconds that the live part lasts."),
    ] = 60,
    start: Annotated[
        str, typer.Option(help="Moment that the story turns live, like 2026-11-20T12:00+07:00.")
    ] = "",
    join: Annotated[
        bool, typer.Option("--join", help="Only the live part: the company is there already.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the events to this file instead (jsonl).")
    ] = None,
) -> None:
    """Make a believable sales floor: people, calls, mails, orders, corrections, late events."""
    from services.ingestor.importers.simulate_command import Simulation, run

    connection = Connection.open(os.environ)
    url = key = ""
    if out is None:
        if not connection.settings.key.get_secret_value():
            _make_where_new(connection, tenant, DEFAULT_TIME_ZONE, DEFAULT_CURRENCY, DEFAULT_REGION)
        url, key = connection.ingestor_url, connection.key(tenant, "ingest")
    wish = Simulation(
        seed=seed,
        start=_moment(start) if start else None,
        employees=employees,
        rate=rate,
        duration_s=seconds,
        history_days=days,
        join=join,
        out=out,
        ingestor_url=url,
        key=key,
    )
    raise typer.Exit(run(wish))
