"""What went wrong, told as an RFC 9457 problem document that names the rule or limit passed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as StoreTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """An answer that is not the figures asked for.

    Units:  retry_after in whole seconds. `members` are extra members of the document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        retry_after: int | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.members = members

    def response(self) -> Response:
        """Return the problem document."""
        headers: dict[str, str] = {"Cache-Control": "no-store"}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="salespulse"'
        body = {
            "type": f"urn:salespulse:problem:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }
        return Response(orjson.dumps(body), self.status, headers, MEDIA_TYPE)


def invalid(code: str, detail: str, parameter: str, **members: Any) -> Problem:
    """Return the problem of a request parameter (422)."""
    return Problem(422, code, detail, parameter=parameter, **members)


def of_validation(errors: list[Mapping[str, Any]]) -> Problem:
    """Return the problem of the first error that pydantic found in the parameters."""
    first = errors[0]
    names = [str(part) for part in first["loc"] if part not in ("query", "path", "body")]
    name = names[0] if names else ""
    kinds = {"extra_forbidden": "unknown_parameter", "missing": "missing_parameter"}
    code = kinds.get(first["type"], "invalid_parameter")
    if first["loc"][:1] == ("body",):
        pointer = "".join(f"/{part}" for part in first["loc"][1:])
        return invalid(code, f"'{name}': {first['msg']}", name, pointer=pointer)
    return invalid(code, f"'{name}': {first['msg']}", name)


def of_store(error: BaseException) -> Problem:
    """Return the problem of a store that does not answer: never zeros instead of figures."""
    log.warning("store unavailable: %s", type(error).__name__)
    detail = "the store of the figures does not answer; nothing is lost, ask again"
    return Problem(503, "store_unavailable", detail, retry_after=2)


async def on_problem(_: Request, error: Exception) -> Response:
    """Answer any exception that reached the edge of the service."""
    return as_problem(error).response()


def as_problem(error: Exception) -> Problem:  # noqa: PLR0911 - one case, one line
    """Return the problem that an exception stands for."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return of_validation(list(error.errors()))
        case ValidationError():
            return of_validation(list(error.errors(include_url=False, include_input=False)))
        case HTTPException(status_code=404):
            return Problem(404, "not_found", "there is nothing at this address")
        case HTTPException(status_code=405):
            return Problem(
                405, "method_not_allowed", "nothing at this address is done with this method"
            )
        case HTTPException():
            return Problem(error.status_code, "refused", str(error.detail))
        case StoreConnectionError() | StoreTimeoutError() | OSError():
            return of_store(error)
        case RedisError():
            log.error("store refused a command", exc_info=error)
            return of_store(error)
        case _:
            log.error("unforeseen", exc_info=error)
            return Problem(500, "bug", "nobody foresaw this; it is in the log of the service")
