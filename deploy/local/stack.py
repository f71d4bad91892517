"""The three services on a broker and a store: started in order, ready, stopped in order.

`salespulse up`, the demo, the integration tests and the benchmarks all use this one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local.apart import run_apart
from deploy.local.broker import Broker
from deploy.local.issuer import Issuer
from deploy.local.process import wait_for
from deploy.local.services import Meeting, Service, ServiceName
from deploy.local.store import EmbeddedStore
from schemas.phones import DEFAULT_REGION
from services.commands.topics import EMBEDDED_PARTITIONS, Plan, ensure

_KEYS_WORK_SECONDS = 30.0
_TAKEN_OVER_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant and its two keys."""

    id: str
    partition: int
    write_key: str
    read_key: str


@dataclass
class Stack:
    """Ingestor, aggregator and query on one broker and one store.

    `settings` are own settings of a service without their prefix. The ingestor is ready before
    the aggregator starts: on an embedded broker it first brings the journal back into the log,
    and a fence that lies beyond the log would stop the aggregator. Persons come with tokens of
    the stack's own `issuer`, unless the query service is told of another.
    """

    broker: Broker
    redis_url: str = field(repr=False)
    directory: Path
    topic_prefix: str = ""
    partitions: int | None = EMBEDDED_PARTITIONS
    admin_token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    log_level: str = "INFO"
    ports: Mapping[ServiceName, int] = field(default_factory=dict)
    settings: Mapping[ServiceName, Mapping[str, str]] = field(default_factory=dict)
    store: EmbeddedStore | None = None
    security: Mapping[str, str] = field(default_factory=dict, repr=False)
    meeting: Meeting = field(init=False)
    ingestor: Service = field(init=False)
    aggregator: Service = field(init=False)
    query: Service = field(init=False)
    issuer: Issuer | None = field(init=False)

    def __post_init__(self) -> None:
        self.meeting = Meeting(
            kafka_bootstrap=self.broker.bootstrap,
            redis_url=self.redis_url,
            embedded_broker=self.broker.embedded,
            topic_prefix=self.topic_prefix,
            log_level=self.log_level,
            security=self.security,
        )
        self.ingestor = self._service("ingestor", {"ADMIN_TOKEN": self.admin_token})
        self.aggregator = self._service(
            "aggregator",
            {"INSTANCE": "worker-1", "GROUP": f"{self.topic_prefix}aggregator"},
        )
        has_issuer = "JWKS" not in self.settings.get("query", {})
        self.issuer = Issuer(self.directory) if has_issuer else None
        self.query = self._service("query", self.issuer.settings() if self.issuer else {})

    def _service(self, name: ServiceName, settings: Mapping[str, str]) -> Service:
        own = {**settings, **self.settings.get(name, {})}
        if name in self.ports:
            return Service(name, self.meeting, self.directory, self.ports[name], own)
        return Service(name, self.meeting, self.directory, settings=own)

    @property
    def services(self) -> tuple[Service, ...]:
        """Return the services in the order in which they start."""
        return (self.ingestor, self.aggregator, self.query)

    @property
    def kafka_bootstrap(self) -> str:
        """Return the address of the broker."""
        return self.broker.bootstrap

    @property
    def ingestor_url(self) -> str:
        """Return the base URL of the ingestor."""
        return self.ingestor.url

    @property
    def query_url(self) -> str:
        """Return the base URL of the query service."""
        return self.query.url

    def start(self) -> None:
        """Create the topics, start the services and wait until all are ready.

        Errors: StartError with the tail of the log of the one that did not come up.
        """
        if self.issuer is not None:
            self.issuer.prepare()
        plan = Plan(prefix=self.topic_prefix, partitions=self.partitions)
        run_apart(ensure(self.meeting.settings().brokers(), plan))
        try:
            self.query.start()
            self.ingestor.start()
            self.ingestor.wait()
            self.aggregator.start()
            self.aggregator.wait()
            self._wait_for_partitions()
            self.query.wait()
        except BaseException:
            self.stop()
            raise

    def _wait_for_partitions(self) -> None:
        """Wait until the worker has taken over the whole log, where its size is known here.

        Errors: StartError: a worker that is ready and idle would leave every figure at rest.
        """
        if self.partitions is None:
            return

        def has_all() -> bool:
            taken = httpx.get(f"{self.aggregator.url}/readyz", timeout=5).json()["partitions"]
            return len(taken) == self.partitions

        self.aggregator.child.wait_until(has_all, _TAKEN_OVER_SECONDS)

    def stop(self) -> None:
        """Stop the services: readers first, then the writer of the log, then the fold."""
        for service in (self.query, self.ingestor, self.aggregator):
            service.stop()

    def create_tenant(
        self,
        name: str | None = None,
        time_zone: str = "Asia/Ho_Chi_Minh",
        currency: str = "VND",
        region: str = DEFAULT_REGION,
    ) -> Tenant:
        """Create a tenant with a new id and wait until its keys work everywhere.

        Errors: httpx.HTTPStatusError where the ingestor refuses; StartError where the keys do not
                reach the store.
        """
        tenant = f"t{secrets.token_hex(4)}"
        wish = {"name": name or tenant, "time_zone": time_zone, "currency": currency}
        return self.create_named_tenant(tenant, {**wish, "region": region})

    def create_named_tenant(self, tenant: str, wish: Mapping[str, str]) -> Tenant:
        """Create the tenant of this id; `wish` has name, time zone, currency and region."""
        answer = httpx.post(
            f"{self.ingestor_url}/v1/tenants",
            headers={"Authorization": f"Bearer {self.admin_token}"},
            json={"id": tenant, **wish},
            timeout=30,
        )
        answer.raise_for_status()
        made = answer.json()
        self._wait_for_key(made["read_key"])
        return Tenant(
            id=tenant,
            partition=made["partition"],
            write_key=made["write_key"],
            read_key=made["read_key"],
        )

    def _wait_for_key(self, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}

        def works() -> bool:
            answer = httpx.get(f"{self.query_url}/v1/tenant", headers=headers, timeout=10)
            return answer.status_code == httpx.codes.OK

        wait_for(works, _KEYS_WORK_SECONDS, "a new tenant's key does not work")
