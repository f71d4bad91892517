"""What the operator of the installation asks of the ingestor, with the token they sent along.

The tenants are the ingestor's, and so is the decision who its operator is. This service's own
token never goes along here: whoever is no operator there is none here.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import httpx
import orjson

from services.query.problems import Problem
from services.query.settings import QuerySettings
from services.query.writing import problem_of

log = logging.getLogger(__name__)
TENANTS: Final = "/v1/tenants"
_RETRY_S: Final = 2
_CONNECT_S: Final = 2.0


class Operator:
    """Passes requests on; keeps no token.

    Errors: None where the ingestor does not know the token; Problem 403 `admin_disabled` where it
            has none itself; 503 `writing_unavailable`, `ingestor_unavailable`; what it says of
            the request itself as it says it.
    """

    def __init__(self, settings: QuerySettings) -> None:
        self._client = (
            httpx.AsyncClient(
                base_url=settings.ingestor_url,
                timeout=httpx.Timeout(settings.ingestor_timeout_s, connect=_CONNECT_S),
            )
            if settings.ingestor_url
            else None
        )

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def ask(
        self, token: str, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Ask with a token of whoever asked here."""
        if self._client is None:
            detail = "tenants are not kept here: no ingestor is set (SALESPULSE_QUERY_INGESTOR_URL)"
            raise Problem(503, "writing_unavailable", detail)
        # as the header came: what is in it is nobody's to read but the ingestor's
        headers = {b"authorization": b"Bearer " + token.encode("latin-1")}
        try:
            answer = await self._client.request(method, path, headers=headers, json=body)
        except httpx.TransportError as error:
            log.warning("the ingestor failed: %s", type(error).__name__)
            detail = "the ingestor does not answer; look whether it was done before a new attempt"
            raise Problem(503, "ingestor_unavailable", detail, retry_after=_RETRY_S) from None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return None
        if answer.status_code == httpx.codes.FORBIDDEN:
            detail = "no admin token is set at the ingestor: administration is closed"
            raise Problem(403, "admin_disabled", detail)
        if answer.is_error:
            raise problem_of(answer)
        found: dict[str, Any] = orjson.loads(answer.content)
        return found
