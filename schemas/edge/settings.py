"""The settings of every HTTP door."""

from __future__ import annotations

from pydantic import Field

from schemas.settings import SharedSettings


class EdgeSettings(SharedSettings):
    """What a request may be at most, and how often one caller may come."""

    max_header_bytes: int = Field(
        16_384, ge=1_024, le=1_000_000, description="Longest headers of a request, in bytes."
    )
    max_query_bytes: int = Field(
        8_192, ge=256, le=65_536, description="Longest path and query string, in bytes."
    )
    max_list_items: int = Field(
        500, ge=1, description="Most values, separated by commas, of one query parameter."
    )
    max_refused_per_minute: int = Field(
        3_000, ge=1, description="Most refused logins of one address a minute (429 then)."
    )
