"""`salespulse up`: the whole of Salespulse on this machine, in one command, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from urllib.parse import quote

from deploy.local.asking import ASK
from deploy.local.broker import AddressedBroker, Broker, EmbeddedBroker
from deploy.local.process import StartError, birth, is_taken, wait_for
from deploy.local.services import ServiceName, settings_of
from deploy.local.settings import StackSettings
from deploy.local.stack import Stack
from deploy.local.store import EmbeddedStore
from deploy.local.supervisor import Supervisor
from services.commands.connection import Note, TenantKeys, keep_keys, read_keys

_LEFTOVER_SECONDS = 30.0
_SECURITY = {
    name
    for name, field in StackSettings.names().items()
    if field == "redis_ca_file" or (field.startswith("kafka_") and field != "kafka_bootstrap")
}
_OF_TENANT = {"time_zone", "currency", "region"}


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that is up, and its first tenant."""

    supervisor: Supervisor
    stack: Stack
    state: Path
    tenant: str
    keys: TenantKeys

    def home_url(self) -> str:
        """Return the link of the home page, with the key in it."""
        return f"{self.stack.query_url}/?key={self.keys.read_key}"

    def board_urls(self, read_key: str = "") -> list[str]:
        """Return the wallboard of every department at the top, with the key in the link."""
        key = read_key or self.keys.read_key
        answer = ASK.get(
            f"{self.stack.query_url}/v1/org",
            headers={"Authorization": f"Bearer {key}"},
            timeout=10,
        ).raise_for_status()
        return [
            f"{self.stack.query_url}/board/{quote(department['id'], safe='')}?key={key}"
            for department in answer.json()["departments"]
            if not department["parent_id"]
        ]


@contextmanager
def running(
    environ: Mapping[str, str],
    state: Path,
    say: Callable[[str], None],
    *,
    fresh: bool = False,
) -> Iterator[Running]:
    """Run the stack as long as the block lasts; `fresh` forgets what the state folder holds.

    Errors: StartError with what a person can do: a taken port, a second stack on one state
            folder, a service that does not come up.
    """
    settings = StackSettings.load(environ)
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    with _sole_owner(state):
        _end_leftovers(state, say)
        if fresh:
            _forget(state)
        supervisor = _build(settings, environ, state, say)
        _refuse_taken_ports(settings)
        supervisor.start()
        try:
            _leave_note(supervisor, state)
            supervisor.restarted = lambda: _leave_note(supervisor, state)
            keys = _first_tenant(settings, supervisor.stack, state)
            yield Running(supervisor, supervisor.stack, state, settings.tenant, keys)
        finally:
            supervisor.stop()
            Note.remove(state)


def up(environ: Mapping[str, str], state: Path, say: Callable[[str], None]) -> None:
    """Run the stack until SIGINT or SIGTERM."""
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # while it starts
    with running(environ, state, say) as live:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: live.supervisor.ask_to_stop())
        stack = live.stack
        store = f"store      {stack.redis_url}\n" if live.supervisor.store else ""
        say(
            f"Salespulse is up after {time.monotonic() - began:.1f} s\n\n"
            f"ingestor   {stack.ingestor_url}\n"
            f"query      {stack.query_url}\n"
            f"aggregator {stack.aggregator.url}\n"
            f"notifier   {stack.notifier.url}\n"
            f"broker     {stack.kafka_bootstrap}\n"
            f"{store}"
            f"logs       {live.state}\n\n"
            f"tenant     {live.tenant}\n"
            f"write key  {live.keys.write_key}\n"
            f"read key   {live.keys.read_key}\n\n"
            f"home       {live.home_url()}"
        )
        for url in live.board_urls():
            say(f"board      {url}")
        say("\nCtrl-C stops everything.")
        live.supervisor.watch()
        say("stopping")
    say("stopped")


def _build(
    settings: StackSettings, environ: Mapping[str, str], state: Path, say: Callable[[str], None]
) -> Supervisor:
    broker: Broker
    given = settings.model_fields_set
    if "kafka_bootstrap" in given:
        broker = AddressedBroker(settings.brokers(), embedded=settings.embedded_broker)
    else:
        broker = EmbeddedBroker(state / "broker.log", settings.broker_port)
    store = None
    redis_url = settings.redis_url.get_secret_value()
    if "redis_url" not in given:
        store = EmbeddedStore(state / "store", settings.store_port)
        redis_url = store.url
    own: dict[ServiceName, dict[str, str]] = {
        name: settings_of(name, environ) for name in get_args(ServiceName)
    }
    token = own["ingestor"].setdefault("ADMIN_TOKEN", _kept_secret(state, "admin-token"))
    if broker.embedded:
        own["ingestor"].setdefault("JOURNAL_DIR", str(state / "journal"))
    stack = Stack(
        broker=broker,
        redis_url=redis_url,
        directory=state,
        topic_prefix=settings.topic_prefix,
        partitions=settings.partitions if broker.embedded else None,
        admin_token=token,
        webhook_secret=_kept_secret(state, "webhook-secret"),
        has_notifier=True,
        log_level=settings.log_level,
        ports={
            "ingestor": settings.ingestor_port,
            "aggregator": settings.aggregator_port,
            "query": settings.query_port,
            "notifier": settings.notifier_port,
        },
        settings=own,
        security={name: value for name, value in environ.items() if name in _SECURITY},
    )
    return Supervisor(stack, broker, store, say)


def _refuse_taken_ports(settings: StackSettings) -> None:
    ports = {"ingestor_port", "aggregator_port", "query_port", "notifier_port"}
    if "kafka_bootstrap" not in settings.model_fields_set:
        ports.add("broker_port")
    if "redis_url" not in settings.model_fields_set:
        ports.add("store_port")
    names = {field: name for name, field in StackSettings.names().items()}
    taken = [
        f"port {getattr(settings, field)} is in use; choose another with {names[field]}=..."
        for field in sorted(ports)
        if is_taken(getattr(settings, field))
    ]
    if taken:
        raise StartError("\n".join(taken))


@contextmanager
def _sole_owner(state: Path) -> Iterator[None]:
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartError(f"a stack already runs on {state} (process {lock.read()})") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _forget(state: Path) -> None:
    for path in state.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def _leave_note(supervisor: Supervisor, state: Path) -> None:
    stack = supervisor.stack
    Note(
        ingestor_url=stack.ingestor_url,
        aggregator_url=stack.aggregator.url,
        query_url=stack.query_url,
        kafka_bootstrap=stack.kafka_bootstrap,
        redis_url=stack.redis_url,
        embedded_broker=stack.broker.embedded,
        topic_prefix=stack.topic_prefix,
        admin_token=stack.admin_token,
        pid=os.getpid(),
        children={
            name: (child.pid, born)
            for name, child in supervisor.children().items()
            if child.pid is not None and (born := birth(child.pid)) is not None
        },
    ).write(state)


def _end_leftovers(state: Path, say: Callable[[str], None]) -> None:
    """End what a stack that was itself killed left running: exactly those processes, by id."""
    note = Note.read(state)
    if note is None:
        return

    def left() -> list[int]:
        return [pid for pid, born in note.children.values() if birth(pid) == born]

    for pid in left():
        say(f"ending process {pid}, left over from a stack that was killed")
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not left(), _LEFTOVER_SECONDS, "processes of a killed stack did not end")
    Note.remove(state)


def _kept_secret(state: Path, name: str) -> str:
    path = state / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def _first_tenant(settings: StackSettings, stack: Stack, state: Path) -> TenantKeys:
    kept = read_keys(state).get(settings.tenant)
    if kept is not None:
        return kept
    wish = {"name": settings.tenant, **settings.model_dump(include=_OF_TENANT)}
    made = stack.create_named_tenant(settings.tenant, wish)
    keys = TenantKeys(made.write_key, made.read_key)
    keep_keys(state, settings.tenant, keys)
    return keys
