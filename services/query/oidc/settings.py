"""Settings of signing in against an identity provider; empty where there is none."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from schemas.edge.settings import EdgeSettings

START = "/login/oidc"
"""Where people leave for the provider."""
CALLBACK = f"{START}/callback"
"""Where the provider sends people back to."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHORTEST_SECRET = 16


def is_safe_address(address: str) -> bool:
    """Say whether what is said to an address stays between the two: https, or this machine."""
    parts = urlsplit(address)
    if parts.username is not None or parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class OidcSettings(EdgeSettings):
    """Who the provider is, and which of its claims say who somebody is."""

    oidc_issuer: str = Field(
        "",
        description="Issuer of the identity provider that people sign in at (OpenID Connect); "
        "empty: keys and tokens only.",
    )
    oidc_client_id: str = Field("", description="Client id that the provider knows Salespulse by.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""),
        description="Client secret, at least 16 characters; a new one ends the sessions.",
    )
    oidc_redirect_uri: str = Field(
        "", description=f"Address of this service as browsers see it, with the path {CALLBACK}."
    )
    oidc_scopes: str = Field(
        "openid profile email",
        pattern=r"^openid( [\x21\x23-\x5b\x5d-\x7e]+)*$",
        description="Scopes to ask for, `openid` first.",
    )
    oidc_employee_claim: str = Field(
        "employee", min_length=1, description="Claim of the id token with the employee's id."
    )
    oidc_tenant_claim: str = Field(
        "", description="Claim with the tenant; empty: everybody is of the one in `oidc_tenants`."
    )
    oidc_tenants: str = Field(
        "", description="Tenants whose people this provider may sign in, separated by commas."
    )
    oidc_session_s: float = Field(
        43_200.0, ge=60, le=2_592_000, description="Seconds until one has to sign in again."
    )
    oidc_timeout_s: float = Field(
        5.0, gt=0, le=60, description="Seconds to wait for the identity provider."
    )

    @field_validator("oidc_issuer", "oidc_redirect_uri")
    @classmethod
    def _are_safe_addresses(cls, value: str) -> str:
        if value and not is_safe_address(value):
            raise ValueError("https; http on this machine only")
        return value

    @model_validator(mode="after")
    def _signing_in_is_whole(self) -> Self:
        if not self.oidc_issuer:
            return self
        if not (self.oidc_client_id and self.oidc_redirect_uri and self.signed_in_tenants):
            raise ValueError(
                "oidc_issuer wants oidc_client_id, oidc_redirect_uri and oidc_tenants beside it"
            )
        if len(self.oidc_client_secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"oidc_client_secret has at least {_SHORTEST_SECRET} characters")
        if urlsplit(self.oidc_redirect_uri).path != CALLBACK:
            raise ValueError(f"oidc_redirect_uri has the path {CALLBACK}")
        if not self.oidc_tenant_claim and len(self.signed_in_tenants) != 1:
            raise ValueError("several oidc_tenants want oidc_tenant_claim to tell them apart")
        return self

    @property
    def signed_in_tenants(self) -> tuple[str, ...]:
        """Return the tenants whose people the provider may sign in."""
        return tuple(name.strip() for name in self.oidc_tenants.split(",") if name.strip())
