"""`make demo`: everything on this machine, a made-up company, and a board that moves.

With --check nobody is needed: events are played for some seconds, every figure is recounted, one
is seen to have moved, and the exit code says whether all of it held. With --data and --format a
real data set takes the company's place, shifted so that its last day is today.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.asking import ASK
from deploy.local.process import Child, StartError, free_port, is_taken
from deploy.local.settings import StackSettings
from deploy.local.up import Running, running
from schemas.settings import PREFIX
from services.commands.connection import read_keys

SEED = 7
HISTORY_DAYS = 14
LIVE_RATE = 8
CHECK_RATE = 40
CHECK_SECONDS = 8
_A_WORKING_DAY_SECONDS = 12 * 3600
STATE = Path(".salespulse") / "demo"
_DATA_ZONE = "UTC"


class DemoError(RuntimeError):
    """The demo cannot show what it should; the text says what failed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to show."""

    check: bool
    data: Path | None
    format_name: str


def main(arguments: list[str]) -> int:
    """Run the demo; return its exit code."""
    wish = _wish(arguments)
    environ = _with_free_ports(os.environ)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with running(environ, STATE, _say, fresh=True) as live:
            _say(f"broker, store and services are up in {STATE}")
            demo = Demo(live, wish)
            if wish.check:
                demo.check()
            else:
                demo.show()
    except (StartError, DemoError) as error:
        _say(f"demo failed: {error}")
        return 1
    except KeyboardInterrupt:
        _say("stopped")
        return 130 if wish.check else 0
    return 0


@dataclass
class Demo:
    """The demo on a running stack."""

    live: Running
    wish: Wish
    began: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Fill, play, recount, compare; a summary at the end.

        Errors: DemoError where a command fails or no figure moved.
        """
        self._fill()
        before = self._count()
        if self.wish.data is None:
            options = (f"--rate={CHECK_RATE}", f"--seconds={CHECK_SECONDS}", "--join")
            self._command("simulate", f"--seed={SEED}", *options)
        self._command("verify", "--wait")
        after = self._count()
        if after <= (0 if self.wish.data else before):
            raise DemoError(f"no figure moved: {before} before, {after} after")
        _say(
            f"\ndemo: figures moved from {before} to {after} and equal a recount of the log; "
            f"{time.monotonic() - self.began:.0f} s after the start of the services\n"
            f"board: {self._board()}"
        )

    def show(self) -> None:
        """Fill, play on, and keep the board open until Ctrl-C."""
        self._fill()
        player = self._player() if self.wish.data is None else None
        try:
            _say(
                f"\nopen the board:  {self._board()}\n"
                f"all boards:      {self.live.stack.query_url}/?key={self._read_key()}\n"
                "Ctrl-C stops everything."
            )
            self.live.supervisor.watch()
        finally:
            if player is not None:
                player.stop()

    def _fill(self) -> None:
        if self.wish.data is None:
            options = (f"--days={HISTORY_DAYS}", "--seconds=0")
            self._command("simulate", f"--seed={SEED}", *options)
            return
        self._command(
            "import",
            str(self.wish.data),
            f"--format={self.wish.format_name}",
            f"--tenant={self.wish.format_name}",
            f"--time-zone={_DATA_ZONE}",
            f"--as-of={self._today():%Y-%m-%d}",
        )

    def _player(self) -> Child:
        options = (f"--rate={LIVE_RATE}", f"--seconds={_A_WORKING_DAY_SECONDS}", "--join")
        player = Child(
            name="live events",
            command=(*self._cli(), "simulate", f"--seed={SEED}", *options),
            log_path=self.live.state / "live.log",
            env=self._environment(),
        )
        player.start()
        return player

    def _command(self, *arguments: str) -> None:
        command = (*self._cli(), *arguments)
        done = subprocess.run(command, env=self._environment(), check=False)  # noqa: S603
        if done.returncode != 0:
            raise DemoError(f"salespulse {arguments[0]} ended with code {done.returncode}")

    @staticmethod
    def _cli() -> tuple[str, ...]:
        return (sys.executable, "-m", "services.cli")

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return own | {f"{PREFIX}CLI_STATE_DIR": str(self.live.state)}

    @staticmethod
    def _today() -> datetime:
        return datetime.now(ZoneInfo(_DATA_ZONE))

    def _tenant(self) -> str:
        if self.wish.data is None:
            return self.live.tenant
        return f"{self.wish.format_name}-asof-{self._today():%Y%m%d}"

    def _read_key(self) -> str:
        return read_keys(self.live.state)[self._tenant()].read_key

    def _board(self) -> str:
        return self.live.board_urls(self._read_key())[0]

    def _count(self) -> int:
        """Return the sum of today's counts: what a moving company makes larger."""
        answer = self._get("/v1/kpis/company/all")
        return sum(
            figure["value"]
            for figure in answer["figures"]
            if figure["unit"] == "count" and figure.get("day") != "now"
        )

    def _get(self, path: str) -> Any:
        answer = ASK.get(
            self.live.stack.query_url + path,
            headers={"Authorization": f"Bearer {self._read_key()}"},
            timeout=30,
        )
        if answer.is_error:
            raise DemoError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()


def _wish(arguments: list[str]) -> Wish:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="run without a person")
    parser.add_argument("--data", type=Path, help="a real data set instead of the made-up company")
    parser.add_argument("--format", default="", help="format of the data set")
    given = parser.parse_args(arguments)
    if (given.data is None) != (not given.format):
        parser.error("--data and --format go together: make demo DATA=path FORMAT=maven-crm")
    return Wish(given.check, given.data, given.format)


def _with_free_ports(environ: Mapping[str, str]) -> dict[str, str]:
    """Choose another port for each default that is in use: a demo should not fail for that."""
    chosen = dict(environ)
    for setting, info in StackSettings.model_fields.items():
        name = f"{PREFIX}STACK_{setting.upper()}"
        if setting.endswith("_port") and name not in environ and is_taken(info.default):
            chosen[name] = str(free_port())
    return chosen


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
