"""Post batches of events to the ingestor until it has taken them.

Back-pressure is obeyed, not fought: 429 and 503 are waited out as long as Retry-After says. A
batch is sent again after a lost answer; equal events change nothing, so that is safe.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx
import orjson

from schemas.envelope import BATCH_CONTENT_TYPE
from services.ingestor.translate.item import Event

_WAIT_CODES = frozenset({429, 502, 503, 504})
_LONGEST_WAIT_S = 30.0


class PostError(Exception):
    """The ingestor refuses the whole request, or does not answer; the text says what to do."""


class Refused(NamedTuple):
    """One event that the ingestor did not take.

    Shape:  place in the events given; the rest as the ingestor answered.
    """

    place: int
    id: str
    code: str
    detail: str
    pointer: str


class Poster:
    """A connection to the ingestor for one key, hence for one tenant.

    Laws:   a batch is only sent when the one before was acknowledged, so the log keeps the order.
    """

    def __init__(
        self, client: httpx.AsyncClient, url: str, key: str, give_up_s: float = 120
    ) -> None:
        self._client = client
        self._url = url.rstrip("/") + "/v1/events"
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": BATCH_CONTENT_TYPE,
        }
        self._give_up_s = give_up_s

    async def post(self, events: Sequence[Event]) -> list[Refused]:
        """Return what was refused of the events; all others are in the log.

        Errors: PostError if the key is wrong, or nobody answered for `give_up_s`.
        """
        response = await self._answer(events)
        if response.status_code == 413 and len(events) > 1:
            half = len(events) // 2
            first = await self.post(events[:half])
            second = await self.post(events[half:])
            return first + [item._replace(place=item.place + half) for item in second]
        if response.status_code == 413:
            problem = _problem(response)
            return [Refused(0, str(events[0].get("id")), "too_large", problem, "")]
        if response.status_code != 202:
            raise PostError(f"the ingestor answered {response.status_code}: {_problem(response)}")
        answer = response.json()
        return [
            Refused(
                item["index"],
                str(item.get("id") or ""),
                item["code"],
                item["detail"],
                item.get("pointer") or "",
            )
            for item in answer["rejected"]
        ]

    async def _answer(self, events: Sequence[Event]) -> httpx.Response:
        body = orjson.dumps(events)
        clock = asyncio.get_running_loop().time
        deadline, pause = clock() + self._give_up_s, 0.2
        while True:
            try:
                response = await self._client.post(self._url, content=body, headers=self._headers)
            except httpx.TransportError as error:
                wait, why = pause, f"{type(error).__name__}: {error}"
            else:
                if response.status_code not in _WAIT_CODES:
                    return response
                wait = _retry_after(response, pause)
                why = f"{response.status_code}: {_problem(response)}"
            if clock() + wait > deadline:
                raise PostError(f"no acknowledgement from {self._url} ({why})")
            await asyncio.sleep(wait)
            pause = min(pause * 2, 5.0)


def _retry_after(response: httpx.Response, otherwise: float) -> float:
    try:
        wait = float(response.headers.get("Retry-After", otherwise))
    except ValueError:
        return otherwise
    return min(max(wait, 0.0), _LONGEST_WAIT_S)


def _problem(response: httpx.Response) -> str:
    try:
        body: Any = response.json()
    except ValueError:
        return response.text[:200]
    if isinstance(body, dict):
        return str(body.get("detail") or body.get("title") or body)
    return str(body)[:200]
