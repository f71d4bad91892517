"""`salespulse up` as a person starts it: a process, its output, its state folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.process import Child, free_port
from deploy.local.services import ROOT
from schemas.settings import PREFIX
from services.commands.connection import Note

_START_SECONDS = 90
_PORTS = ("INGESTOR", "AGGREGATOR", "QUERY", "NOTIFIER", "BROKER", "STORE")


@dataclass
class LocalUp:
    """One state folder, on which `salespulse up` may be started again and again."""

    state: Path
    ports: dict[str, str] = field(
        default_factory=lambda: {f"{PREFIX}STACK_{name}_PORT": str(free_port()) for name in _PORTS}
    )
    starts: int = 0
    child: Child | None = None

    def environment(self) -> dict[str, str]:
        """Return the environment of every command beside the stack."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return own | {"PYTHONPATH": str(ROOT), f"{PREFIX}CLI_STATE_DIR": str(self.state)}

    def start(self) -> Child:
        """Start the stack and wait until it says that it is up."""
        self.starts += 1
        self.child = Child(
            name="salespulse up",
            command=(sys.executable, "-u", "-m", "services.cli", "up"),
            log_path=self.state.parent / f"up-{self.starts}.log",
            env=self.environment() | self.ports,
        )
        self.child.start()
        self.child.wait_until(lambda: "Ctrl-C stops" in self.output(), _START_SECONDS)
        return self.child

    def output(self) -> str:
        """Return what the last start has printed so far."""
        return "" if self.child is None else self.child.log_path.read_text()

    def note(self) -> Note:
        """Return what the running stack left for the commands."""
        note = Note.read(self.state)
        assert note is not None
        return note

    def pid_of(self, name: str) -> int:
        """Return the process of a part of the stack: ingestor, broker and so on."""
        return self.note().children[name][0]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside the stack."""
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
