"""Programs that the documentation shows, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

from deploy.local.services import ROOT

DOCS = ROOT / "docs"
_PATIENCE_S = 60.0


def blocks(page: str, language: str) -> list[str]:
    """Return the code of a language on a page, in order."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL
    )


class Running:
    """A program whose lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._arrived: Queue[str] = Queue()
        assert process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, lines: Iterator[str]) -> None:
        for line in lines:
            self._arrived.put(line.rstrip("\n"))

    def until(self, pattern: str) -> str:
        """Return the next line that matches; fails where none comes."""
        while True:
            try:
                line = self._arrived.get(timeout=_PATIENCE_S)
            except Empty:
                raise AssertionError(f"no line with {pattern!r} among {self.lines}") from None
            self.lines.append(line)
            if re.search(pattern, line):
                return line

    def finish(self) -> list[str]:
        """Wait for its end; return all lines."""
        assert self.process.wait(_PATIENCE_S) == 0
        self._reader.join(_PATIENCE_S)
        while not self._arrived.empty():
            self.lines.append(self._arrived.get())
        return self.lines


@contextmanager
def running(command: Sequence[str], directory: Path, env: Mapping[str, str]) -> Iterator[Running]:
    """Run a program in a folder of its own; it is ended with the block."""
    process = subprocess.Popen(
        list(command),
        cwd=directory,
        env={"PATH": os.environ["PATH"], "HOME": str(directory), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
