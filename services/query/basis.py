"""What a plan may depend on: settings, organisation, words, and who has lists.

All of it is asked for with every answer. What is as it was before is told so by the store in a
few bytes, because a tenant may have thousands of products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from schemas.ages import Ages
from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE, local_day
from schemas.feeds import is_fed
from schemas.packed_facts import facts_command
from schemas.phones import DEFAULT_REGION
from schemas.tables import TenantKeys
from services.query.aged import Unreadable
from services.query.configuration import Configuration
from services.query.organisation import Organisation
from services.query.places import Pairs
from services.query.words import Words

Command = tuple[Any, ...]
_META: Final = (
    "name",
    "time_zone",
    "currency",
    "feeds",
    "modules_off",
    "locks",
    "region",
    "thresholds",
)
_PAIRS: Final = """
if redis.call('SCARD', KEYS[1]) == tonumber(ARGV[1]) then return false end
return redis.call('SMEMBERS', KEYS[1])
"""
"""The set of pairs only grows, so it is read again only where it has another size."""


_DOCUMENTS: Final = """
local stands = redis.call('HGET', KEYS[1], 'configured') or '0'
if stands == ARGV[1] then return {stands} end
return {stands, redis.call('HGETALL', KEYS[2])}
"""
"""Changes of documents are counted, so they are read again only where the count is another."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a tenant has set, and what it has sent.

    Units:  locks are (first, last) days, both included; thresholds in percent, () where none
            were set.
    """

    name: str
    time_zone: str
    currency: str
    feeds: frozenset[str] = frozenset()
    modules_off: frozenset[str] = frozenset()
    locks: tuple[tuple[int, int], ...] = ()
    region: str = DEFAULT_REGION
    thresholds: tuple[int, ...] = ()

    def is_fed(self, feed: str) -> bool:
        """Say whether figures of a feed can be told (G15)."""
        return is_fed(feed, self.feeds, self.modules_off)

    def locked(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the parts of a range of days that lie in a locked period."""
        parts = ((max(first, start), min(last, end)) for start, end in self.locks)
        return [part for part in parts if part[0] <= part[1]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan may depend on.

    Units:  since is an offset since which organisation, words and settings have been seen as they
            are; within are the departments of which figures of an employee are shown, None for
            all: set by whoever decided who may see it, and heeded by all that counts.
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
    configuration: Configuration = field(default_factory=Configuration, repr=False)
    plots: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What an evaluation has worked out on this very basis, for the next of its figures."""
    ages: Ages | Unreadable | None = field(default=None, compare=False, repr=False)
    """What turns ages into scores of sealed birthdays."""
    digests: tuple[bytes, bytes] = field(default=(b"", b""), compare=False, repr=False)
    """Of the packed organisation and words, as the script makes them."""
    within: frozenset[str] | None = None

    @property
    def today(self) -> int:
        """Return the tenant's date (yyyymmdd)."""
        return local_day(self.now_ms, self.settings.time_zone)

    def narrowed(self, within: frozenset[str] | None) -> Basis:
        """Return the basis on which figures of an employee are those of some departments."""
        return self if within == self.within else replace(self, within=within)

    def is_alike(self, other: Basis) -> bool:
        """Say whether a plan made of one is that of the other, without making it again."""
        return self.pairs is other.pairs and (
            (self.generation, self.now_ms) == (other.generation, other.now_ms)
            and self.names_are_alike(other)
        )

    def is_of_the_same_day(self, other: Basis) -> bool:
        """Say whether what depends on no instant of the day, made of one, is that of the other.

        Laws:   only for what does not ask for `now_ms` or `ages`.
        """
        return (
            self.org is other.org
            and self.pairs is other.pairs
            and self.words is other.words
            and self.configuration is other.configuration
            and (self.keys.prefix, self.settings, self.within, self.today)
            == (other.keys.prefix, other.settings, other.within, other.today)
        )

    def names_are_alike(self, other: Basis) -> bool:
        """Say whether organisation, words and settings are the same."""
        return (self.packed_org, self.packed_words, self.settings, self.configuration.count) == (
            other.packed_org,
            other.packed_words,
            other.settings,
            other.configuration.count,
        )


def basis_commands(keys: TenantKeys, before: Basis | None) -> list[Command]:
    """Return what to read for a basis, where `before` is known."""
    digests, known, count = (b"", b""), 0, ""
    if before is not None:
        digests, known = before.digests, len(before.pairs.raw)
        count = before.configuration.count
    return [
        ("HMGET", keys.meta, *_META),
        *(
            facts_command(facts, keys.prefix, digest)
            for facts, digest in zip((keys.org, keys.terms), digests, strict=True)
        ),
        ("EVAL_RO", _PAIRS, 1, keys.pairs, known),
        ("EVAL_RO", _DOCUMENTS, 2, keys.meta, keys.config, count),
    ]


BASIS_REPLIES: Final = 5
"""How many replies `basis_of` takes."""


def basis_of(
    before: Basis | None, keys: TenantKeys, generation: str, replies: Sequence[Any], now_ms: int
) -> Basis:
    """Return the basis of the replies, with those parts of the one before that are the same.

    Units:  its `since` is 0, to be set by who knows the offset.
    """
    meta, (org_digest, *org), (words_digest, *words), pairs, (count, *documents) = replies
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
        Configuration.read(count, documents[0]) if documents else old.configuration,
        digests=(org_digest, words_digest),
    )


def _settings(meta: list[bytes | None]) -> Settings:
    name, time_zone, currency, feeds, modules_off, locks, region, thresholds = (
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
        tuple(int(percent) for percent in thresholds.split(",") if percent),
    )
