"""Settings of the key store: for the two services that seal and open personal texts."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from schemas.edge.settings import EdgeSettings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class KeySettings(EdgeSettings):
    """Where the data keys of personal texts are."""

    key_store: str = Field(
        "",
        description="Where the keys of personal texts are: a file, or the https address of a "
        "Vault; the ingestor does not start without, the query service shows no names.",
    )
    key_master_file: str = Field(
        "", description="File with the master key that wraps those of a key file."
    )
    key_vault_token: SecretStr = Field(SecretStr(""), description="Token for Vault.")
    key_vault_token_file: str = Field(
        "", description="File with the token, read anew each time: for an agent that renews it."
    )
    key_vault_mount: str = Field("secret", min_length=1, description="Mount of the KV engine (v2).")
    key_vault_path: str = Field(
        "salespulse", pattern=r"^[A-Za-z0-9/_-]+$", description="Path of the keys in that engine."
    )
    key_vault_namespace: str = Field("", description="Namespace in Vault; empty: none.")
    key_vault_ca_file: str = Field(
        "", description="Certificates (PEM) that may sign Vault's; empty: those of the machine."
    )
    key_timeout_s: float = Field(5.0, gt=0, description="Longest wait for one answer of Vault.")
    key_held_s: float = Field(
        60.0, ge=0, description="Seconds for which a key that was read is held in memory."
    )
    key_most_held: int = Field(200_000, ge=100, description="Most keys held in memory.")

    @property
    def is_vault(self) -> bool:
        """Whether the keys are in Vault."""
        return "://" in self.key_store

    @model_validator(mode="after")
    def _key_store_is_whole(self) -> Self:
        if not self.key_store:
            return self
        if not self.is_vault:
            if not self.key_master_file:
                raise ValueError("a key file wants key_master_file beside it")
            return self
        url = urlsplit(self.key_store)
        if url.scheme != "https" and url.hostname not in _LOOPBACK:
            raise ValueError("Vault is spoken to by https; by http on this machine only")
        if not (self.key_vault_token.get_secret_value() or self.key_vault_token_file):
            raise ValueError("Vault wants key_vault_token or key_vault_token_file")
        return self

    def vault_token(self) -> str:
        """Return the token for Vault; OSError where its file cannot be read."""
        if self.key_vault_token_file:
            return Path(self.key_vault_token_file).read_text().strip()
        return self.key_vault_token.get_secret_value()
