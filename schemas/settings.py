"""Settings: one frozen model per service, read once from an injected mapping.

Names are `SALESPULSE_<FIELD>` for what all services share and `SALESPULSE_<SERVICE>_<FIELD>` for
the rest. A name that nobody knows is an error: a typo must not silently mean the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "SALESPULSE_"
SERVICES = ("ingestor", "aggregator", "query", "stack", "cli", "test")
"""Who has settings of its own; 'test' are the choices of the test run, which no service reads."""


class SettingsError(ValueError):
    """The environment does not describe a valid configuration; the text says which name."""


class SharedSettings(BaseModel):
    """What every service needs to find its broker and its store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: ClassVar[str] = ""

    kafka_bootstrap: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers.")
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"), description="Redis or Valkey URL."
    )
    topic_prefix: str = Field(
        "", pattern=r"^[a-z0-9-]*$", description="Put before every topic name."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Log level.")
    embedded_broker: bool = Field(
        False,
        description="The broker is the embedded one: memory only, no idempotent producer.",
    )

    @classmethod
    def names(cls) -> dict[str, str]:
        """Return environment name -> field name."""
        shared = SharedSettings.model_fields
        return {
            PREFIX + ("" if name in shared else f"{cls.service.upper()}_") + name.upper(): name
            for name in cls.model_fields
        }

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings of this service.

        Errors: SettingsError names the variable that is unknown or wrong.
        """
        names = cls.names()
        others = tuple(f"{PREFIX}{s.upper()}_" for s in SERVICES if s != cls.service)
        values: dict[str, str] = {}
        for name, value in environ.items():
            if not name.startswith(PREFIX) or name.startswith(others):
                continue
            if name not in names:
                raise SettingsError(f"{name} is not a setting of salespulse {cls.service}".strip())
            values[names[name]] = value
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            by_field = {field: name for name, field in names.items()}
            name = by_field.get(str(first["loc"][0]), str(first["loc"])) if first["loc"] else ""
            raise SettingsError(f"{name}: {first['msg']}") from None
