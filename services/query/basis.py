"""What a plan may depend on: settings, organisation, words, and who has lists.

All of it is asked for with every answer. What is as it was before is told so by the store in a
few bytes, because a tenant may have thousands of products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE, local_day
from schemas.phones import DEFAULT_REGION
from schemas.tables import FACTS_PER_BUCKET, TenantKeys
from services.query.organisation import Organisation
from services.query.places import Pairs
from services.query.words import Words

Command = tuple[Any, ...]
_META: Final = ("name", "time_zone", "currency", "feeds", "modules_off", "locks", "region")
_FACTS_OF: Final = """
local buckets, order, found = {}, {}, {}
for _, number in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local name = string.format('%d', math.floor(number / ARGV[2]))
  if not buckets[name] then buckets[name] = {}; order[#order + 1] = name end
  local bucket = buckets[name]
  bucket[#bucket + 1] = number
end
table.sort(order)
for _, name in ipairs(order) do
  local facts = redis.call('HMGET', ARGV[1] .. 'f:' .. name, unpack(buckets[name]))
  for _, fact in ipairs(facts) do
    if fact then found[#found + 1] = fact end
  end
end
local digest = redis.sha1hex(table.concat(found))
if digest == ARGV[3] then return {digest} end
return {digest, found}
"""
_PAIRS: Final = """
if redis.call('SCARD', KEYS[1]) == tonumber(ARGV[1]) then return false end
return redis.call('SMEMBERS', KEYS[1])
"""
"""The set of pairs only grows, so it is read again only where it has another size."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a tenant has set, and what it has sent.

    Units:  locks are (first, last) days, both included.
    """

    name: str
    time_zone: str
    currency: str
    feeds: frozenset[str] = frozenset()
    modules_off: frozenset[str] = frozenset()
    locks: tuple[tuple[int, int], ...] = ()
    region: str = DEFAULT_REGION

    def is_fed(self, feed: str) -> bool:
        """Say whether figures of a feed can be told: it was sent, and its module is on (G15)."""
        return not feed or (feed in self.feeds and feed not in self.modules_off)

    def locked(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the parts of a range of days that lie in a locked period."""
        parts = ((max(first, start), min(last, end)) for start, end in self.locks)
        return [part for part in parts if part[0] <= part[1]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan may depend on.

    Units:  since is an offset since which organisation, words and settings have been seen as they
            are.
    """

    generation: str
    keys: TenantKeys
    settings: Settings
    packed_org: frozenset[bytes] = field(default=frozenset(), repr=False)
    org: Organisation = field(default_factory=Organisation, repr=False)
    since: int = 0
    now_ms: int = 0
    packed_words: frozenset[bytes] = field(default=frozenset(), repr=False)
    words: Words = field(default_factory=Words, repr=False)
    pairs: Pairs = field(default_factory=Pairs, repr=False)
    plots: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What an evaluation has worked out on this very basis, for the next of its figures."""
    digests: tuple[bytes, bytes] = field(default=(b"", b""), compare=False, repr=False)
    """Of the packed organisation and words, as the script makes them."""

    @property
    def today(self) -> int:
        """Return the tenant's date (yyyymmdd)."""
        return local_day(self.now_ms, self.settings.time_zone)

    def is_alike(self, other: Basis) -> bool:
        """Say whether a plan made of one is that of the other, without making it again."""
        return self.pairs is other.pairs and (
            (self.generation, self.now_ms) == (other.generation, other.now_ms)
            and self.names_are_alike(other)
        )

    def names_are_alike(self, other: Basis) -> bool:
        """Say whether organisation, words and settings are the same."""
        return (self.packed_org, self.packed_words, self.settings) == (
            other.packed_org,
            other.packed_words,
            other.settings,
        )


def basis_commands(keys: TenantKeys, before: Basis | None) -> list[Command]:
    """Return what to read for a basis, where `before` is known."""
    digests, known = (b"", b""), 0
    if before is not None:
        digests, known = before.digests, len(before.pairs.raw)
    return [
        ("HMGET", keys.meta, *_META),
        *(
            ("EVAL_RO", _FACTS_OF, 1, facts, keys.prefix, FACTS_PER_BUCKET, digest)
            for facts, digest in zip((keys.org, keys.terms), digests, strict=True)
        ),
        ("EVAL_RO", _PAIRS, 1, keys.pairs, known),
    ]


BASIS_REPLIES: Final = 4
"""How many replies `basis_of` takes."""


def basis_of(
    before: Basis | None, keys: TenantKeys, generation: str, replies: Sequence[Any], now_ms: int
) -> Basis:
    """Return the basis of the replies, with those parts of the one before that are the same.

    Units:  its `since` is 0, to be set by who knows the offset.
    """
    meta, (org_digest, *org), (words_digest, *words), pairs = replies
    old = before or Basis(generation, keys, _settings([None] * len(_META)))
    packed_org = frozenset(org[0]) if org else old.packed_org
    packed_words = frozenset(words[0]) if words else old.packed_words
    return Basis(
        generation,
        keys,
        _settings(meta),
        packed_org,
        old.org if packed_org == old.packed_org else Organisation(packed_org),
        0,
        now_ms,
        packed_words,
        old.words if packed_words == old.packed_words else Words(packed_words),
        old.pairs if pairs is None else Pairs(pairs),
        (org_digest, words_digest),
    )


def _settings(meta: list[bytes | None]) -> Settings:
    name, time_zone, currency, feeds, modules_off, locks, region = (
        value.decode() if value else "" for value in meta
    )
    return Settings(
        name,
        time_zone or DEFAULT_TIME_ZONE,
        currency or DEFAULT_CURRENCY,
        frozenset(feeds.split(",")) - {""},
        frozenset(modules_off.split(",")) - {""},
        tuple((int(first), int(last)) for first, last in orjson.loads(locks or b"[]")),
        region or DEFAULT_REGION,
    )
