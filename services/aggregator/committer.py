"""The atomic commit: everything a batch changed, in one script call that the fence guards.

1. The script compares the fence with the offset at which the batch starts, and (for the live
   worker) the served generation with its own. If either differs, nothing is written and what it
   found is answered.
2. Then it writes facts, cells, lists and the change record as *absolute* values; only which facts
   refer to which is added and taken away, as members of sets (relations.py).
3. The fence goes last. A script that fails half-way (out of memory, say) leaves the fence where
   it was, so the same batch is committed again and writes the same values: harmless.

Hence exactly-once effect without Kafka transactions (decision 0003).
"""

from __future__ import annotations

from collections import deque
from typing import Literal

from redis.asyncio import Redis

from services.aggregator.batch import FoldLimits
from services.aggregator.commit import CommitWriter
from services.aggregator.relations import RELATE
from services.aggregator.store import Fence, PartitionStore

_COMMIT = (
    RELATE
    + """
local stands = redis.call('HGET', KEYS[1], 'next') or '0'
if stands ~= ARGV[1] then return {'fence', stands} end
if ARGV[2] ~= '' then
  local served = redis.call('GET', KEYS[2]) or ''
  if served ~= ARGV[2] then return {'generation', served} end
end
for _, command in ipairs(cmsgpack.unpack(ARGV[3])) do redis.call(unpack(command)) end
for _, tenant in ipairs(cmsgpack.unpack(ARGV[10])) do
  for _, relation in ipairs(tenant[2]) do relate(tenant[1], unpack(relation)) end
end
if ARGV[4] ~= '' then
  local id = ARGV[5] .. '-0'
  local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
  if not (last[1] and last[1][1] == id) then
    redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], id, 'c', ARGV[4])
  end
end
redis.call('HSET', KEYS[1], 'next', ARGV[5], 'digest', ARGV[7], 'at_ms', ARGV[8], 'log_ms', ARGV[9])
return {'ok', ARGV[5]}
"""
)


class Refused(Exception):  # noqa: N818 - an answer of the store, not an error
    """The commit was refused: the fence or the served generation stands elsewhere."""

    def __init__(self, what: Literal["fence", "generation"], stands: str) -> None:
        super().__init__(f"commit refused: the {what} stands at {stands!r}")
        self.what = what
        self.stands = stands


class Kept:
    """How many commits the change stream holds: so many, and no more bytes of them than that.

    Laws:   the last one is kept whatever its size. What was written before the worker started is
            not weighed: until the limit is reached once, commits alone are counted.
    """

    def __init__(self, commits: int, size: int) -> None:
        self._commits, self._limit = commits, size
        self._sizes: deque[int] = deque()
        self._held = 0
        self._is_over = False

    def after(self, size: int) -> int:
        """Return how many commits are kept when one more is written. Units: bytes."""
        self._sizes.append(size)
        self._held += size
        while len(self._sizes) > 1 and (
            self._held > self._limit or len(self._sizes) > self._commits
        ):
            self._is_over = self._is_over or self._held > self._limit
            self._held -= self._sizes.popleft()
        return len(self._sizes) if self._is_over else self._commits


class Committer:
    """Sends commits of one partition to the store."""

    def __init__(
        self, redis: Redis, store: PartitionStore, *, muted: bool, limits: FoldLimits
    ) -> None:
        self._script = redis.register_script(_COMMIT)
        self._store = store
        self._muted = muted
        self._kept = Kept(limits.kept_changes, limits.kept_bytes)

    async def commit(self, start: int, fence: Fence, writer: CommitWriter) -> None:
        """Commit a batch that starts at `start`.

        Errors: Refused when the fence or the served generation stands elsewhere; redis errors
                when the outcome is unknown (the same commit may be sent again).
        """
        store = self._store
        commands, related = writer.blobs()
        record = writer.record(store.generation, fence)
        answer = await self._script(
            keys=[store.keys.fence, store.partition_keys.served, store.keys.changes],
            args=[
                start,
                "" if self._muted else store.generation,
                commands,
                record,
                fence.next,
                self._kept.after(len(record)),
                fence.digest,
                fence.at_ms,
                fence.log_ms,
                related,
            ],
        )
        what, stands = (part.decode() for part in answer)
        if what != "ok":
            raise Refused(what, stands)
