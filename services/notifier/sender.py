"""One signed POST to one pinned address; redirects are not followed, answers are not read."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import httpx

from services.notifier.addresses import ForbiddenAddressError, Networks, Resolve, pinned, resolve


class Outcome(NamedTuple):
    """How it went. Shape: status 0 where nobody answered, `error` says why."""

    status: int
    took_ms: int
    error: str = ""
    retry_after_s: float | None = None

    @property
    def is_ok(self) -> bool:
        """Whether the subscriber took it."""
        return 200 <= self.status < 300


class Send(Protocol):
    """Sends a body to a URL."""

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send; never raises for what happens outside."""


class Sender:
    """Sends over HTTP, each time to an address that was just checked."""

    def __init__(self, allowed: Networks, timeout_s: float, ask: Resolve = resolve) -> None:
        self._allowed = allowed
        self._timeout_s = timeout_s
        self._ask = ask
        self._http = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context(),
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=1000, max_keepalive_connections=200),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send a body; the outcome says what happened."""
        began = time.monotonic()

        def outcome(status: int, error: str = "", after: float | None = None) -> Outcome:
            return Outcome(status, round((time.monotonic() - began) * 1000), error, after)

        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(httpx.URL(url), headers, body, outcome)
        except ForbiddenAddressError as error:
            return outcome(0, str(error))
        except TimeoutError:
            return outcome(0, f"no answer within {self._timeout_s:g} s")
        except (httpx.HTTPError, OSError, ValueError) as error:
            return outcome(0, f"{type(error).__name__}: {error}"[:200])

    async def _post(
        self, url: httpx.URL, headers: Mapping[str, str], body: bytes, outcome: _Outcome
    ) -> Outcome:
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await pinned(url.host, port, self._allowed, self._ask)
        sent = {
            **headers,
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "User-Agent": "Salespulse-Webhooks/1",
        }
        request = self._http.build_request(
            "POST",
            url.copy_with(host=address),
            headers=sent,
            content=body,
            extensions={"sni_hostname": url.host},
        )
        answer = await self._http.send(request, stream=True)
        await answer.aclose()
        after = answer.headers.get("Retry-After", "")
        error = "" if answer.is_success else f"answered {answer.status_code}"
        return outcome(answer.status_code, error, float(after) if after.isdigit() else None)


class _Outcome(Protocol):
    def __call__(self, status: int, error: str = "", after: float | None = None) -> Outcome: ...
