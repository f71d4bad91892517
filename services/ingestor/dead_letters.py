"""Dead letters: every refused event of a known sender, raw, with the reason; listed, replayed."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Collection
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.calendar import format_time
from schemas.rejection import Rejection
from services.ingestor.journal import Record
from services.ingestor.settings import IngestorSettings
from services.ingestor.sift import Refused, check
from services.ingestor.topic_log import log_bounds, open_reader, read_range

_RAW_LIMIT: Final = 400_000
"""Kept of one event; escaped it must fit into the megabyte a broker takes."""
_FINAL_CODES: Final = frozenset({"duplicate_id"})
"""Replaying these cannot help: the first event of that id has won."""
_READ_LIMIT: Final = 100_000


def encode_dead_letter(
    refused: Refused, tenant: str, at_ms: int, sealed: str | None = None
) -> Record:
    """Write the record of an event that was refused at the door.

    Shape:  `sealed` is what `raw_of` returned, sealed: what stands in the record instead.
    """
    raw, whole = _raw(refused.item)
    raw = raw if sealed is None else sealed
    letter: dict[str, Any] = {
        "code": refused.why.code,
        "detail": refused.why.detail,
        "pointer": refused.why.pointer,
        "event_id": refused.id,
        "topic": None,
        "partition": None,
        "offset": None,
        "at_ms": at_ms,
        "raw": raw,
        "tenant": tenant,
    }
    if not whole:
        letter["raw_truncated"] = True
    return Record(tenant.encode(), orjson.dumps(letter), at_ms)


def raw_of(refused: Refused) -> str:
    """Return what is kept of a refused event, before it is sealed."""
    return _raw(refused.item)[0]


def _raw(item: Any) -> tuple[str, bool]:
    try:
        raw = orjson.dumps(item)
    except orjson.JSONEncodeError:
        raw = _flatten(item)
    if len(raw) > _RAW_LIMIT:
        return raw[:_RAW_LIMIT].decode(errors="ignore"), False
    return raw.decode(), True


def _flatten(item: Any) -> bytes:
    """Write JSON that is nested too deeply for the encoder, without recursion."""
    parts: list[str] = []
    todo: list[tuple[bool, Any]] = [(False, item)]
    while todo:
        written, value = todo.pop()
        if written:
            parts.append(value)
        elif isinstance(value, dict):
            parts.append("{")
            todo.append((True, "}"))
            for number, (name, inner) in reversed(list(enumerate(value.items()))):
                head = orjson.dumps(name).decode() + ":"
                todo += ((False, inner), (True, "," + head if number else head))
        elif isinstance(value, list):
            parts.append("[")
            todo.append((True, "]"))
            for number, inner in reversed(list(enumerate(value))):
                todo += ((False, inner), (True, "," if number else ""))
        else:
            parts.append(orjson.dumps(value).decode())
    return "".join(parts).encode()


class DeadLetters:
    """Reads the dead-letter topic."""

    def __init__(self, topic: str, settings: IngestorSettings) -> None:
        self._partition = TopicPartition(topic, 0)
        self._settings = settings

    async def page(self, limit: int, after: int | None) -> list[dict[str, Any]]:
        """Return letters in the order of the log: those after an offset, else the newest ones.

        Errors: whatever aiokafka raises while the broker is away.
        """
        async with open_reader(self._settings) as reader:
            first, end = await self._bounds(reader)
            start = max(first, end - limit if after is None else after + 1)
            stop = min(end, start + limit)
            records = read_range(reader, self._partition, start, stop, self._settings)
            return [_letter(record) async for record in records]

    async def _bounds(self, reader: AIOKafkaConsumer) -> tuple[int, int]:
        return (await log_bounds(reader, [self._partition], self._settings))[self._partition]

    async def select(
        self, offsets: Collection[int] | None, code: str | None, start: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Return the letters with these offsets, or with this code.

        Shape:  (letters, offset to go on from if there was more to read than one call reads).
        """
        async with open_reader(self._settings) as reader:
            first, end = await self._bounds(reader)
            if offsets is not None:
                chosen = sorted(offset for offset in set(offsets) if first <= offset < end)
                return [
                    _letter(record)
                    for offset in chosen
                    async for record in read_range(
                        reader, self._partition, offset, offset + 1, self._settings
                    )
                ], None
            start = max(first, start)
            stop = min(end, start + _READ_LIMIT)
            records = read_range(reader, self._partition, start, stop, self._settings)
            letters = [letter async for record in records if (letter := _letter(record))]
            matching = [letter for letter in letters if letter["code"] == code]
            return matching, stop if stop < end else None


def _letter(record: Any) -> dict[str, Any]:
    letter: dict[str, Any] = orjson.loads(record.value)
    source = {name: letter.pop(name, None) for name in ("topic", "partition", "offset")}
    return {
        "offset": record.offset,
        "at": format_time(letter.pop("at_ms")),
        **letter,
        "source": source if source["topic"] is not None else None,
    }


class Replay:
    """What became of letters that were checked again."""

    def __init__(self) -> None:
        self.passed: list[tuple[str, dict[str, Any]]] = []
        self.refused: Counter[str] = Counter()
        self.skipped = 0

    def add(self, letter: dict[str, Any], size_limit: int) -> None:
        """Check the raw event of a letter by today's rules.

        Shape:  the letter's `raw` is opened; '' where it can be read no more.
        """
        if letter["code"] in _FINAL_CODES or letter.get("raw_truncated") or not letter["raw"]:
            self.skipped += 1
            return
        raw = letter["raw"]
        try:
            item = orjson.loads(base64.b64decode(raw) if letter.get("raw_base64") else raw)
        except ValueError:
            self.refused["not_json"] += 1
            return
        checked = check(item, letter["tenant"], size_limit)
        if isinstance(checked, Rejection):
            self.refused[checked.code] += 1
        else:
            self.passed.append((letter["tenant"], checked))
