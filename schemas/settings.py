"""Settings: one frozen model per service, read once from an injected mapping.

Names are `SALESPULSE_<FIELD>` for what all services share and `SALESPULSE_<SERVICE>_<FIELD>` for
the rest. A name that nobody knows is an error: a typo must not silently mean the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from schemas.brokers import Brokers, Login, Mechanism, Protocol

PREFIX = "SALESPULSE_"
SERVICES = ("ingestor", "aggregator", "query", "notifier", "stack", "cli", "test")
"""Who has settings of its own; 'test' are the choices of the test run, which no service reads."""


class SettingsError(ValueError):
    """The environment does not describe a valid configuration; the text says which name."""


class SharedSettings(BaseModel):
    """What every service needs to find its broker and its store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: ClassVar[str] = ""

    kafka_bootstrap: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers.")
    kafka_protocol: Protocol = Field(
        "PLAINTEXT", description="How Kafka is spoken to: PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL."
    )
    kafka_ca_file: str = Field(
        "", description="Certificates (PEM) that may sign Kafka's; empty: those of the machine."
    )
    kafka_sasl_mechanism: Mechanism = Field(
        "SCRAM-SHA-512", description="SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."
    )
    kafka_user: str = Field("", description="SASL user of Kafka.")
    kafka_password: SecretStr = Field(SecretStr(""), description="SASL password of Kafka.")
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        description="Redis or Valkey URL, with the ACL user; `rediss://` for TLS.",
    )
    redis_ca_file: str = Field(
        "", description="Certificates (PEM) that may sign Redis'; empty: those of the machine."
    )
    topic_prefix: str = Field(
        "", pattern=r"^[a-z0-9-]*$", description="Put before every topic name."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Log level.")
    embedded_broker: bool = Field(
        False,
        description="The broker is the embedded one: memory only, no idempotent producer.",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kafka_protocol.startswith("SASL") and not (
            self.kafka_user and self.kafka_password.get_secret_value()
        ):
            raise ValueError(f"{self.kafka_protocol} wants {PREFIX}KAFKA_USER and _PASSWORD")
        if self.redis_ca_file and not self._redis_has_tls:
            raise ValueError(f"{PREFIX}REDIS_CA_FILE is for a rediss:// URL")
        for path in (self.kafka_ca_file, self.redis_ca_file):
            if path and not Path(path).is_file():
                raise ValueError(f"there is no file {path} of certificates")
        return self

    @property
    def _redis_has_tls(self) -> bool:
        return self.redis_url.get_secret_value().startswith("rediss://")

    def brokers(self) -> Brokers:
        """Return where Kafka is and how it is spoken to."""
        login = None
        if self.kafka_protocol.startswith("SASL"):
            login = Login(
                mechanism=self.kafka_sasl_mechanism,
                user=self.kafka_user,
                password=self.kafka_password.get_secret_value(),
            )
        is_tls = self.kafka_protocol.endswith("SSL")
        return Brokers(self.kafka_bootstrap, is_tls, self.kafka_ca_file, login)

    def redis(self) -> dict[str, Any]:
        """Return the arguments of every client's `from_url`."""
        found: dict[str, Any] = {"url": self.redis_url.get_secret_value()}
        if self._redis_has_tls:
            found |= {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
        if self.redis_ca_file:
            found["ssl_ca_certs"] = self.redis_ca_file
        return found

    def shared(self) -> dict[str, str]:
        """Return what all services share, as environment names, for a process beside this one."""
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else _text(value)
            for name, field in SharedSettings.names().items()
            for value in (getattr(self, field),)
        }

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


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
