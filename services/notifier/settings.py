"""Settings of the notifier."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from schemas.settings import SharedSettings


class NotifierSettings(SharedSettings):
    """What the notifier reads from the environment (SALESPULSE_NOTIFIER_*)."""

    service: ClassVar[str] = "notifier"

    http_host: str = Field("127.0.0.1", description="Address of /metrics, /healthz and /readyz.")
    http_port: int = Field(8083, ge=0, le=65535, description="Port of the same.")
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret from which those of webhooks are derived, the same as of the query "
        "service; empty: no webhook is sent.",
    )
    allowed_networks: str = Field(
        "",
        description="Networks that are not public and may be called all the same, separated by "
        "commas.",
    )
    delivery_timeout_s: float = Field(15.0, gt=0, le=60, description="Longest wait for an answer.")
    retry_hours: float = Field(
        24.0, gt=0, description="A delivery that fails for so long is given up, and logged so."
    )
    disable_hours: float = Field(
        72.0, gt=0, description="A webhook that only failed for so long is disabled."
    )
    max_queued: int = Field(
        100_000, ge=100, description="A webhook with more waiting deliveries is disabled."
    )
    kept_deliveries: int = Field(
        5_000, ge=10, description="Deliveries of a webhook that are kept, for log and replay."
    )
    lease_s: float = Field(
        10.0, ge=0.5, description="After so many seconds another notifier takes over a silent one."
    )
    smtp_host: str = Field("", description="Mail server; empty: no e-mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_tls: str = Field(
        "starttls", pattern="^(none|starttls|tls)$", description="none, starttls or tls."
    )
    smtp_user: str = Field("", description="User at the mail server; empty: no login.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_from: str = Field("salespulse@localhost", description="Sender of the e-mails.")

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        _networks(value)
        return value

    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Return the networks that may be called though they are not public."""
        return _networks(self.allowed_networks)


def _networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
