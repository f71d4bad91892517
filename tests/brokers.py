"""Which broker the tests run on: an address, else Docker, else the jars, else the embedded one.

SALESPULSE_TEST_KAFKA=host:port names one that runs; SALESPULSE_TEST_BROKER=docker|jars|embedded
forces a kind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from testcontainers.core.container import DockerContainer

from deploy.local.broker import (
    AddressedBroker,
    Broker,
    BrokerKind,
    EmbeddedBroker,
    answers_metadata,
)
from deploy.local.kafka import SHORT_LIVED, VERSION, KafkaFromJars, has_java_and_maven
from deploy.local.process import LOOPBACK, free_port, wait_for
from schemas.brokers import Brokers

IMAGE = f"apache/kafka:{VERSION}"


class KafkaInDocker:
    """One Apache Kafka node of the official image, reached through a published loopback port."""

    kind: BrokerKind = "docker"
    embedded = False

    def __init__(self) -> None:
        self.port = free_port()
        settings = {
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{LOOPBACK}:{self.port}",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": ("CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        }
        self._container = DockerContainer(IMAGE).with_bind_ports(9092, self.port)
        for name, value in settings.items():
            self._container.with_env(name, value)

    @property
    def bootstrap(self) -> str:
        """Return `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start the container and wait for metadata."""
        self._container.start()
        wait_for(lambda: answers_metadata(Brokers(self.bootstrap)), 90, f"{IMAGE} does not answer")

    def stop(self) -> None:
        """Remove the container."""
        self._container.stop()


@cache
def docker_runs() -> bool:
    """Say whether a Docker daemon answers."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    done = subprocess.run([docker, "info"], capture_output=True, check=False, timeout=20)
    return done.returncode == 0


def kind_of(environ: Mapping[str, str]) -> BrokerKind:
    """Choose the kind of broker for this run."""
    forced = environ.get("SALESPULSE_TEST_BROKER")
    match forced:
        case "docker" | "jars" | "embedded":
            return forced
        case str():
            raise ValueError(f"SALESPULSE_TEST_BROKER={forced}: docker, jars or embedded")
        case None:
            pass
    if environ.get("SALESPULSE_TEST_KAFKA"):
        return "address"
    if docker_runs():
        return "docker"
    return "jars" if has_java_and_maven() else "embedded"


def make_broker(kind: BrokerKind, directory: Path) -> Broker:
    """Return a broker of this kind, not yet started."""
    match kind:
        case "address":
            return AddressedBroker(Brokers(os.environ["SALESPULSE_TEST_KAFKA"]))
        case "docker":
            return KafkaInDocker()
        case "jars":
            return KafkaFromJars(directory, options=SHORT_LIVED)
        case "embedded":
            return EmbeddedBroker(directory / "broker.log")
