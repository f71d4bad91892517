"""`salespulse figures`: the figures of a tenant as a table in the terminal."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from schemas.money import minor_digits
from services.commands.connection import Connection, ask


def figures(
    scope: Annotated[str, typer.Argument(help="company, department or employee.")] = "company",
    scope_id: Annotated[str, typer.Argument(metavar="ID", help="'all' for the company.")] = "all",
    tenant: Annotated[str, typer.Option(help="Which tenant.")] = "demo",
    metric: Annotated[list[str] | None, typer.Option(help="Only these; repeatable.")] = None,
    start: Annotated[str, typer.Option("--from", help="First day; default today.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day; default today.")] = "",
) -> None:
    """Print figures, with how fresh they are."""
    connection = Connection.open(os.environ)
    params = {"from": start, "to": end, "metrics": ",".join(metric or ())}
    answer = ask(
        "GET",
        f"{connection.query_url}/v1/kpis/{scope}/{scope_id}",
        connection.key(tenant, "query"),
        params={name: value for name, value in params.items() if value},
    )
    days = answer["from"] if answer["from"] == answer["to"] else f"{answer['from']}..{answer['to']}"
    table = Table("figure", "value", "unit", title=f"{tenant} {scope} {scope_id}, {days}")
    table.columns[1].justify = "right"
    for figure in answer["figures"]:
        table.add_row(figure["metric"], shown(figure), figure.get("currency") or figure["unit"])
        for other in figure.get("others") or ():
            table.add_row("", amount(other["value"], other["currency"]), other["currency"])
    lag = answer["lag"]
    table.caption = (
        f"{answer['state']}, as of {answer['as_of']}, {lag['events']} events behind, "
        f"version {answer['version']}"
    )
    Console().print(table)


def shown(figure: dict[str, Any]) -> str:
    """Write a figure's value as a person reads it; '-' where there is none."""
    value = figure["value"]
    if value is None:
        return "-"
    if figure.get("currency"):
        return amount(value, figure["currency"])
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def amount(minor: int, currency: str) -> str:
    """Write an amount of minor units in its major unit.

    Shape: (123456, "USD") -> "1,234.56"; (123456, "VND") -> "123,456".
    """
    exponent = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**exponent)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")
