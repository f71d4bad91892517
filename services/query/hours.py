"""The course of a day: at which hour happened what a figure counts or sums. Pure.

The rows are those of the lists behind the figure, so the hours add up to the figure of the day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from schemas.calendar import format_day, from_date, zone
from schemas.facts.model import Amount
from services.query.lists import Row

HOURS: Final = 24
_Instant = Callable[[Any], int | None]
_Amount = Callable[[Any], Amount | None]


class Course(NamedTuple):
    """One list of a figure, and what a row of it adds at which instant.

    Shape:  `listed` is the KPI that counts the rows; without `amount` each adds one, with it what
            it is in the currency of the tenant, taken away where `is_back`.
    """

    listed: str
    instant: _Instant
    amount: _Amount | None = None
    is_back: bool = False

    def of(self, fact: Any, currency: str) -> int:
        """Return what a fact adds; in another currency nothing."""
        if self.amount is None:
            return 1
        found = self.amount(fact)
        if found is None or found.currency != currency:
            return 0
        return -found.amount if self.is_back else found.amount


def _at(register: str, entry: int = 1) -> _Instant:
    """Return what finds an instant in a register of a fact; None where it was not told."""

    def instant(fact: Any) -> int | None:
        found = getattr(fact, register)
        return None if found is None else found[entry]

    return instant


def _first(*instants: _Instant) -> _Instant:
    def instant(fact: Any) -> int | None:
        return next((at for each in instants if (at := each(fact)) is not None), None)

    return instant


def _money(register: str, entry: int = 1) -> _Amount:
    """Return what finds an amount in a register of a fact."""

    def amount(fact: Any) -> Amount | None:
        found = getattr(fact, register)
        return None if found is None else found[entry]

    return amount


def _taken_back(fact: Any) -> Amount | None:
    """Return how much of a payment was taken back: all of it, unless another amount was told."""
    return _money("reversed", 3)(fact) or _money("received", 3)(fact)


_CALL: Final = _first(_at("started"), _at("connected"), _at("ended"))
_COUNTED: Final[dict[str, _Instant]] = {
    "calls_attempted": _CALL,
    "calls_inbound_offered": _CALL,
    "calls_inbound_missed": _CALL,
    "calls_outbound": _first(_at("connected"), _CALL),
    "calls_inbound_answered": _first(_at("connected"), _CALL),
    "contracts": _at("created"),
    "customers_new": _at("created"),
    "emails_opened": _at("opened", 0),
    "messages_sent": _at("sent"),
    "notes_added": _at("added"),
    "opportunities_created": _at("created"),
    "opportunities_won": _at("closed"),
    "orders": _at("created"),
    "orders_approved": _at("approval", 2),
    "payments": _at("received"),
    "payments_reversed": _at("reversed"),
}
"""Counting figure -> when what it counts happened."""
_SUMMED: Final[dict[str, tuple[tuple[str, _Amount], ...]]] = {
    "sales": (("orders", _money("total")),),
    "revenue": (("orders_approved", _money("total")),),
    "collections": (("payments", _money("received", 3)), ("payments_reversed", _taken_back)),
    "contract_value": (("contracts", _money("value")),),
    "opportunity_value_won": (("opportunities_won", _money("value")),),
}
"""Figure in money -> the lists that it is the sum of, and what a row is worth."""
_BACK: Final = frozenset({"payments_reversed"})
COURSES: Final[dict[str, tuple[Course, ...]]] = {
    name: (Course(name, instant),) for name, instant in _COUNTED.items()
} | {
    name: tuple(
        Course(listed, _COUNTED[listed], amount, is_back=listed in _BACK)
        for listed, amount in lists
    )
    for name, lists in _SUMMED.items()
}
"""Figure -> the courses that its day is made of."""


def hours_of(
    courses: Sequence[tuple[Course, Iterable[Row]]], day: int, time_zone: str, currency: str
) -> list[int]:
    """Add up the rows of a day by the hour of the tenant's clock.

    Units:  day is yyyymmdd; 24 counts, or amounts in minor units of the currency; the hour that a
            clock shows twice holds both.
    Laws:   they add up to the figure of the day: what happened on another day than it counts for,
            or nobody knows when, stands at the beginning or the end of the day.
    """
    place, found = zone(time_zone), Counter[int]()
    for course, rows in courses:
        for row in rows:
            hour = _hour(course.instant(row.fact), day, place)
            found[hour] += course.of(row.fact, currency)
    return [found[hour] for hour in range(HOURS)]


def _hour(at_ms: int | None, day: int, place: Any) -> int:
    if at_ms is None:
        return 0
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(place)
    its_day = from_date(local.date())
    if its_day != day:
        return 0 if its_day < day else HOURS - 1
    return local.hour


def hour_now(now_ms: int, time_zone: str) -> int:
    """Return the hour that the tenant's clock shows."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone(time_zone)).hour


def told(day: int, counts: list[int], until: int) -> dict[str, Any]:
    """Return a day as an answer carries it; hours to come are null."""
    return {
        "day": format_day(day),
        "hours": [count if hour <= until else None for hour, count in enumerate(counts)],
    }
