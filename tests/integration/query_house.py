"""The company of the query tests, every figure counted by hand, and the service that serves it.

Today is Sunday 2026-11-22, noon in Ho Chi Minh City; money is VND.

```
sales ── an (since ever), chi (since 16 Nov, before in hanoi), dung (inactive)
 └ hanoi ── binh
east <-> west   (a cycle of parents), nobody in it
```
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import orjson
import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.broker import Broker
from deploy.local.process import LOOPBACK, free_port
from schemas.calendar import NOW, parse_time
from schemas.facts import Amount, Call, Customer, Email, Opportunity, Order, Term
from services.query.app import make_app, make_services
from services.query.services import Services
from services.query.settings import QuerySettings
from tests.integration.query_seed import Clock, Line, Seed, customer, department, person

TODAY = 20261122
NOON = parse_time("2026-11-22T05:00:00Z")
HOUR = 3_600_000


@dataclass
class House:
    """A running query service over a seeded partition."""

    seed: Seed
    services: Services
    url: str
    key: str
    clock: Clock

    async def get(
        self, path: str, *, bearer: str | None = None, **parameters: str
    ) -> httpx.Response:
        """Ask, with the key of the house unless another is given."""
        key = self.key if bearer is None else bearer
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            return await client.get(path, params=parameters or None, headers=headers)


def order(
    number: int, owner: str, day: int, amount: int, currency: str = "VND", *, approved: bool = True
) -> Order:
    """Return an order of customer acme."""
    at = parse_time(f"{day // 10000}-{day // 100 % 100:02d}-{day % 100:02d}T03:00:00Z")
    return Order(
        f"o{number}",
        number,
        created=(1, at, day),
        order_day=(1, day),
        owner=(1, owner),
        customer=(1, "acme"),
        total=(1, Amount(amount, currency)),
        approval=(2, "approved", at + HOUR, day, "head") if approved else None,
    )


def furnish(seed: Seed) -> None:
    """Write the company: organisation, facts, and every contribution by hand."""
    at = NOON - HOUR
    seed.facts(
        department(1, "sales"),
        department(2, "hanoi", "sales"),
        department(3, "east", "west"),
        department(4, "west", "east"),
        person(5, "an", (20260101, "sales")),
        person(6, "binh", (20260101, "hanoi")),
        person(7, "chi", (20260101, "hanoi"), (20261116, "sales")),
        person(8, "dung", (20260101, "sales"), active=False),
    )
    acme = Customer(
        "acme",
        10,
        created=(1, at - 48 * HOUR, 20261120, "an"),
        known=True,
        owners=((1, at - 48 * HOUR, 20261120, "an"), (2, at, TODAY, "binh")),
        stages=(
            (1, at - 48 * HOUR, 20261120, "lead", "an"),
            (2, at - 24 * HOUR, 20261121, "hot", "an"),
        ),
        profile={"name": (1, "Acme Ltd"), "source_ids": (1, ["web"]), "industry": (1, "food")},
    )
    call = Call(
        "c1",
        11,
        who=(1, "outbound", "an", "acme", "0901", None, ""),
        agent="an",
        customers=("acme",),
        connected=(1, at, TODAY),
        ended=(2, at + 90_000, TODAY, 90),
    )
    missed = Call(
        "c2",
        12,
        who=(1, "inbound", "an", "acme", "0901", None, ""),
        agent="an",
        customers=("acme",),
        started=(1, at, TODAY),
        ended=(2, at + 20_000, TODAY, 0),
    )
    answered = Call(
        "c3",
        13,
        who=(1, "inbound", "binh", None, "0902", None, ""),
        agent="binh",
        started=(1, at, TODAY),
        connected=(1, at + 8_000, TODAY),
        ended=(2, at + 68_000, TODAY, 60),
    )
    mail = Email("m1|a@b.c", 14, who=(1, "binh", "acme"), opened=(at, TODAY))
    deal = Opportunity(
        "p1",
        15,
        created=(1, at - 24 * HOUR, 20261121),
        owner=(1, "an"),
        customer=(1, "acme"),
        value=(1, Amount(7_000_000, "VND")),
    )
    seed.facts(
        acme,
        call,
        missed,
        answered,
        mail,
        deal,
        customer(16, "bolt", at, TODAY, "an"),
        order(21, "an", TODAY, 1_000_000),
        order(22, "an", TODAY, 500_000),
        order(23, "binh", TODAY, 2_500, "USD"),
        order(24, "chi", 20261110, 400_000),
        order(25, "chi", 20261120, 300_000),
        order(26, "an", 20261015, 700_000),
        order(27, "ghost", TODAY, 100_000),
        order(28, "an", 20261130, 50_000),
        Term("metric:revenue", 40, definition=(1, "What the customers paid for.")),
        Term("source:web", 41, profile=(1, "Web shop", (), 0, True)),
        about={10: [11, 12, 14, 15, 21, 22]},
    )
    lines = [
        Line("customers_new", "sales", "an", TODAY, 1, (16,)),
        Line("customers_new|source:web", "sales", "an", TODAY, 1, (16,)),
        Line("customers_new", "hanoi", "binh", 20261120, 1, (10,)),
        Line("customers_assigned", "hanoi", "binh", NOW, 1, (10,)),
        Line("customers_assigned|source:web", "hanoi", "binh", NOW, 1, (10,)),
        Line("customers_assigned", "sales", "an", NOW, 1, (16,)),
        Line("customers_assigned|source:web", "sales", "an", NOW, 1, (16,)),
        Line("calls_outbound", "sales", "an", TODAY, 1, (11,)),
        Line("talk_seconds_outbound", "sales", "an", TODAY, 90),
        Line("calls_inbound_offered", "sales", "an", TODAY, 1, (12,)),
        Line("calls_inbound_missed", "sales", "an", TODAY, 1, (12,)),
        Line("calls_inbound_offered", "hanoi", "binh", TODAY, 1, (13,)),
        Line("calls_inbound_answered", "hanoi", "binh", TODAY, 1, (13,)),
        Line("talk_seconds_inbound", "hanoi", "binh", TODAY, 60),
        Line("answer_wait_seconds_inbound", "hanoi", "binh", TODAY, 8),
        Line("emails_opened", "hanoi", "binh", TODAY, 1, (14,)),
        Line("pipeline_open", "sales", "an", NOW, 1, (15,)),
        Line("pipeline_value|currency:VND", "sales", "an", NOW, 7_000_000),
    ]
    for number, place, who, day, amount, currency in (
        (21, "sales", "an", TODAY, 1_000_000, "VND"),
        (22, "sales", "an", TODAY, 500_000, "VND"),
        (23, "hanoi", "binh", TODAY, 2_500, "USD"),
        (24, "hanoi", "chi", 20261110, 400_000, "VND"),
        (25, "sales", "chi", 20261120, 300_000, "VND"),
        (26, "sales", "an", 20261015, 700_000, "VND"),
        (27, "-", "ghost", TODAY, 100_000, "VND"),
        (28, "sales", "an", 20261130, 50_000, "VND"),
    ):
        lines += [
            Line("orders_approved", place, who, day, 1, (number,)),
            Line("orders_approved|source:web", place, who, day, 1, (number,)),
            Line("orders_approved@created_at", place, who, day, 1, (number,)),
            Line(f"revenue|currency:{currency}", place, who, day, amount),
            Line(f"revenue|currency:{currency},source:web", place, who, day, amount),
        ]
        seed.visits("orders_approved", place, who, day, 10)
    for line in lines:
        seed.commit(line)
    seed.scores("customers_contacted", "hanoi", "binh", n10=TODAY)
    seed.scores("customers_contacted", "sales", "an", n16=0)


@contextlib.asynccontextmanager
async def open_house(broker: Broker, redis_url: str, **settings: str) -> AsyncIterator[House]:
    """Seed a partition of its own and serve it over a real socket."""
    clock = Clock(NOON)
    prefix = f"q{secrets.token_hex(3)}-"
    seed = Seed(redis_url, secrets.randbelow(1_000_000), "acme", clock)
    seed.serve()
    furnish(seed)
    await enter(broker, prefix, seed)
    environment = {
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "REDIS_URL": redis_url,
        "TOPIC_PREFIX": prefix,
        "EMBEDDED_BROKER": str(broker.embedded).lower(),
        "QUERY_KEY_CACHE_S": "0",
        "QUERY_HEARTBEAT_S": "0.1",
        **settings,
    }
    loaded = QuerySettings.load({f"SALESPULSE_{k}": v for k, v in environment.items()})
    services = make_services(loaded, clock)
    config = uvicorn.Config(
        make_app(services),
        host=LOOPBACK,
        port=int(settings.get("QUERY_PORT", 0)) or free_port(),
        log_config=None,
        lifespan="on",
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    url = f"http://{LOOPBACK}:{config.port}"
    house = House(seed, services, url, seed.api_key("k1", "query"), clock)
    try:
        await _ready(house, serving)
        yield house
    finally:
        services.hub.close()
        server.should_exit = True
        await serving
        seed.close()


async def _ready(house: House, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not serving.done():
            with contextlib.suppress(httpx.TransportError):
                if (await house.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    serving.result()


async def enter(broker: Broker, prefix: str, seed: Seed) -> None:
    """Make the topics that a query service looks for; write the tenant into its directory."""
    topic = f"{prefix}tenant-directory"
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1), NewTopic(f"{prefix}audit", 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, enable_idempotence=False)
    await producer.start()
    value = {"tenant": seed.tenant, "partition": seed.partition, "name": "Acme", "created_at": ""}
    await producer.send_and_wait(topic, orjson.dumps(value), key=seed.tenant.encode())
    await producer.stop()
