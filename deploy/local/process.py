"""A child process which is started, watched and stopped by its own id, with a log file of its own.

Used by everything that runs locally: broker, store and services. Imports nothing of ours.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.05
_TAIL_BYTES = 4_000


class StartError(RuntimeError):
    """Something did not come up; the text says what, and where its log is."""


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Say whether somebody already listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def accepts(port: int) -> bool:
    """Say whether a connection to a loopback port is accepted."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def birth(pid: int) -> str | None:
    """Return when a process was started, in whatever form; None where it does not run.

    With the id it names one process for ever: ids are used again, and programs rename themselves.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
        asked = ("ps", "-p", str(pid), "-o", "lstart=")
        done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
        return done.stdout.strip() or None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state == "Z" else rest[18]


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait until a condition holds.

    Errors: StartError with the text given where it does not hold in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise StartError(f"{otherwise} after {seconds:g} s")
        time.sleep(_POLL_SECONDS)


@dataclass
class Child:
    """One child process.

    It runs in a session of its own, so that Ctrl-C in a terminal reaches only the command that
    started it, which then stops its children in the right order.
    """

    name: str
    command: Sequence[str]
    log_path: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process; its output is appended to the log file."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """Return the process id, or None where it never ran."""
        return None if self._process is None else self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Return the exit code of a process that ended, else None."""
        return None if self._process is None else self._process.poll()

    @property
    def running(self) -> bool:
        """Say whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until the process answers.

        Errors: StartError where it ends first or does not answer in time; with the log's tail.
        """

        def answers() -> bool:
            if not self.running:
                raise StartError(f"{self.name} ended with code {self.exit_code}\n{self.tail()}")
            return ready()

        try:
            wait_for(answers, seconds, f"{self.name} is not ready")
        except StartError as error:
            if self.running:
                raise StartError(f"{error}\n{self.tail()}") from None
            raise

    def stop(self, seconds: float = 15.0) -> int | None:
        """Ask the process to end, kill it where it does not, and return its exit code."""
        if self._process is None:
            return None
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.wait()

    def kill(self) -> None:
        """End the process at once by SIGKILL, as a power cut would."""
        if self._process is not None and self.running:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def tail(self) -> str:
        """Return the end of the log, and where the whole of it is."""
        if not self.log_path.exists():
            return f"no log at {self.log_path}"
        with self.log_path.open("rb") as log:
            log.seek(max(0, self.log_path.stat().st_size - _TAIL_BYTES))
            text = log.read().decode(errors="replace")
        return f"{text}\n(log: {self.log_path})"
