"""The telephone numbers of an event: hashed at the door, or read in the region in force.

Source: docs/rules.md, section 1.
"""

from __future__ import annotations

from schemas.envelope import LogEvent
from schemas.phones import phone_number
from schemas.sealed import number_named


def with_numbers(event: LogEvent, region: str) -> LogEvent:
    """Return the event with the names of its telephone numbers beside them.

    Shape:  `number` ('' = none) beside `phone`, `numbers` (sorted, '' = one is none) beside
            `phones`; an event without either as it is. The name of a sealed number is its keyed
            hash, that of a plain one its E.164 form: the two are never the same.
    """
    data = event.data
    if "phone" in data:
        return event.saying({**data, "number": _number(data["phone"] or "", region)})
    if "phones" in data:
        texts = [text for text in data["phones"] or () if text.strip()]
        numbers = sorted({_number(text, region) for text in texts})
        return event.saying({**data, "numbers": numbers})
    return event


def _number(text: str, region: str) -> str:
    sealed = number_named(text)
    return phone_number(text, region) if sealed is None else sealed
