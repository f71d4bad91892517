"""What may go wrong."""

from __future__ import annotations

import httpx
import msgspec


class ApiError(Exception):
    """The service refused: an RFC 9457 problem.

    Shape:  `code` is one of docs/api.md, `retry_after_s` where the service named it.
    """

    def __init__(self, status: int, code: str, detail: str, retry_after_s: float | None) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def is_passing(self) -> bool:
        """Whether asking again later may help."""
        return self.status in {429, 502, 503, 504}


def error_of(response: httpx.Response) -> ApiError:
    """Return the problem of a refused answer; its body has to be read already."""
    try:
        problem = msgspec.json.decode(response.content)
        code, detail = str(problem["code"]), str(problem.get("detail", ""))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        code, detail = "no_problem_document", response.text[:200]
    after = response.headers.get("Retry-After", "")
    return ApiError(response.status_code, code, detail, float(after) if after.isdigit() else None)
