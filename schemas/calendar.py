"""The business day: from an instant to the local date of a tenant (G1).

The one place where instants become days. A day is an integer yyyymmdd, because it is a key,
sorts as a number and is readable in Redis. Day 0 means 'now' (gauges).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DEFAULT_TIME_ZONE = "Asia/Ho_Chi_Minh"
DEFAULT_CURRENCY = "VND"
NOW = 0
"""The day of a gauge: it has no date, it is as of now."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone; raises KeyError (ZoneInfoNotFoundError) or ValueError."""
    return ZoneInfo(name)


_SLOT_MS = 60_000
"""Since 1990 every zone's offset is, and changes at, whole minutes (Newfoundland at 00:01)."""


@lru_cache(maxsize=65536)
def _day_of_slot(slot: int, time_zone: str) -> int:
    moment = datetime.fromtimestamp(slot * _SLOT_MS / 1000, zone(time_zone))
    return moment.year * 10000 + moment.month * 100 + moment.day


def local_day(at_ms: int, time_zone: str) -> int:
    """Return the local date of an instant.

    Shape:  (milliseconds since 1970 UTC, IANA zone) -> yyyymmdd.
    """
    return _day_of_slot(at_ms // _SLOT_MS, time_zone)


@lru_cache(maxsize=65536)
def day_start(day: int, time_zone: str) -> int:
    """Return the first millisecond (since 1970 UTC) of a local day (yyyymmdd)."""
    return round(datetime.combine(to_date(day), time(), zone(time_zone)).timestamp() * 1000)


@lru_cache(maxsize=65536)
def day_end(day: int, time_zone: str) -> int:
    """Return the last millisecond (since 1970 UTC) of a local day (yyyymmdd)."""
    following = datetime.combine(to_date(day) + timedelta(days=1), time(), zone(time_zone))
    return round(following.timestamp() * 1000) - 1


@lru_cache(maxsize=8192)
def parse_time(text: str) -> int:
    """Return milliseconds since 1970 UTC of an RFC 3339 time as the log writes it."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def parse_day(text: str) -> int:
    """Return yyyymmdd of an ISO date '2026-11-22'."""
    return int(text[:4] + text[5:7] + text[8:10])


def format_time(at_ms: int) -> str:
    """Return an RFC 3339 UTC time with milliseconds, '2026-11-22T14:03:22.120Z'."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=8192)
def format_day(day: int) -> str:
    """Return the ISO date of yyyymmdd."""
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def to_date(day: int) -> date:
    """Return the `date` of yyyymmdd."""
    return date(day // 10000, day // 100 % 100, day % 100)


def from_date(value: date) -> int:
    """Return yyyymmdd of a `date`."""
    return value.year * 10000 + value.month * 100 + value.day


def days_between(first: int, last: int) -> list[int]:
    """Return every day from first to last, both included; empty if reversed."""
    start, end = to_date(first), to_date(last)
    return [from_date(start + timedelta(n)) for n in range((end - start).days + 1)]
