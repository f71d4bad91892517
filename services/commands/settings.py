"""What the command needs to find a running Salespulse: addresses, tokens, the state folder."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from schemas.settings import SharedSettings


class CliSettings(SharedSettings):
    """What the command reads from the environment (SALESPULSE_CLI_*).

    What is empty is taken from the stack that `salespulse up` runs on this machine.
    """

    service: ClassVar[str] = "cli"

    state_dir: Path = Field(
        Path(".salespulse"), description="Folder of the local stack: data, keys and logs."
    )
    ingestor_url: str = Field("", description="Base URL of the ingestor.")
    query_url: str = Field("", description="Base URL of the query service.")
    admin_token: SecretStr = Field(SecretStr(""), description="Admin token of the ingestor.")
    key: SecretStr = Field(SecretStr(""), description="API key of the tenant to work on.")
