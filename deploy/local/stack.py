"""The services on a broker and a store: started in order, ready, stopped in order.

`salespulse up`, the demo, the integration tests and the benchmarks all use this one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local.apart import run_apart
from deploy.local.asking import ASK
from deploy.local.broker import Broker
from deploy.local.issuer import Issuer
from deploy.local.process import wait_for
from deploy.local.services import Meeting, Service, ServiceName
from deploy.local.store import EmbeddedStore
from schemas.keystore import create_key_file
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
    the stack's own `issuer`, unless the query service is told of another. The notifier runs where
    it `has_notifier`.
    """

    broker: Broker
    redis_url: str = field(repr=False)
    directory: Path
    topic_prefix: str = ""
    partitions: int | None = EMBEDDED_PARTITIONS
    admin_token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    has_notifier: bool = False
    log_level: str = "INFO"
    ports: Mapping[ServiceName, int] = field(default_factory=dict)
    settings: Mapping[ServiceName, Mapping[str, str]] = field(default_factory=dict)
    store: EmbeddedStore | None = None
    security: Mapping[str, str] = field(default_factory=dict, repr=False)
    meeting: Meeting = field(init=False)
    ingestor: Service = field(init=False)
    aggregator: Service = field(init=False)
    query: Service = field(init=False)
    notifier: Service = field(init=False)
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
        self.ingestor = self._service(
            "ingestor", {"ADMIN_TOKEN": self.admin_token, **self.key_settings()}
        )
        self.aggregator = self._service(
            "aggregator",
            {"INSTANCE": "worker-1", "GROUP": f"{self.topic_prefix}aggregator"},
        )
        has_issuer = "JWKS" not in self.settings.get("query", {})
        self.issuer = Issuer(self.directory) if has_issuer else None
        writing = {"INGESTOR_URL": self.ingestor.url, "INGESTOR_TOKEN": self.admin_token}
        issuing = self.issuer.settings() if self.issuer else {}
        calling = {"WEBHOOK_SECRET": self.webhook_secret}
        self.query = self._service(
            "query", {**issuing, **writing, **calling, **self.key_settings()}
        )
        self.notifier = self._service("notifier", calling)

    @property
    def key_file(self) -> Path:
        """Return the file of the keys, where the services are told of no other store."""
        return self.directory / "keys" / "keys.sqlite"

    @property
    def master_key_file(self) -> Path:
        """Return the file with the key that wraps them."""
        return self.directory / "keys" / "master.key"

    def key_settings(self) -> dict[str, str]:
        """Return where a service of this stack finds the keys."""
        return {"KEY_STORE": str(self.key_file), "KEY_MASTER_FILE": str(self.master_key_file)}

    def _service(self, name: ServiceName, settings: Mapping[str, str]) -> Service:
        own = {**settings, **self.settings.get(name, {})}
        if name in self.ports:
            return Service(name, self.meeting, self.directory, self.ports[name], own)
        return Service(name, self.meeting, self.directory, settings=own)

    @property
    def services(self) -> tuple[Service, ...]:
        """Return the services in the order in which they start."""
        own = (self.ingestor, self.aggregator, self.query)
        return (*own, self.notifier) if self.has_notifier else own

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

    def prepare(self) -> None:
        """Make what the services need before they start: keys and topics."""
        if self.issuer is not None:
            self.issuer.prepare()
        if self.ingestor.settings["KEY_STORE"] == str(self.key_file):
            create_key_file(self.key_file, self.master_key_file)
        plan = Plan(prefix=self.topic_prefix, partitions=self.partitions)
        run_apart(ensure(self.meeting.settings().brokers(), plan))

    def start(self) -> None:
        """Prepare, start the services and wait until all are ready.

        Errors: StartError with the tail of the log of the one that did not come up.
        """
        self.prepare()
        try:
            self.query.start()
            self.ingestor.start()
            self.ingestor.wait()
            self.aggregator.start()
            self.aggregator.wait()
            self._wait_for_partitions()
            if self.has_notifier:
                self.notifier.start()
                self.notifier.wait()
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
            taken = ASK.get(f"{self.aggregator.url}/readyz", timeout=5).json()["partitions"]
            return len(taken) == self.partitions

        self.aggregator.child.wait_until(has_all, _TAKEN_OVER_SECONDS)

    def stop(self) -> None:
        """Stop the services: readers first, then the writer of the log, then the fold."""
        for service in (self.notifier, self.query, self.ingestor, self.aggregator):
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
        answer = ASK.post(
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
            answer = ASK.get(f"{self.query_url}/v1/tenant", headers=headers, timeout=10)
            return answer.status_code == httpx.codes.OK

        wait_for(works, _KEYS_WORK_SECONDS, "a new tenant's key does not work")
