"""The problems that any endpoint may answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from services.query.problems import MEDIA_TYPE

_SCHEMA = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
_WHAT = {
    401: "No token, or one that is unknown, revoked, expired or not good here.",
    403: "Not within the rights, the board or the network of who asks; `code` says which.",
    404: "Nobody of that id was ever seen.",
    413: "The body is longer than `limit` bytes.",
    414: "Path and query are longer than `limit` bytes.",
    422: "A parameter breaks a rule; `code` and `detail` name it, `limit` the limit passed.",
    429: "Too often, or too many open streams: `limit` says how many; see `Retry-After`.",
    431: "The headers are longer than `limit` bytes.",
    503: "The figures cannot be read now; see `Retry-After`. Never answered by zeros.",
}
_CHANGING = {
    400: "The file or the ids it names cannot be taken.",
    409: "It is there already, or something else stands in the way.",
    415: "The body is of another kind than this address takes.",
    504: "Accepted, and not in the figures in time: they will include it.",
}


def _told(what: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": said, "content": {MEDIA_TYPE: _SCHEMA}}
        for status, said in what.items()
    }


PROBLEMS: Final = _told(_WHAT)
CHANGE_PROBLEMS: Final = _told(_WHAT | _CHANGING)
"""Of an endpoint that changes something."""
