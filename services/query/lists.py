"""The list behind a figure: one script walks it, so a page is of one version.

Rows are in order of (day or score, fact number, pair, part), all ascending: of what happens day
by day the new comes last, so a page once read stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import orjson

from schemas.calendar import NOW, days_between, to_date
from schemas.facts import AnyFact, unpack
from schemas.tables import COMPANY_ID, FACTS_PER_BUCKET, Scope, TenantKeys, encode, parse_pair
from schemas.tagged_terms import kind_of
from services.query import list_scripts, list_scripts_journey
from services.query.basis import Command
from services.query.cursors import read_cursor
from services.query.list_sources import (
    Flow,
    ListSource,
    Postings,
    Scored,
    Stock,
    Visits,
    visited_value,
)
from services.query.periods import Period, months_between
from services.query.problems import Problem, invalid

_FEW_DAYS: Final = 93
"""So many days are asked for one by one; of a longer range, those on which there is something."""
_columns = msgspec.msgpack.Decoder(tuple[list[int], list[int], list[str], list[str], list[int]])


class Whose(NamedTuple):
    """Whose list: of all ids together; `within` only while in these departments."""

    scope: Scope
    ids: tuple[str, ...]
    within: tuple[str, ...] | None = None


class RowKey(NamedTuple):
    """Which row.

    Units:  day is yyyymmdd, 0 = now; of a list scored by time it is ms since 1970 UTC.
    Shape:  pair '<department>:<employee>', '' where several may be meant; part is the stored
            name of the list, '' where there is but one; times is 0 where nothing is counted.
    """

    day: int
    number: int
    pair: str = ""
    part: str = ""
    times: int = 0


class Row(NamedTuple):
    """One row of a list."""

    key: RowKey
    fact: AnyFact

    @property
    def place(self) -> tuple[str, str] | None:
        """Return (department, employee), None where several may be meant."""
        return parse_pair(self.key.pair) if self.key.pair else None


START = RowKey(-1, 0)


def command(  # noqa: PLR0917 - the parts of one question
    keys: TenantKeys, source: ListSource, whose: Whose, after: RowKey, limit: int, longest: int
) -> Command:
    """Return the command that reads a page of a list, and how long the whole list is."""
    return _command(keys, source, whose, {"after": after[:4], "limit": limit, "longest": longest})


def page(reply: Any, limit: int, longest: int) -> tuple[int, list[Row], bool]:
    """Read the reply: length of the whole list, the rows of this page, whether there are more."""
    total, found = reply
    if total < 0:
        detail = f"{found} facts stand behind this figure; filter by currency a shorter range"
        raise invalid("list_too_long", detail, "dimension", limit=longest)
    rows = [
        Row(RowKey(day, number, pair.decode(), part.decode(), times), unpack(packed))
        for day, number, pair, part, times, packed in found[:limit]
    ]
    return total, rows, len(found) > limit


def numbers_command(keys: TenantKeys, source: ListSource, whose: Whose, most: int) -> Command:
    """Return the command that reads all rows of a list without their facts, at one version."""
    return _command(
        keys, source, whose, {"after": START[:4], "limit": 0, "longest": most, "most": most}
    )


def all_numbers(reply: Any, most: int) -> list[RowKey]:
    """Read the reply of `numbers_command`, in the order of the list.

    Errors: Problem `list_too_long`, with the limit.
    """
    total, found = reply
    if total < 0:
        detail = f"{found} rows stand behind this figure; ask for a shorter range"
        raise invalid("list_too_long", detail, "from", limit=most)
    if not total:
        return []
    return sorted(map(RowKey, *_columns.decode(found)))


def facts_command(keys: TenantKeys, rows: Sequence[RowKey]) -> Command:
    """Return the command that reads the facts of some rows."""
    numbers = [row.number for row in rows]
    return ("EVAL_RO", list_scripts.FACTS, 0, keys.prefix, FACTS_PER_BUCKET, *numbers)


def rows_of(rows: Sequence[RowKey], reply: Sequence[bytes]) -> list[Row]:
    """Join rows with the reply of their `facts_command`.

    Errors: Problem `cursor_expired` where the facts are gone: the figures were rebuilt.
    """
    if len(reply) != len(rows) or not all(reply):
        raise Problem(410, "cursor_expired", "the figures were rebuilt meanwhile; begin again")
    return [Row(key, unpack(packed)) for key, packed in zip(rows, reply, strict=True)]


def place_after(cursor: str, generation: str, mark: str) -> RowKey:
    """Return where a cursor goes on; Problem as `read_cursor` says."""
    found = read_cursor(cursor, generation, mark, (int, int, str, str))
    return START if found is None else RowKey(*found)


def _command(keys: TenantKeys, source: ListSource, whose: Whose, wanted: dict[str, Any]) -> Command:
    script, told = _told(keys, source)
    want = {
        "prefix": keys.prefix,
        "bucket": FACTS_PER_BUCKET,
        "scope": whose.scope,
        "chosen": [encode(name) for name in whose.ids],
        **({} if whose.within is None else {"within": [encode(name) for name in whose.within]}),
        **told,
        **wanted,
    }
    return ("EVAL_RO", script, 1, keys.pairs, orjson.dumps(want))


def _told(keys: TenantKeys, source: ListSource) -> tuple[str, dict[str, Any]]:
    """Return the script that walks a source, and what it is told of it."""
    match source:
        case Postings(lists=lists):
            first = min((found.first for found in lists), default=NOW)
            last = max((found.last for found in lists), default=NOW)
            is_split = any(found.split for found in lists)
            return list_scripts.POSTINGS, {
                "lists": [found._asdict() for found in lists],
                "first": first,
                "last": last,
                "days": _few_days(first, last),
                "months": months_between(first, last) if is_split else [],
                "company": COMPANY_ID,
                "currency": source.currency,
                "money": source.money,
            }
        case Scored():
            return list_scripts.SCORED, {
                "scored": source.scored,
                "windows": [list(window) for window in source.scores or source.windows],
                "once": source.once,
            }
        case Visits(period=period):
            return list_scripts.VISITS, {
                "visits": source.visits,
                "unless": source.unless,
                "value": visited_value(source),
                "first": period.first,
                "last": period.last,
                "months": months_between(*period),
                "least": source.least,
                "most_times": source.most,
            }
        case Flow(period=period):
            return list_scripts_journey.FLOW, {
                "name": source.name,
                "unless": source.unless,
                **_parted(keys, source, period),
            }
        case Stock(since=since):
            return list_scripts_journey.STOCK, {
                "of": source.of,
                "entered": source.entered,
                "left": source.left,
                "day": source.day,
                **_parted(keys, source, since),
            }


def _few_days(first: int, last: int) -> list[str]:
    """Return the days of a range as keys name them; none of one that is long, or of now."""
    if first == NOW or (to_date(last) - to_date(first)).days >= _FEW_DAYS:
        return []
    return [str(day) for day in days_between(first, last)]


def _parted(keys: TenantKeys, source: Flow | Stock, period: Period) -> dict[str, Any]:
    """Return what is told of the days and parts whose flows are walked."""
    return {
        "split": source.split,
        "word": kind_of(source.split),
        "words": keys.words,
        "part": source.part,
        "first": period.first,
        "last": period.last,
    }
