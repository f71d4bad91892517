"""Where the Kafka brokers are and how a client proves itself: one value for every client."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a client proves itself with SASL."""

    mechanism: Mechanism
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brokers:
    """Brokers and the way to speak to them.

    Shape:  `bootstrap` is host:port, several with commas; `ca_file` is empty for the authorities
            this machine trusts.
    """

    bootstrap: str
    is_tls: bool = False
    ca_file: str = ""
    login: Login | None = None

    def tls(self) -> ssl.SSLContext | None:
        """Return how certificates are checked, None where the line is not encrypted."""
        if not self.is_tls:
            return None
        return ssl.create_default_context(cafile=self.ca_file or None)

    def client(self) -> dict[str, Any]:
        """Return the arguments that every aiokafka client takes."""
        found: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.protocol,
        }
        if self.is_tls:
            found["ssl_context"] = self.tls()
        if self.login is not None:
            found |= {
                "sasl_mechanism": self.login.mechanism,
                "sasl_plain_username": self.login.user,
                "sasl_plain_password": self.login.password,
            }
        return found

    @property
    def protocol(self) -> Protocol:
        """Return Kafka's name of the way."""
        if self.login is None:
            return "SSL" if self.is_tls else "PLAINTEXT"
        return "SASL_SSL" if self.is_tls else "SASL_PLAINTEXT"
