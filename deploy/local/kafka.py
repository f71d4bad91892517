"""Apache Kafka without Docker: its jars by Maven, one KRaft node on loopback.

The jars are fetched once into build/kafka-<version>/lib (54 MB) and reused. Needs java and mvn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.local.broker import BrokerKind, answers_metadata
from deploy.local.once import made_once
from deploy.local.process import LOOPBACK, Child, StartError, accepts, free_port
from schemas.brokers import Brokers

VERSION = "4.1.1"
POM = Path(__file__).with_name("pom.xml")
BUILD = Path(__file__).parents[2] / "build"
LASTING = ("-XX:+UseG1GC",)
"""Options of a virtual machine that runs for long, as Apache Kafka's own scripts start it."""
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of one that ends soon: what the second compiler gains is less than what it costs."""

_CLUSTER_ID = "c2FsZXNwdWxzZS1sb2NhbA"
"""Always the same: every broker here is a cluster of its own. (A random one may begin with '-'.)"""
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
"""


def has_java_and_maven() -> bool:
    """Say whether this machine can run Kafka from its jars."""
    return shutil.which("java") is not None and shutil.which("mvn") is not None


def jars(build: Path = BUILD) -> Path:
    """Return the directory of the jars, fetching them by Maven where they are not there yet.

    Errors: StartError with Maven's own words.
    """

    def fetch(place: Path) -> None:
        maven(POM, "dependency:copy-dependencies", f"-DoutputDirectory={place}")

    return made_once(build / f"kafka-{VERSION}" / "lib", fetch)


def maven(pom: Path, *goals: str) -> None:
    """Run goals of a Maven project.

    Errors: StartError with Maven's own words.
    """
    command = ("mvn", "-q", "-B", "-f", str(pom), *goals)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise StartError(f"Maven on {pom}:\n{done.stdout}{done.stderr}")


class KafkaFromJars:
    """One Apache Kafka node (KRaft), which keeps its log in a directory over restarts.

    Shape:  `options` are those of its virtual machine.
    """

    kind: BrokerKind = "jars"
    embedded = False

    def __init__(
        self, directory: Path, port: int | None = None, *, options: Sequence[str] = LASTING
    ) -> None:
        self.directory = directory
        self._options = options
        self.port = port or free_port()
        self.controller_port = free_port()
        self._properties = directory / "server.properties"
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """Return `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def child(self) -> Child:
        """Return the process.

        Errors: StartError before the first start.
        """
        if self._child is None:
            raise StartError("Apache Kafka was not started")
        return self._child

    def start(self) -> None:
        """Format the log directory where it is new, start the node, wait for metadata."""
        classpath = f"{jars()}{os.sep}*"
        data = self.directory / "log"
        data.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(
            _PROPERTIES.format(
                host=LOOPBACK, port=self.port, controller=self.controller_port, data=data
            )
        )
        java = shutil.which("java") or "java"
        if not (data / "meta.properties").exists():
            self._format(java, classpath)
        log_path = self.directory / "kafka.log"
        self._child = Child(
            name=f"Apache Kafka {VERSION}",
            command=(
                java,
                "-Xms256m",
                "-Xmx1g",
                *self._options,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classpath,
                "kafka.Kafka",
                str(self._properties),
            ),
            log_path=log_path,
        )
        self._child.start()
        self._child.wait_until(
            lambda: accepts(self.port) and answers_metadata(Brokers(self.bootstrap)), seconds=90
        )

    def _format(self, java: str, classpath: str) -> None:
        command = (
            java,
            *SHORT_LIVED,
            "-cp",
            classpath,
            "kafka.tools.StorageTool",
            "format",
            "--standalone",
            "--cluster-id",
            _CLUSTER_ID,
            "-c",
            str(self._properties),
        )
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise StartError(f"formatting the log directory:\n{done.stdout}{done.stderr}")

    def stop(self) -> None:
        """Stop the node; its log stays."""
        if self._child is not None:
            self._child.stop(seconds=30)

    def kill(self) -> None:
        """End the node at once; its log stays as it is."""
        self.child.kill()
