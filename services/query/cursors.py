"""Where a page ended: bound to the question and to the generation of the figures. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import orjson

from services.query.problems import Problem, invalid


def mark_of(*asked: Any) -> str:
    """Return what ties a cursor to a question."""
    return blake2b(repr(asked).encode(), digest_size=6).hexdigest()


def write_cursor(generation: str, mark: str, place: Sequence[int | str]) -> str:
    """Return the cursor that goes on after a place."""
    value = orjson.dumps([generation, mark, *place])
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def read_cursor(
    text: str, generation: str, mark: str, kinds: Sequence[type[int | str]]
) -> list[Any] | None:
    """Return where a cursor goes on, as values of these kinds; None without a cursor.

    Errors: 422 `bad_cursor`; 410 `cursor_expired` where the figures were rebuilt since.
    """
    if not text:
        return None
    try:
        value = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        made_in, made_for, *place = value
        found = [kind(part) for kind, part in zip(kinds, place, strict=True)]
    except (ValueError, TypeError):
        raise invalid("bad_cursor", "'cursor' is not one we gave", "cursor") from None
    if made_in != generation:
        detail = "the figures were rebuilt since this cursor was given; begin with the first page"
        raise Problem(410, "cursor_expired", detail, parameter="cursor")
    if made_for != mark:
        detail = "this cursor belongs to another list; keep all other parameters as they were"
        raise invalid("bad_cursor", detail, "cursor")
    return found
