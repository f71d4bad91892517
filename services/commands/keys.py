"""`salespulse keys`: the file of keys for personal texts, where there is no Vault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.commands.connection import CommandError

keys_app = typer.Typer(help="The keys of personal texts.", no_args_is_help=True)


@keys_app.command("create")
def create(
    path: Annotated[Path, typer.Argument(help="File of the keys.")],
    master: Annotated[Path, typer.Argument(help="File of the key that wraps them.")],
) -> None:
    """Make a key file and its master key where neither is there yet; may be repeated."""
    from schemas.keystore import KeyStoreError, create_key_file

    try:
        create_key_file(path, master)
    except (KeyStoreError, OSError) as error:
        raise CommandError(str(error)) from None
    typer.echo(f"keys are in {path}, wrapped by {master}: keep a copy of both, apart")
