"""The `salespulse` command: names its subcommands; what they do is in services/commands."""

from __future__ import annotations

import sys

import typer

from schemas.settings import SettingsError
from services.commands import (
    customers,
    data,
    dead_letters,
    figures,
    keys,
    people,
    rebuild,
    run,
    tenants,
    tokens,
)
from services.commands.connection import CommandError

app = typer.Typer(
    name="salespulse",
    help="Live, exact sales and telesales figures from CRM events.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(run.up)
app.command("ingestor")(run.ingestor)
app.command("aggregator")(run.aggregator)
app.command("notifier")(run.notifier)
app.command("query")(run.query)
app.command("topics")(run.topics)
app.add_typer(tenants.tenant_app, name="tenant")
app.add_typer(tokens.token_app, name="token")
app.add_typer(customers.customer_app, name="customer")
app.add_typer(keys.keys_app, name="keys")
app.add_typer(people.people_app, name="people")
app.add_typer(people.department_app, name="department")
app.command("import")(data.import_data)
app.command("simulate")(data.simulate)
app.command("verify")(data.verify)
app.command("rebuild")(rebuild.rebuild)
app.command("figures")(figures.figures)
app.add_typer(dead_letters.app, name="dead-letters")


def main() -> None:
    """Run the command; what a person can put right is one line, not a traceback."""
    try:
        app()
    except (CommandError, SettingsError) as error:
        typer.secho(f"salespulse: {error}", fg=typer.colors.RED, err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
