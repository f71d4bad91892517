"""Local dates and times of a file as instants, and whole-day shifts of them.

A file without zone means the wall clock of the tenant. A time that the clock skips is read with
the offset before the gap, one that it shows twice is the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.calendar import zone
from services.ingestor.translate.item import Event

DAY_FIELDS = (
    "order_date", "valid_from", "voucher_date", "effective_from", "effective_to", "first", "last",
)  # fmt: skip
"""The fields of `data` that are business dates and move with `--as-of`; a birthday does not."""
PLAN_FIELDS = ("start", "end")
"""The fields of `data` that are a business date, or an instant where a time of day is given."""
_NOT_YET = ("effective_from", "effective_to", "first", "last", *PLAN_FIELDS)
"""Plans and terms: they may lie after the last day of a file."""


def instant(text: str, time_zone: str) -> str:
    """Return the RFC 3339 UTC time of '2018-02-26', '2018-02-26 19:58:54' or an aware time.

    Errors: ValueError if the text is no date.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(time_zone))
    return utc_text(moment)


def latest(texts: Iterable[str], time_zone: str) -> str:
    """Return the latest instant of some dates, the extract date of a file; bad dates are left out.

    Laws:   a file without any date is of 1990-01-01, the earliest day an event may have.
    """
    instants = [instant("1990-01-01", "UTC")]
    for text in texts:
        try:
            instants.append(instant(text, time_zone))
        except ValueError:
            continue
    return max(instants)


def utc_text(moment: datetime) -> str:
    """Return an aware instant as the log writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(text: str, seconds: int) -> str:
    """Return the instant some seconds after another one."""
    return utc_text(datetime.fromisoformat(text) + timedelta(seconds=seconds))


def seconds_of(text: str) -> int:
    """Return the seconds of 'hh:mm:ss'.

    Errors: ValueError if it is none.
    """
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    if min(hours, minutes, seconds) < 0 or max(minutes, seconds) > 59:
        raise ValueError(f"'{text}' is not a duration")
    return hours * 3600 + minutes * 60 + seconds


def last_day(item: Event, time_zone: str) -> date | None:
    """Return the latest local day on which an event says something happened, or None.

    Laws:   a deadline or the end of a contract is no such day: it may lie years ahead.
    """
    days: list[date] = []

    def instant_day(text: str) -> str:
        days.append(datetime.fromisoformat(text).astimezone(zone(time_zone)).date())
        return text

    def business_day(text: str) -> str:
        days.append(date.fromisoformat(text))
        return text

    data = item.get("data")
    happened = (
        {name: value for name, value in data.items() if name not in _NOT_YET}
        if isinstance(data, dict)
        else data
    )
    _each_time({**item, "data": happened}, instant_day, business_day)
    return max(days, default=None)


def shifted(item: Event, days: int, time_zone: str) -> Event:
    """Return the event some whole local days later, at the same time of day.

    Laws:   the id stays: a shift goes to a tenant of its own. What is not a time stays as it is,
            also where a time should stand: the ingestor says what is wrong with it.
    """
    local, step = zone(time_zone), timedelta(days=days)

    def move_instant(text: str) -> str:
        wall = datetime.fromisoformat(text).astimezone(local).replace(tzinfo=None)
        return utc_text((wall + step).replace(tzinfo=local))

    def move_day(text: str) -> str:
        return (date.fromisoformat(text) + step).isoformat()

    return _each_time(item, move_instant, move_day)


def _each_time(
    item: Event, on_instant: Callable[[str], str], on_day: Callable[[str], str]
) -> Event:
    def changed(value: Any, change: Callable[[str], str]) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return change(value)
        except (ValueError, OverflowError):
            return value

    def moved(name: str, value: Any) -> Any:
        if name in PLAN_FIELDS:
            is_day = isinstance(value, str) and len(value) == len("2026-11-22")
            return changed(value, on_day if is_day else on_instant)
        if name.endswith("_at"):
            return changed(value, on_instant)
        return changed(value, on_day) if name in DAY_FIELDS else value

    result = dict(item)
    result["time"] = changed(item.get("time"), on_instant)
    data = item.get("data")
    if isinstance(data, dict):
        result["data"] = {name: moved(name, value) for name, value in data.items()}
    if "time" not in item:
        del result["time"]
    return result
