"""At which percents a target is told of that names none: those of the company, as of its place."""

from __future__ import annotations

from schemas.envelope import LogEvent


def with_thresholds(event: LogEvent, thresholds: tuple[int, ...]) -> LogEvent:
    """Return a target that names no thresholds with those of the company; others as they are.

    Shape:  thresholds () where the company has set none: then the target has none either, and the
            general ones hold.
    Source: A-07; docs/rules.md section 9.
    """
    if event.type != "target.set" or event.data.get("thresholds") or not thresholds:
        return event
    return event.saying({**event.data, "thresholds": list(thresholds)})
