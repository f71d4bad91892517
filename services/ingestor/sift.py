"""Telling good events from bad ones: pure, no I/O, so that the hot path is easy to measure."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any, Final, NamedTuple

import orjson

from schemas.envelope import parse_record
from schemas.events import EVENT_MODELS, RESERVED_TYPES
from schemas.rejection import Rejection
from schemas.sealed import MARK
from schemas.sealing import forged

KEY_TYPES: Final = frozenset(
    {"apikey.created", "apikey.revoked", "customer.erased", "tenant.erased"}
)
"""Types which not even the administrator sends as events: they have routes of their own."""

_log = logging.getLogger(__name__)
_TEXT_LIMIT: Final = 300
"""Details quote what was sent; no more of it than this goes back."""


class Refused(NamedTuple):
    """One refused event and where it stood in the request."""

    place: int
    id: str | None
    item: Any
    why: Rejection

    def report(self) -> dict[str, Any]:
        """Return what the caller is told."""
        return {
            "index": self.place,
            "id": self.id,
            "code": self.why.code,
            "detail": self.why.detail[:_TEXT_LIMIT],
            "pointer": self.why.pointer[:_TEXT_LIMIT],
        }


class Accepted(NamedTuple):
    """One good event: where it stood in the request, as it came, and its canonical record."""

    place: int
    item: Any
    record: dict[str, Any]


class Sifted:
    """The events of a request: the good ones, not sealed yet, the refused ones, the counts."""

    __slots__ = ("_forbidden", "accepted", "outcomes", "refused")

    def __init__(self, forbidden: frozenset[str] = RESERVED_TYPES) -> None:
        self._forbidden = forbidden
        self.accepted: list[Accepted] = []
        self.refused: list[Refused] = []
        self.outcomes: Counter[tuple[str, str]] = Counter()

    def add(self, index: int, item: Any, tenant: str, size_limit: int | None) -> None:
        """Check one event; `size_limit` is None where it cannot be passed."""
        checked = check(item, tenant, size_limit, self._forbidden)
        if not isinstance(checked, Rejection):
            self.accepted.append(Accepted(index, item, checked))
            self.outcomes[item["type"], "accepted"] += 1
            return
        self.refused.append(Refused(index, _id_of(item), item, checked))
        self.outcomes[_type_of(item), checked.code] += 1

    def refuse(self, one: Accepted, why: Rejection) -> None:
        """Refuse after all what was accepted."""
        self.accepted.remove(one)
        self.outcomes[one.item["type"], "accepted"] -= 1
        self.refused.append(Refused(one.place, _id_of(one.item), one.item, why))
        self.outcomes[one.item["type"], why.code] += 1


def check(
    item: Any,
    tenant: str,
    size_limit: int | None,
    forbidden: frozenset[str] = RESERVED_TYPES,
) -> dict[str, Any] | Rejection:
    """Return the canonical record of an event, or why it is refused.

    Shape:  forbidden = the types which this sender may not write; by default those of a key.
    Errors: every code of `parse_record`; 'forbidden_type', 'too_large'; 'invalid_field' of a
            personal text that looks sealed; 'bug' for what nobody foresaw, so that one strange
            event never costs its neighbours.
    """
    try:
        if size_limit is not None and (too_large := _too_large(item, size_limit)):
            return too_large
        kind = item.get("type") if isinstance(item, dict) else None
        if isinstance(kind, str) and kind in forbidden:
            return Rejection(
                "forbidden_type", f"'{kind}' is written by the administration only", "/type"
            )
        record = parse_record(item, tenant)
        if not isinstance(record, Rejection) and (pointer := forged(record)):
            return Rejection("invalid_field", f"a text may not begin with '{MARK}'", pointer)
    except Exception:  # noqa: BLE001 - logged, kept as a dead letter
        _log.exception("an event could not be checked")
        return Rejection("bug", "the ingestor failed to check this event; it is kept")
    return record


def _too_large(item: Any, size_limit: int) -> Rejection | None:
    try:
        size = len(orjson.dumps(item))
    except orjson.JSONEncodeError:
        return Rejection("invalid_field", "the event is nested too deeply")
    if size > size_limit:
        return Rejection("too_large", f"an event may have at most {size_limit} bytes")
    return None


def _id_of(item: Any) -> str | None:
    found = item.get("id") if isinstance(item, dict) else None
    return found[:_TEXT_LIMIT] if isinstance(found, str) else None


def _type_of(item: Any) -> str:
    found = item.get("type") if isinstance(item, dict) else None
    return found if isinstance(found, str) and found in EVENT_MODELS else "unknown"
