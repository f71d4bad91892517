"""The services as child processes, each ready when its /readyz says so."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import httpx

from deploy.local.asking import ASK
from deploy.local.process import LOOPBACK, Child, free_port
from schemas.settings import PREFIX, SharedSettings

ServiceName = Literal["ingestor", "aggregator", "query", "notifier"]
ROOT = Path(__file__).parents[2]


def settings_of(name: ServiceName, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an environment sets for one service, without the prefix of its names."""
    own = f"{PREFIX}{name.upper()}_"
    return {key.removeprefix(own): value for key, value in environ.items() if key.startswith(own)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What the services share: where they meet."""

    kafka_bootstrap: str
    redis_url: str = field(repr=False)
    embedded_broker: bool
    topic_prefix: str = ""
    log_level: str = "INFO"
    security: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How broker and store are spoken to, as environment names."""

    def environment(self) -> dict[str, str]:
        """Return the shared settings as environment names."""
        return {
            f"{PREFIX}KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            f"{PREFIX}REDIS_URL": self.redis_url,
            f"{PREFIX}EMBEDDED_BROKER": str(self.embedded_broker).lower(),
            f"{PREFIX}TOPIC_PREFIX": self.topic_prefix,
            f"{PREFIX}LOG_LEVEL": self.log_level,
            **self.security,
        }

    def settings(self) -> SharedSettings:
        """Return the same as settings."""
        return SharedSettings.load(self.environment())


@dataclass
class Service:
    """One service process.

    `settings` are the service's own settings without their prefix, for example
    {"JOURNAL_DIR": "/somewhere"} of the ingestor.
    """

    name: ServiceName
    meeting: Meeting
    directory: Path
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    child: Child = field(init=False)

    def __post_init__(self) -> None:
        self.label = self.label or self.name
        self.child = Child(
            name=self.label,
            command=(sys.executable, "-m", f"services.{self.name}"),
            log_path=self.directory / f"{self.label}.log",
            env=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
        path = inherited.get("PYTHONPATH")
        inherited["PYTHONPATH"] = f"{ROOT}{os.pathsep}{path}" if path else str(ROOT)
        own = f"{PREFIX}{self.name.upper()}_"
        http = "HTTP_" if self.name in {"aggregator", "notifier"} else ""
        return (
            inherited
            | self.meeting.environment()
            | {f"{own}{http}HOST": LOOPBACK}
            | {f"{own}{name}": value for name, value in self.settings.items()}
            | {f"{own}{http}PORT": str(self.port)}
        )

    @property
    def url(self) -> str:
        """Return the base URL of its HTTP interface."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start the process without waiting."""
        self.child.start()

    def wait(self, seconds: float = 60) -> None:
        """Wait until it is ready."""
        self.child.wait_until(self.ready, seconds)

    def ready(self) -> bool:
        """Say whether /readyz answers 200."""
        try:
            return ASK.get(f"{self.url}/readyz", timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Start it, wait until it is ready, and stop it in the end."""
        self.start()
        try:
            self.wait()
            yield self
        finally:
            self.stop()

    def stop(self) -> int | None:
        """Stop it gracefully; return its exit code."""
        return self.child.stop()

    def kill(self) -> None:
        """End it at once by SIGKILL."""
        self.child.kill()
