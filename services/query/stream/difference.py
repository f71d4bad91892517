"""What differs between two answers to the same question: the rows that came, went, changed. Pure.

A listener that applies it has the later answer: it drops the rows in `gone`, puts each row of
`rows` in place of the one of its id or at the end, sorts by `order` where that is told, and takes
every other member as it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import orjson

Document = Mapping[str, Any]
_HEAD: Final = frozenset({"as_of", "lag", "version", "state", "reason", "today"})
"""What says how fresh an answer is, and not what is in it."""
_ROWS: Final = "rows"


def as_it_is(part: Any) -> Any:
    """Return what of a row or another member is compared: all of it."""
    return part


class Told(NamedTuple):
    """One answer, and what of it is compared with the next one.

    Shape:  rows: id -> what is compared of the row, in order; `rest`: other member -> likewise.
    """

    document: Document
    rows: dict[str, Any]
    rest: dict[str, Any]

    def digest(self) -> str:
        """Return a short text that is equal for equal answers, of whatever version they are."""
        found = (self.document["today"], list(self.rows.items()), self.rest)
        return blake2b(orjson.dumps(found), digest_size=9).hexdigest()


def told(document: Document, id_of: str, still: Callable[[Any], Any] = as_it_is) -> Told:
    """Return an answer ready to be compared.

    Shape:  `id_of` names the member that tells rows apart; `still` leaves out of a row, or of
            another member, what the clock moves by itself.
    """
    return Told(
        document,
        {row[id_of]: still(row) for row in document[_ROWS]},
        {
            name: still(value)
            for name, value in document.items()
            if name not in _HEAD and name != _ROWS
        },
    )


def difference(before: Told, after: Told, id_of: str) -> dict[str, Any]:
    """Return what has to be told to who has the answer before; nothing where they are alike.

    Shape:  rows: whole, as the later answer has them, in its order; gone: ids; order?: all ids,
            where the above does not lead to it; other members where they are different.
    """
    rows = [
        row
        for row in after.document[_ROWS]
        if row[id_of] not in before.rows or before.rows[row[id_of]] != after.rows[row[id_of]]
    ]
    gone = [name for name in before.rows if name not in after.rows]
    found: dict[str, Any] = {
        name: after.document[name]
        for name in after.rest
        if name not in before.rest or before.rest[name] != after.rest[name]
    }
    found |= {name: None for name in before.rest if name not in after.rest}
    order = list(after.rows)
    led_to = [name for name in before.rows if name in after.rows]
    led_to += [name for name in order if name not in before.rows]
    if order != led_to:
        found["order"] = order
    if rows or gone or found:
        return {"rows": rows, "gone": gone, **found}
    return {}
