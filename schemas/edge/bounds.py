"""How long the head of a request may be: path and query, headers, lists in parameters."""

from __future__ import annotations

from starlette.types import Scope

from schemas.edge.refusal import Refusal
from schemas.edge.settings import EdgeSettings

_COMMAS = (b",", b"%2c", b"%2C")


def out_of_bounds(scope: Scope, settings: EdgeSettings) -> Refusal | None:
    """Return why a request is too long, None if it is not."""
    query: bytes = scope["query_string"]
    if len(scope.get("raw_path") or b"") + len(query) > settings.max_query_bytes:
        limit = settings.max_query_bytes
        detail = f"path and query may have at most {limit} bytes (max_query_bytes)"
        return Refusal(414, "query_too_long", detail, limit)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > settings.max_header_bytes:
        limit = settings.max_header_bytes
        detail = f"the headers may have at most {limit} bytes (max_header_bytes)"
        return Refusal(431, "headers_too_large", detail, limit)
    limit = settings.max_list_items
    for part in query.split(b"&") if len(query) > limit else ():
        if sum(map(part.count, _COMMAS)) >= limit:
            detail = f"a parameter may list at most {limit} values (max_list_items)"
            return Refusal(422, "too_many_values", detail, limit)
    return None
