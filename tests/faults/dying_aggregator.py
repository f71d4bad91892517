"""The aggregator, with an accident at a named point of its n-th commit.

    python -m tests.faults.dying_aggregator before|after|unanswered|publishing|published N

`before`: killed by SIGKILL when everything is ready to be committed; `after`: killed when the
script has run and nothing else; `unanswered`: every N-th commit runs, and its answer is lost.
`publishing`, `published`: killed in the middle of the n-th round of the relay, or when Kafka has
it and the position of the relay is not written yet.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import redis.exceptions

from services.aggregator.__main__ import main
from services.aggregator.committer import Committer
from services.aggregator.relay import Relay

_commit = Committer.commit
_count = 0


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _with_accident(point: str, number: int) -> Any:
    async def commit(self: Committer, *arguments: Any) -> None:
        global _count  # noqa: PLW0603 - one process, one count
        _count += 1
        if point == "before" and _count == number:
            _die()
        await _commit(self, *arguments)
        if point == "after" and _count == number:
            _die()
        if point == "unanswered" and _count % number == 0:
            raise redis.exceptions.ConnectionError("the answer was lost")

    return commit


_put = Relay._put
_rounds = 0


def _with_relay_accident(point: str, number: int) -> Any:
    async def put(self: Relay, values: Any) -> None:
        global _rounds  # noqa: PLW0603 - one process, one count
        every = list(values)
        _rounds += bool(every)
        if _rounds == number and point == "publishing":
            await _put(self, every[: len(every) // 2])
            _die()
        await _put(self, every)
        if _rounds == number and point == "published":
            _die()

    return put


if __name__ == "__main__":
    Committer.commit = _with_accident(sys.argv[1], int(sys.argv[2]))  # type: ignore[method-assign]
    Relay._put = _with_relay_accident(sys.argv[1], int(sys.argv[2]))  # type: ignore[method-assign]
    main()
