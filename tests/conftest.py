"""What every test may use: a real broker, a real store, and the running services on both."""

from __future__ import annotations

import gc
import os
import secrets
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx._transports.default as transports
import pytest
from hypothesis import HealthCheck, settings

from deploy.local.broker import Broker
from deploy.local.kafka import VERSION
from deploy.local.stack import Stack
from deploy.local.store import EmbeddedStore
from tests.brokers import kind_of, make_broker

_NAMES = {
    "address": "the Kafka of SALESPULSE_TEST_KAFKA",
    "docker": f"Apache Kafka {VERSION} in Docker",
    "jars": f"Apache Kafka {VERSION} from its jars",
    "embedded": "the embedded broker (Tansu)",
}
settings.register_profile(
    "salespulse",
    max_examples=1000 if os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1" else 60,
    deadline=None,  # machines differ
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("salespulse")

transports.create_ssl_context = cache(transports.create_ssl_context)
"""Whom this machine trusts is read once (50 ms of a core), not for every client of every test."""

_BROKER_FIXTURES = frozenset({"broker", "stack", "new_stack"})
_MUST_RUN_IN_CI = frozenset({"kafka", "browser"})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which broker the run used."""
    kind = getattr(terminalreporter.config, "_salespulse_broker", None)
    if kind is not None:
        terminalreporter.write_line(f"broker: {_NAMES[kind]}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let one of several processes tell the one that prints which broker it used.

    A client of aiokafka that is closed while it connects leaves that connection open, once in many
    runs; it is found here, behind the last test, where it would fail a run without a failed test.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["broker"] = getattr(session.config, "_salespulse_broker", None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what such a process has told."""
    kind = getattr(node, "workeroutput", {}).get("broker")
    if kind is not None:
        node.config._salespulse_broker = kind


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Count a skipped broker or browser test as failed in CI: there it has to run."""
    report = yield
    must_run = _BROKER_FIXTURES & set(getattr(item, "fixturenames", ())) or any(
        item.get_closest_marker(name) for name in _MUST_RUN_IN_CI
    )
    if report.skipped and must_run and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"not run in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """Give the broker of this run; tests keep apart by topic prefixes or tenants."""
    kind = kind_of(os.environ)
    request.config._salespulse_broker = kind  # type: ignore[attr-defined]
    chosen = make_broker(kind, tmp_path_factory.mktemp("broker"))
    chosen.start()
    yield chosen
    chosen.stop()


@pytest.fixture(autouse=True)
def _apache_kafka_only(request: pytest.FixtureRequest) -> None:
    """Skip a test marked `kafka` where the run is on the embedded broker."""
    if request.node.get_closest_marker("kafka") and kind_of(os.environ) == "embedded":
        pytest.skip("wants Apache Kafka, this run is on the embedded broker")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """Give a real Valkey to write into at will; no stack runs on it."""
    running = EmbeddedStore(tmp_path_factory.mktemp("store"))
    running.start()
    yield running
    running.stop()


@contextmanager
def _stack_of_its_own(broker: Broker, directory: Path, **options: Any) -> Iterator[Stack]:
    own_store = EmbeddedStore(directory / "store")
    own_store.start()
    made = Stack(
        broker=broker,
        redis_url=own_store.url,
        directory=directory,
        topic_prefix=f"t{secrets.token_hex(3)}-",
        store=own_store,
        **options,
    )
    try:
        yield made
    finally:
        made.stop()
        own_store.stop()


@pytest.fixture(scope="session")
def stack(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give the three running services on a store of their own; a test makes its own tenant."""
    with _stack_of_its_own(broker, tmp_path_factory.mktemp("stack")) as running:
        running.start()
        yield running


@pytest.fixture
def new_stack(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Give a factory of stacks, for tests that break things.

    The factory takes what Stack takes; the store of a stack is `stack.store`. Not started yet.
    """
    with ExitStack() as made:
        numbers = count()

        def make(**options: Any) -> Stack:
            directory = tmp_path / f"stack-{next(numbers)}"
            return made.enter_context(_stack_of_its_own(broker, directory, **options))

        yield make
