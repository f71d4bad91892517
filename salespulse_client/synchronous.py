"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_sse import connect_sse

from salespulse_client.asking import Day, Question, kpis, question, read, read_facts
from salespulse_client.errors import error_of
from salespulse_client.events import Denied, Event
from salespulse_client.following import AWAY, SILENCE_S, Course
from salespulse_client.models import Answer, Fact, FactsPage, Leaderboard, Scope


class Client:
    """Reads a query service. Close it, or use it in a `with` block."""

    def __init__(self, url: str, key: str, *, timeout_s: float = 30.0) -> None:
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=timeout_s
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _get(self, asked: Question) -> httpx.Response:
        return self._http.get(asked.path, params=dict(asked.parameters))

    def kpis(
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
        return read(self._get(kpis(scope, id_, metrics, from_, to, **more)), Answer)

    def leaderboard(
        self, metric: str, *, department: str = "", from_: Day = None, to: Day = None, **more: Any
    ) -> Leaderboard:
        """Return people ranked by a KPI."""
        asked = question(
            "/v1/leaderboard", metric=metric, department=department, from_=from_, to=to, **more
        )
        return read(self._get(asked), Leaderboard)

    def facts_page(self, metric: str, *, cursor: str = "", **more: Any) -> FactsPage:
        """Return one page of the list behind a figure."""
        return read_facts(self._get(question("/v1/facts", metric=metric, cursor=cursor, **more)))

    def facts(self, metric: str, **more: Any) -> Iterator[Fact]:
        """Yield the whole list behind a figure, page by page."""
        page = self.facts_page(metric, **more)
        yield from page.rows
        while page.next:
            page = self.facts_page(metric, cursor=page.next, **more)
            yield from page.rows

    def follow(
        self,
        scope: Scope = "company",
        id_: str = "all",
        *,
        metrics: Iterable[str] = (),
        sub: bool = False,
        alerts: bool = False,
        last_event_id: str = "",
        most_wait_s: float = 30.0,
    ) -> Iterator[Event]:
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
                for event in self._once(asked, course):
                    yield event
                    if isinstance(event, Denied):
                        return
            except AWAY as error:
                failure = error
            lost = course.lost(failure)
            yield lost
            time.sleep(lost.retry_s)

    def _once(self, asked: Question, course: Course) -> Iterator[Event]:
        options: dict[str, Any] = {"params": dict(asked.parameters), "headers": course.headers()}
        with connect_sse(self._http, "GET", asked.path, timeout=SILENCE_S, **options) as source:
            if source.response.status_code != httpx.codes.OK:
                source.response.read()
                raise error_of(source.response)
            for sent in source.iter_sse():
                event = course.take(sent)
                if event is not None:
                    yield event
                course.told(sent)
