"""The asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_sse import aconnect_sse

from salespulse_client.asking import Day, Question, kpis, question, read, read_facts
from salespulse_client.errors import error_of
from salespulse_client.events import Denied, Event
from salespulse_client.following import AWAY, SILENCE_S, Course
from salespulse_client.models import Answer, Fact, FactsPage, Leaderboard, Scope


class AsyncClient:
    """Reads a query service. Close it, or use it in a `async with` block."""

    def __init__(self, url: str, key: str, *, timeout_s: float = 30.0) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=timeout_s
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _get(self, asked: Question) -> httpx.Response:
        return await self._http.get(asked.path, params=dict(asked.parameters))

    async def kpis(
        self,
        scope: Scope = "company",
        id_: str = "all",
        *,
        metrics: Iterable[str] = (),
        from_: Day = None,
        to: Day = None,
        **more: Any,
    ) -> Answer:
        """Return figures; `more` are the other parameters of docs/api.md, `sub=True` for one."""
        return read(await self._get(kpis(scope, id_, metrics, from_, to, **more)), Answer)

    async def leaderboard(
        self, metric: str, *, department: str = "", from_: Day = None, to: Day = None, **more: Any
    ) -> Leaderboard:
        """Return people ranked by a KPI."""
        asked = question(
            "/v1/leaderboard", metric=metric, department=department, from_=from_, to=to, **more
        )
        return read(await self._get(asked), Leaderboard)

    async def facts_page(self, metric: str, *, cursor: str = "", **more: Any) -> FactsPage:
        """Return one page of the list behind a figure."""
        return read_facts(
            await self._get(question("/v1/facts", metric=metric, cursor=cursor, **more))
        )

    async def facts(self, metric: str, **more: Any) -> AsyncIterator[Fact]:
        """Yield the whole list behind a figure, page by page."""
        page = await self.facts_page(metric, **more)
        for row in page.rows:
            yield row
        while page.next:
            page = await self.facts_page(metric, cursor=page.next, **more)
            for row in page.rows:
                yield row

    async def follow(
        self,
        scope: Scope = "company",
        id_: str = "all",
        *,
        metrics: Iterable[str] = (),
        sub: bool = False,
        alerts: bool = False,
        last_event_id: str = "",
        most_wait_s: float = 30.0,
    ) -> AsyncIterator[Event]:
        """Yield what changes, for ever; a lost connection is told, and resumed where it was.

        Shape:  with `alerts` also those of the scope that are open, whenever they are others.

        Errors: ApiError for a refusal that will not pass.
        """
        place = {"scope": scope, "id": id_, "sub": sub}
        asked = question("/v1/stream", **place, metrics=list(metrics), alerts=alerts)
        course = Course(last_event_id, most_wait_s)
        while True:
            failure: Exception | None = None
            try:
                async for event in self._once(asked, course):
                    yield event
                    if isinstance(event, Denied):
                        return
            except AWAY as error:
                failure = error
            lost = course.lost(failure)
            yield lost
            await asyncio.sleep(lost.retry_s)

    async def _once(self, asked: Question, course: Course) -> AsyncIterator[Event]:
        options: dict[str, Any] = {"params": dict(asked.parameters), "headers": course.headers()}
        async with aconnect_sse(
            self._http, "GET", asked.path, timeout=SILENCE_S, **options
        ) as source:
            if source.response.status_code != httpx.codes.OK:
                await source.response.aread()
                raise error_of(source.response)
            async for sent in source.aiter_sse():
                event = course.take(sent)
                if event is not None:
                    yield event
                course.told(sent)
