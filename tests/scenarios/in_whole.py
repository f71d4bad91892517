"""The third driver: HTTP in, Kafka, the aggregator, Redis, HTTP out, with lists and changes.

The query service runs in this process, on a socket, so that its clock is the step's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import orjson
import uvicorn
from redis.asyncio import Redis

from deploy.local.process import LOOPBACK, free_port
from deploy.local.stack import Stack, Tenant
from schemas.calendar import format_day
from schemas.changes import CellChange
from schemas.envelope import BATCH_CONTENT_TYPE
from services.query.app import make_app, make_services
from services.query.settings import QuerySettings
from tests.access.company import Issuer
from tests.scenarios.rounds import AT_ONCE, Clock, play_all, seen, told
from tests.scenarios.sight import Document
from tests.scenarios.story import Event, Question, Story
from tests.scenarios.viewing import View, shown

_TIMEOUT_S = 60
_ALWAYS = {"iat": 0, "exp": 1 << 33}
"""The clock of a story is that of its step."""
_UNLISTED = frozenset({"stage_entries", "mql_entries", "sql_entries"})
"""What may stand in a list once and count twice."""


class WholeHouse:
    """A running stack, and the query service at a clock of its own."""

    def __init__(
        self,
        stack: Stack,
        tenants: Mapping[str, Tenant],
        stories: Sequence[Story],
        url: str,
        issuer: Issuer,
    ) -> None:
        self.issuer = issuer
        self.clock = Clock()
        self.free = asyncio.Semaphore(AT_ONCE)
        self.stack = stack
        self.tenants = tenants
        self.reserved = {story.name for story in stories if story.is_reserved}
        self.redis = Redis.from_url(stack.redis_url)
        self.ingestor = httpx.AsyncClient(base_url=stack.ingestor_url, timeout=_TIMEOUT_S)
        self.query = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S)

    async def close(self) -> None:
        """Close what was opened."""
        await self.redis.aclose()
        await self.ingestor.aclose()
        await self.query.aclose()

    async def post(self, batches: Mapping[str, Sequence[Event]]) -> None:
        """Post the events of each story as one batch that waits until it is applied."""
        await asyncio.gather(*(self._post(*batch) for batch in batches.items() if batch[1]))

    async def _post(self, name: str, events: Sequence[Event]) -> None:
        tenant = self.tenants[name]
        path, key = "/v1/events", tenant.write_key
        if name in self.reserved:
            path, key = f"/v1/tenants/{tenant.id}/events", self.stack.admin_token
        answer = await self.ingestor.post(
            f"{path}?wait=applied",
            headers={"Authorization": f"Bearer {key}", "Content-Type": BATCH_CONTENT_TYPE},
            content=orjson.dumps([event.body(tenant.id) for event in events]),
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        told_back = answer.json()
        assert told_back["rejected"] == [], told_back
        assert told_back["applied"], told_back

    async def read(self, story: Story, question: Question) -> Any:
        """Ask for one figure, and for the list behind it where that must be as long."""
        kpi = question.kpi
        parameters = {"metrics": kpi.name}
        if question.first:
            days = format_day(question.first), format_day(question.last)
            parameters |= {"from": days[0], "to": days[1]}
        if question.by:
            parameters |= {"by": "dimension", "dimension": question.by}
        if question.basis:
            parameters["basis"] = question.basis
        if question.sub:
            parameters["sub"] = "true"
        answer = await self._get(
            story, f"/v1/kpis/{question.scope}/{question.scope_id}", parameters
        )
        figure = answer["figures"][0]
        by = {row["dimension_value"]: row for row in figure.get("by", ())}
        found = seen(question, figure, by)
        if kpi.unit == "count" and kpi.additivity != "ratio" and kpi.name not in _UNLISTED:
            await self._check_list(story, figure)
            for row in by.values():
                await self._check_list(story, row)
        return found

    async def _check_list(self, story: Story, figure: Mapping[str, Any]) -> None:
        if figure["value"] is None or not figure.get("facts"):
            return
        page = await self._get(story, figure["facts"], {})
        assert page["total"] == figure["value"], f"{figure['facts']}: {page['total']} rows"
        assert len(page["rows"]) == min(page["total"], 100)

    async def _get(self, story: Story, path: str, parameters: Mapping[str, str]) -> Any:
        answer = await self._asked(story, path, parameters)
        assert answer.status_code == httpx.codes.OK, f"{path} {parameters}: {answer.text}"
        return answer.json()

    async def get(self, story: Story, url: str) -> Document:
        """Return what an address answers, a refusal too."""
        document: Document = (await self._asked(story, url, {})).json()
        return document

    async def _asked(
        self, story: Story, path: str, parameters: Mapping[str, str]
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tenants[story.name].read_key}"}
        return await self.query.get(path, params=parameters or None, headers=headers)

    async def told(self, story: Story, view: View) -> int | str:
        """Ask over HTTP with the token of somebody; of a stream the first message is taken."""
        token = self.issuer.token(self.tenants[story.name].id, view.viewer, **_ALWAYS)
        path, parameters = view.address
        asked = {"params": parameters, "headers": {"Authorization": f"Bearer {token}"}}
        async with self.free, self.query.stream("GET", path, **asked) as answer:
            if answer.status_code != httpx.codes.OK:
                assert answer.status_code == httpx.codes.FORBIDDEN, await answer.aread()
                return str(orjson.loads(await answer.aread())["code"])
            if view.door != "stream":
                return shown(view.door, await answer.aread())
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    return shown(view.door, line.removeprefix("data:").encode())
        raise AssertionError(f"{view.text}: the stream said nothing")

    async def changes(self, story: Story) -> list[CellChange]:
        """Return what the change stream told of a story so far."""
        tenant = self.tenants[story.name]
        return await told(self.redis, tenant.partition, tenant.id)


async def play_in_whole(stack: Stack, stories: Sequence[Story]) -> dict[str, list[str]]:
    """Play all stories, each in a tenant of its own; return what was seen otherwise."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = pool.map(stack.create_tenant, (story.name for story in stories))
        tenants = dict(zip((story.name for story in stories), made, strict=True))
    with TemporaryDirectory() as folder:
        issuer = Issuer(Path(folder))
        return await _played(stack, tenants, stories, issuer)


async def _played(
    stack: Stack, tenants: Mapping[str, Tenant], stories: Sequence[Story], issuer: Issuer
) -> dict[str, list[str]]:
    async with _asked(stack, issuer) as (url, clock):
        house = WholeHouse(stack, tenants, stories, url, issuer)
        house.clock = clock
        try:
            return await play_all(house, stories)
        finally:
            await house.close()


@asynccontextmanager
async def _asked(stack: Stack, issuer: Issuer) -> Any:
    clock = Clock()
    own = {"KEY_CACHE_S": "0", **issuer.settings, **stack.key_settings()}
    named = {f"SALESPULSE_QUERY_{name}": value for name, value in own.items()}
    environment = stack.meeting.environment() | named
    services = make_services(QuerySettings.load(environment), clock)
    config = uvicorn.Config(
        make_app(services), host=LOOPBACK, port=free_port(), log_config=None, lifespan="on"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    url = f"http://{LOOPBACK}:{config.port}"
    try:
        await _ready(url, serving)
        yield url, clock
    finally:
        services.hub.close()
        server.should_exit = True
        await serving


async def _ready(url: str, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient(base_url=url) as client:
        while not serving.done():
            try:
                if (await client.get("/readyz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    serving.result()
