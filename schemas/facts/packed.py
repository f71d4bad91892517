"""Calls as they stand in Redis: there are more of them than of all else together.

Times and days are written as what they differ from what is to be expected, a sealed phone by its
bytes, and what is derived only where it differs from what the call says itself. A spoken call with
a sealed phone is 116 bytes instead of 183 with its texts as they are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from schemas.facts.dealings import Call
from schemas.facts.model import Fact
from schemas.sealed import from_bytes, number_in, to_bytes

_DAY_MS: Final = 86_400_000
_SECOND_MS: Final = 1000
_LAST_MS: Final = 1 << 42
"""Later, in 2109, or before 1970 a call stays as it is."""
_OUTBOUND: Final = "outbound"
_INBOUND: Final = "inbound"
_CAME_IN, _BY_EXTENSION, _BY_NUMBER, _OF_ANOTHER, _WITH_OTHERS = 1, 2, 4, 8, 16
"""Bits of `PackedCall.said`: it is inbound, and which parts stand behind the usual ones."""

Near = int | tuple[int, ...] | None
"""A moment: at_ms less what is expected (the first moment; for the end the talk behind it), the
seconds of talk, and, where they are not as expected, version and day less those: the version is
the time, of the connection that of the end, which tells it too; the day is that of the call."""


class PackedCall(Fact, tag="C", frozen=True, array_like=True):
    """A `Call`, shorter."""

    at: int
    """at_ms of its first moment"""
    day: int
    """The day of that less the day in UTC, both yyyymmdd"""
    said: tuple[Any, ...]
    """(bits, version less that of the last moment, employee id, customer id, phone; and, by bits,
    extension, name of the number, agent, customers). A phone is bytes if it was sealed."""
    started: Near
    connected: Near
    ended: Near


def shorter(call: Call) -> PackedCall | Call:
    """Return a call as it is packed; one without words or times, or an odd one, as it is.

    Laws:   `longer(shorter(call)) == call`.
    """
    who, started, connected, ended = call.who, call.started, call.connected, call.ended
    first = started or connected or ended
    if who is None or first is None or not 0 <= first[1] < _LAST_MS:
        return call
    version, direction, employee, customer, phone, extension, number = who
    if direction not in (_OUTBOUND, _INBOUND):
        return call
    at, day = first[1], first[2]
    bits = _CAME_IN if direction == _INBOUND else 0
    sealed = None if phone is None else to_bytes(phone)
    odd: list[Any] = []
    if extension is not None:
        bits |= _BY_EXTENSION
        odd.append(extension)
    if number != ("" if sealed is None or phone is None else number_in(phone)):
        bits |= _BY_NUMBER
        odd.append(number)
    if call.agent != employee:
        bits |= _OF_ANOTHER
        odd.append(call.agent)
    if call.customers != _alone(customer):
        bits |= _WITH_OTHERS
        odd.append(call.customers)
    last, said, end = (connected or first)[0], None, at if connected is None else connected[1]
    if ended is not None:
        last = said = ended[0]
        end += ended[3] * _SECOND_MS
    return PackedCall(
        call.id,
        call.number,
        at,
        day - _utc_day(at // _DAY_MS),
        (bits, version - last, employee, customer, phone if sealed is None else sealed, *odd),
        _near(started, at, day, None),
        _near(connected, at, day, said),
        _near(ended, end, day, None),
    )


def longer(packed: PackedCall) -> Call:
    """Return a call as it was before it was packed."""
    at = packed.at
    day = packed.day + _utc_day(at // _DAY_MS)
    near, end = packed.connected, at
    if near is not None:
        end += near if isinstance(near, int) else near[0]
    started, ended = _far(packed.started, at, day, None), None
    if isinstance(packed.ended, tuple):
        ended = _far(packed.ended, end + packed.ended[1] * _SECOND_MS, day, None)
    connected = _far(near, at, day, None if ended is None else ended[0])
    bits, version, employee, customer, phone, *odd = packed.said
    number = ""
    if isinstance(phone, bytes):
        phone = from_bytes(phone)
        number = number_in(phone)
    extension, agent, customers = None, employee, _alone(customer)
    if bits > _CAME_IN:
        rest = iter(odd)
        extension = next(rest) if bits & _BY_EXTENSION else None
        number = next(rest) if bits & _BY_NUMBER else number
        agent = next(rest) if bits & _OF_ANOTHER else agent
        customers = tuple(next(rest)) if bits & _WITH_OTHERS else customers
    direction = _INBOUND if bits & _CAME_IN else _OUTBOUND
    version += (ended or connected or started)[0]
    who = (version, direction, employee, customer, phone, extension, number)
    return Call(packed.id, packed.number, who, started, connected, ended, agent, customers)


@lru_cache(maxsize=4096)
def _utc_day(days: int) -> int:
    """Return the day (yyyymmdd) that comes so many days after the first of 1970."""
    date = datetime.fromtimestamp(days * _DAY_MS // _SECOND_MS, UTC)
    return date.year * 10_000 + date.month * 100 + date.day


def _alone(customer: str | None) -> tuple[str, ...]:
    return () if customer is None else (customer,)


def _near(moment: tuple[int, ...] | None, expected: int, day: int, said: int | None) -> Near:
    """Return a moment less what is expected: when it was, and in which version it was said."""
    if moment is None:
        return None
    version, at, its_day, *rest = moment
    usual = at if said is None else said
    if version == usual and its_day == day:
        return (at - expected, *rest) if rest else at - expected
    return (at - expected, *rest, version - usual, its_day - day)


def _far(near: Near, expected: int, day: int, said: int | None) -> Any:
    """Undo `_near`: a usual moment is a number, or two where the seconds of talk stand behind."""
    if near is None:
        return None
    if isinstance(near, int):
        at = near + expected
        return (at if said is None else said, at, day)
    at = near[0] + expected
    usual = at if said is None else said
    if len(near) == 2:
        return (usual, at, day, near[1])
    *rest, version, its_day = near[1:]
    return (version + usual, at, its_day + day, *rest)
