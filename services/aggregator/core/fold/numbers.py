"""The telephone numbers of an event, read in the region in force (docs/rules.md, section 1)."""

from __future__ import annotations

from schemas.envelope import LogEvent
from schemas.phones import phone_number


def with_numbers(event: LogEvent, region: str) -> LogEvent:
    """Return the event with its telephone numbers in E.164 beside them.

    Shape:  `number` ('' = none) beside `phone`, `numbers` (sorted, '' = one is none) beside
            `phones`; an event without either as it is.
    """
    data = event.data
    if "phone" in data:
        return event._replace(data={**data, "number": phone_number(data["phone"] or "", region)})
    if "phones" in data:
        texts = [text for text in data["phones"] or () if text.strip()]
        numbers = sorted({phone_number(text, region) for text in texts})
        return event._replace(data={**data, "numbers": numbers})
    return event
