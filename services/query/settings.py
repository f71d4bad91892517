"""Settings of the query service; every name is explained in the README's table."""

from __future__ import annotations

from typing import ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from schemas.keystore.settings import KeySettings
from services.query.client_address import networks_of
from services.query.key_set import is_address
from services.query.oidc.settings import LOOPBACK, OidcSettings


class QuerySettings(OidcSettings, KeySettings):
    """What the query service can be told, beside where broker and store are."""

    service: ClassVar[str] = "query"

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8082, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    max_range_days: int = Field(400, ge=1, description="Longest range of days of one request.")
    max_hashes: int = Field(40_000, ge=100, description="Most cell hashes one answer may read.")
    max_rows: int = Field(1000, ge=1, description="Most rows on one page of a list.")
    max_filtered_rows: int = Field(
        50_000, ge=1, description="Longest list that is filtered by currency."
    )
    max_export_rows: int = Field(200_000, ge=1, description="Most rows of one exported list.")
    max_cohort_customers: int = Field(
        1_000_000, ge=1, description="Most customers kept in memory for the cohort reports."
    )
    max_audit_records: int = Field(
        20_000, ge=1, description="Newest audit records kept in memory of a tenant."
    )
    key_cache_s: float = Field(
        3.0, ge=0, description="Seconds for which an accepted API key is believed."
    )
    ingestor_url: str = Field(
        "",
        description="Base URL of the ingestor, to which changes are written; empty: nothing can "
        "be changed here.",
    )
    ingestor_token: SecretStr = Field(
        SecretStr(""), description="Admin token of the ingestor, beside its URL."
    )
    ingestor_timeout_s: float = Field(
        20.0, gt=0, le=300, description="Longest wait for the ingestor, figures included."
    )
    max_change_bytes: int = Field(
        65_536, ge=1_000, description="Largest body of a change, in bytes."
    )
    max_file_bytes: int = Field(
        2_000_000, ge=1_000, description="Largest file of people or departments, in bytes."
    )
    jwks: str = Field(
        "",
        description="File or URL of the public keys that tokens of persons are signed with; "
        "empty: API keys only.",
    )
    jwt_issuer: str = Field("", description="Issuer (`iss`) of the tokens of persons.")
    jwt_audience: str = Field("", description="Audience (`aud`) that they must be for.")
    jwt_tenant_claim: str = Field("tenant", min_length=1, description="Claim with the tenant.")
    jwt_employee_claim: str = Field(
        "employee", min_length=1, description="Claim with the id of the employee."
    )
    jwt_leeway_s: float = Field(
        30.0, ge=0, le=300, description="Seconds by which the issuer's clock may differ."
    )
    jwks_stale_s: float = Field(
        3600.0, ge=0, description="While their source is away, keys read this recently go on."
    )
    trusted_proxies: str = Field(
        "",
        description="Networks of the proxies whose X-Forwarded-For and -Proto are believed, "
        "separated by commas.",
    )
    store_timeout_s: float = Field(3.0, gt=0, description="Seconds to wait for Redis.")
    figures_per_minute: int = Field(
        30_000, ge=1, description="Most questions of one caller a minute (429 then)."
    )
    exports_per_minute: int = Field(
        1_200, ge=1, description="Most exported files of one caller a minute (429 then)."
    )
    streams_per_minute: int = Field(
        6_000, ge=1, description="Most streams one caller may open in a minute (429 then)."
    )
    max_streams_per_key: int = Field(
        1_000, ge=1, description="Most open change streams of one caller (429 then)."
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret from which those of webhooks are derived, the same as of the notifier; "
        "empty: webhooks are shown no secret, and none is sent.",
    )
    frame_ancestors: str = Field(
        "'self'",
        pattern=r"^('none'|'self'|https?://[A-Za-z0-9.:*-]+)( ('self'|https?://[A-Za-z0-9.:*-]+))*$",
        description="Who may show the pages in a frame, as in a content security policy.",
    )
    max_listeners: int = Field(2000, ge=1, description="Most open change streams.")
    listener_queue: int = Field(
        256, ge=2, description="Frames kept for a slow listener before it gets a new snapshot."
    )
    heartbeat_s: float = Field(2.0, gt=0, description="Seconds between heartbeats of a stream.")
    busy_records_per_s: int = Field(
        20, ge=1, description="Change records a second from which pushes are coalesced."
    )
    flushes_per_s: float = Field(
        10.0, gt=0, description="Pushes a second to a listener while coalescing."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @field_validator("jwks")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        if value.startswith("http://") and urlsplit(value).hostname not in LOOPBACK:
            raise ValueError("keys are read by https; by http from this machine only")
        if "://" in value and not is_address(value):
            raise ValueError("a file, or an https URL")
        return value

    @field_validator("ingestor_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("an http or https URL")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _ingestor_is_named_whole(self) -> Self:
        if bool(self.ingestor_url) != bool(self.ingestor_token.get_secret_value()):
            raise ValueError("ingestor_url and ingestor_token stand together")
        return self

    @model_validator(mode="after")
    def _tokens_are_checked_whole(self) -> Self:
        if self.jwks and not (self.jwt_issuer and self.jwt_audience):
            raise ValueError("jwks wants jwt_issuer and jwt_audience beside it")
        return self
