"""CloudEvents as they are, one JSON object per line (format `jsonl`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from schemas.rejection import Rejection
from services.ingestor.translate.item import Item, Unreadable


def translate(lines: Iterable[bytes], name: str) -> Iterator[Item]:
    """Yield the events of the lines, in their order; blank lines are skipped.

    Errors: `not_json`, `not_cloudevent` as values; what is inside an object is judged by the
            ingestor.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Unreadable(where, Rejection("not_json", str(error)))
            continue
        if isinstance(item, dict):
            yield item
        else:
            yield Unreadable(where, Rejection("not_cloudevent", "an event is a JSON object"))
