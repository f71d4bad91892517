"""`salespulse dead-letters`: what was refused and why, and another try for it."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.commands.connection import CommandError, Connection, ask

app = typer.Typer(help="List and replay refused events.", no_args_is_help=True)


@app.command("list")
def list_letters(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    after: Annotated[int | None, typer.Option(help="Only those after this offset.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List dead letters: the newest, or those after an offset."""
    connection = Connection.open(os.environ)
    params: dict[str, Any] = {"limit": limit}
    if after is not None:
        params["after"] = after
    url = f"{connection.ingestor_url}/v1/dead-letters"
    letters = ask("GET", url, connection.admin_token, params=params)["dead_letters"]
    if as_json:
        for letter in letters:
            typer.echo(json.dumps(letter, ensure_ascii=False))
        return
    table = Table("offset", "at", "tenant", "event", "code", "detail")
    for letter in letters:
        names = ("offset", "at", "tenant", "event_id", "code", "detail")
        table.add_row(*(str(letter.get(name) or "") for name in names))
    Console().print(table)


@app.command("replay")
def replay(
    offset: Annotated[list[int] | None, typer.Option(help="This letter; may be repeated.")] = None,
    code: Annotated[str, typer.Option(help="All letters with this code.")] = "",
) -> None:
    """Check refused events by today's rules and send those that pass."""
    if bool(offset) == bool(code):
        raise CommandError("name either letters by --offset, or a --code")
    connection = Connection.open(os.environ)
    url = f"{connection.ingestor_url}/v1/dead-letters/replay"
    wanted: dict[str, Any] = {"offsets": offset} if offset else {"code": code}
    total: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    while True:
        answer = ask("POST", url, connection.admin_token, json=wanted)
        total.update({name: answer[name] for name in ("read", "published", "skipped")})
        refused.update(answer["refused"])
        if answer["start"] is None:
            break
        wanted["start"] = answer["start"]
    typer.echo(
        f"{total['read']} read, {total['published']} sent, {total['skipped']} cannot pass, "
        f"{sum(refused.values())} still refused"
    )
    for reason, count in refused.most_common():
        typer.echo(f"  {reason}: {count}")
