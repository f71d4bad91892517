"""Keeps a local stack alive: what dies is started again, later each time, and said so.

Order of a stop: query, ingestor, aggregator, store, broker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local.broker import Broker, EmbeddedBroker
from deploy.local.process import Child, StartError
from deploy.local.services import Service
from deploy.local.stack import Stack
from deploy.local.store import EmbeddedStore

_LOOK_SECONDS = 0.5
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0
_HEALTHY_SECONDS = 60.0


@dataclass
class BackOff:
    """How long to wait before the next start of something that keeps dying.

    Laws: doubles from 1 s to 30 s; starts over once it lived for a minute.
    """

    wait_s: float = _FIRST_WAIT_SECONDS
    started_at: float = 0.0

    def next_wait(self, now: float) -> float:
        """Return the seconds to wait now, and double the next."""
        if now - self.started_at > _HEALTHY_SECONDS:
            self.wait_s = _FIRST_WAIT_SECONDS
        wait, self.wait_s = self.wait_s, min(self.wait_s * 2, _LONGEST_WAIT_SECONDS)
        self.started_at = now + wait
        return wait


@dataclass
class Supervisor:
    """A stack with the broker and the store it runs on, and the care for all of them."""

    stack: Stack
    broker: Broker
    store: EmbeddedStore | None
    say: Callable[[str], None]
    restarted: Callable[[], None] = lambda: None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _back_offs: dict[str, BackOff] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Start broker, store and services; return when all are ready.

        Errors: StartError; what was started is stopped again.
        """
        try:
            self.broker.start()
            if self.store is not None:
                self.store.start()
            self.stack.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything in order."""
        self._stopping.set()
        self.stack.stop()
        if self.store is not None:
            self.store.stop()
        self.broker.stop()

    def ask_to_stop(self) -> None:
        """Let watch() return; safe in a signal handler."""
        self._stopping.set()

    def children(self) -> dict[str, Child]:
        """Return the processes by name."""
        named = {service.label: service.child for service in self.stack.services}
        if self.store is not None:
            named["store"] = self.store.child
        if isinstance(self.broker, EmbeddedBroker):
            named["broker"] = self.broker.child
        return named

    def watch(self) -> None:
        """Start again what dies, until somebody asks to stop."""
        while not self._stopping.wait(_LOOK_SECONDS):
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Look at every process once; start again the dead ones whose time has come."""
        for name, child in self.children().items():
            if child.running:
                continue
            if name not in self._due:
                wait = self._back_offs.setdefault(name, BackOff()).next_wait(now)
                self._due[name] = now + wait
                self.say(
                    f"{name} ended with code {child.exit_code}; starting it again in "
                    f"{wait:g} s (log: {child.log_path})"
                )
            elif now >= self._due[name]:
                del self._due[name]
                self._start_again(name)

    def _start_again(self, name: str) -> None:
        try:
            if name == "broker":
                self._renew_broker()
            elif name == "store" and self.store is not None:
                self.store.start()
            else:
                self._service(name).start()
        except (StartError, OSError) as error:
            self.say(f"{name} does not start: {error}")
            return
        self.restarted()
        self.say(f"{name} is started again")

    def _renew_broker(self) -> None:
        """Start a broker that forgot everything; the ingestor brings the journal back."""
        self.stack.stop()
        self.broker.stop()
        self.broker.start()
        self.stack.start()
        self._due.clear()

    def _service(self, name: str) -> Service:
        return next(service for service in self.stack.services if service.label == name)
