"""Registers and histories: joins that do not care about the order of arrival."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec

R = TypeVar("R", bound=tuple[Any, ...])
E = TypeVar("E", bound=tuple[Any, ...])

_NULL_IS_SMALLEST = (0, "")


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return _NULL_IS_SMALLEST
    if isinstance(value, bool | int):
        return (1, int(value))
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, msgspec.Struct):
        return (3, tuple(_rank(part) for part in msgspec.structs.astuple(value)))
    return (4, tuple(_rank(part) for part in value))


def latest(old: R | None, new: R) -> R:
    """Return the register that holds: the larger version, of equal ones the larger value.

    Shape:  (version, value...) x 2 -> one of them.
    Laws:   associative, commutative, idempotent (a join).
    """
    if old is None or new[0] > old[0]:
        return new
    if new[0] < old[0]:
        return old
    return old if _rank(old[1:]) >= _rank(new[1:]) else new


def with_entry(history: tuple[E, ...], entry: E) -> tuple[E, ...]:
    """Return the history with one more entry, sorted; the same history if it has it already.

    Shape:  entries (version, at_ms, day, value...), ordered by version, then time, then value.
    Laws:   set union: associative, commutative, idempotent.
    """
    if not history or entry[0] > history[-1][0]:
        return cast("tuple[E, ...]", (*history, entry))
    if entry in history:
        return history
    return tuple(sorted((*history, entry), key=_moment))


def _moment(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    version, at_ms, day, *value = entry
    return (version, at_ms, _rank(value), day)
