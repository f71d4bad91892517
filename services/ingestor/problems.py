"""RFC 9457 problem documents: how every refusal of the HTTP interface looks."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

RETRY_AFTER_S = 2


class Problem(Exception):  # noqa: N818 - the RFC's own word
    """A refusal that becomes the answer of the request.

    Shape:  `code` is a permanent name callers program against; `limit` the limit that was passed;
            `members` are further members of the document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        limit: float | None = None,
        retry_after_s: int | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.limit = limit
        self.retry_after_s = retry_after_s
        self.members = dict(members or {})

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """Write the problem document."""
        body: dict[str, Any] = {
            "type": f"urn:salespulse:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }
        if self.limit is not None:
            body["limit"] = self.limit
        sent = dict(headers or {})
        if self.retry_after_s is not None:
            sent["Retry-After"] = str(self.retry_after_s)
        if self.status == HTTPStatus.UNAUTHORIZED:
            sent["WWW-Authenticate"] = "Bearer"
        return Response(
            orjson.dumps(body), self.status, sent, media_type="application/problem+json"
        )


def unavailable(code: str, detail: str) -> Problem:
    """Return a 503 that may be tried again soon."""
    return Problem(503, code, detail, retry_after_s=RETRY_AFTER_S)


async def on_problem(_request: Request, error: Exception) -> Response:
    """Answer a request that ended in a `Problem`."""
    assert isinstance(error, Problem)  # noqa: S101 - registered for this class only
    return error.response()


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Answer what the router refused: no such path, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    code = HTTPStatus(error.status_code).name.lower()
    return Problem(error.status_code, code, str(error.detail)).response(error.headers)


async def on_invalid(_request: Request, error: Exception) -> Response:
    """Answer a body or query that does not fit its model."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return Problem(400, "not_json", "the body is not JSON").response()
    place = "/".join(str(part) for part in first["loc"])
    return Problem(422, "invalid_field", f"{place}: {first['msg']}").response()


async def on_bug(_request: Request, _error: Exception) -> Response:
    """Answer what nobody foresaw; the server logs the traceback."""
    return Problem(
        500, "bug", "the ingestor failed; nothing is known about this request"
    ).response()
