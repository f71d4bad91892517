"""Show how far a long job is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Shown(Protocol):
    """Something that shows how many of a number are done."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def update(self, done: int) -> None:
        """Show that so many are done."""

    def say(self, text: str) -> None:
        """Print a line beside the progress."""


class Bar:
    """A bar on a terminal."""

    def __init__(self, console: Console, title: str, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._progress.add_task(title, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def update(self, done: int) -> None:
        """Show that so many are done."""
        self._progress.update(self._task, completed=done)

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)


class Lines:
    """A line for each tenth, for logs and pipes."""

    def __init__(self, out: TextIO, title: str, total: int) -> None:
        self._out, self._title, self._total = out, title, total
        self._tenth = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._out.flush()

    def update(self, done: int) -> None:
        """Print a line if another tenth is done."""
        tenth = done * 10 // self._total if self._total else 10
        if tenth > self._tenth:
            self._tenth = tenth
            self.say(f"{self._title}: {done} of {self._total}")

    def say(self, text: str) -> None:
        """Print a line."""
        self._out.write(text + "\n")
        self._out.flush()


def shown(out: TextIO, title: str, total: int) -> Shown:
    """Return a bar if `out` is a terminal, else plain lines."""
    console = Console(file=out)
    return Bar(console, title, total) if console.is_terminal else Lines(out, title, total)
