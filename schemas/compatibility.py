"""What changed between two JSON Schemas of an event, and whether it breaks anybody.

Pure: two decoded schemas in, a list of changes out. The log is kept for ever, so a change is
breaking when a record written yesterday would be refused today, when it would mean something
else, or when something that senders still send would silently be dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from schemas.topics import Topic

Schema = Mapping[str, Any]
First = Literal["producers", "consumers", "anybody"]

_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FILTERS: Final = ("pattern", "format")
_ANNOTATIONS: Final = ("title", "description", "examples", "$id", "$schema", "$defs", "$comment")
_STRUCTURE: Final = ("type", "properties", "required", "items", "enum", "const", "anyOf", "$ref")
_KNOWN: Final = frozenset(
    (*_LOWER, *_UPPER, *_FILTERS, *_ANNOTATIONS, *_STRUCTURE, "default", "additionalProperties")
)
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. Shape: pointer is a JSON pointer into the event, '' for the whole."""

    pointer: str
    what: str
    is_breaking: bool
    first: First

    def whom(self, topic: Topic) -> tuple[str, ...]:
        """Name who must be upgraded first; nobody in particular is ()."""
        return {"producers": topic.producers, "consumers": topic.consumers, "anybody": ()}[
            self.first
        ]

    def sentence(self, topic: Topic) -> str:
        """Say it to a person: verdict, place, what, and whom to upgrade first."""
        verdict = "breaking" if self.is_breaking else "harmless"
        order = ", ".join(self.whom(topic)) or "in any order"
        return f"{verdict}: {self.pointer or '/'}: {self.what}; upgrade first: {order}"


def diff(old: Schema, new: Schema) -> tuple[Change, ...]:
    """Compare two schemas of one event type.

    Shape:  (released schema, today's schema) -> changes, in document order.
    Laws:   diff(x, x) is empty; annotations (titles, descriptions) are no change; a keyword this
            module does not know is breaking when it differs, because it cannot be judged.
    """
    return tuple(_compare("", old, new, old, new))


def _compare(
    at: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema
) -> Iterator[Change]:
    before, after = _alternatives(old, old_root), _alternatives(new, new_root)
    for kind in (kind for kind in before if kind not in after):
        yield _narrowed(at, f"{kind} is no longer allowed")
    for kind in (kind for kind in after if kind not in before):
        yield _widened(at, f"{kind} is allowed now")
    yield from _default(at, old, new)
    for kind in before:
        if kind in after:
            yield from _constraints(at, before[kind], after[kind])
            yield from _fields(at, before[kind], after[kind], old_root, new_root)
            if "items" in before[kind] and "items" in after[kind]:
                items = (before[kind]["items"], after[kind]["items"])
                yield from _compare(f"{at}/*", *items, old_root, new_root)


def _fields(
    at: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema
) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
    for name in before:
        if name not in after:
            yield Change(f"{at}/{name}", "field removed", True, "consumers")
    for name in after:
        here = f"{at}/{name}"
        if name in needed_after - needed_before:
            yield _narrowed(here, "required now" if name in before else "new required field")
        elif name not in before:
            yield Change(here, "optional field added", False, "anybody")
        elif name in needed_before - needed_after:
            yield _widened(here, "no longer required")
        if name in before:
            yield from _compare(here, before[name], after[name], old_root, new_root)


def _constraints(at: str, old: Schema, new: Schema) -> Iterator[Change]:
    for word, sign in (*((word, 1) for word in _LOWER), *((word, -1) for word in _UPPER)):
        yield from _limit(at, word, sign, old, new)
    for word in _FILTERS:
        was, now = old.get(word), new.get(word)
        if was != now:
            change = _widened if now is None else _narrowed
            yield change(at, f"{word} was {was!r}, is {now!r}")
    yield from _values(at, old, new)
    if old.get("additionalProperties", True) != new.get("additionalProperties", True):
        change = _widened if new.get("additionalProperties", True) is True else _narrowed
        yield change(at, "unknown fields are treated differently")
    for word in sorted((old.keys() | new.keys()) - _KNOWN):
        if old.get(word) != new.get(word):
            yield _narrowed(at, f"'{word}' differs, and cannot be judged")


def _limit(at: str, word: str, sign: int, old: Schema, new: Schema) -> Iterator[Change]:
    was, now = old.get(word), new.get(word)
    if was != now:
        is_looser = now is None or (was is not None and sign * now < sign * was)
        change = _widened if is_looser else _narrowed
        yield change(at, f"{word} was {was}, is {now}")


def _values(at: str, old: Schema, new: Schema) -> Iterator[Change]:
    was, now = old.get("enum"), new.get("enum")
    if was is None and now is not None:
        yield _narrowed(at, f"only {now} are allowed now")
    elif now is None and was is not None:
        yield _widened(at, f"was one of {was}, is free now")
    elif was is not None and now is not None:
        for value in was:
            if value not in now:
                yield _narrowed(at, f"value {value!r} removed")
        for value in now:
            if value not in was:
                yield _widened(at, f"value {value!r} added")


def _default(at: str, old: Schema, new: Schema) -> Iterator[Change]:
    was, now = old.get("default", _ABSENT), new.get("default", _ABSENT)
    if _ABSENT not in (was, now) and was != now:
        what = f"an absent field meant {was!r} and means {now!r}: stored records change meaning"
        yield Change(at, what, True, "producers")


def _alternatives(schema: Schema, root: Schema) -> dict[str, Schema]:
    """Return what a value may be, by JSON type; references resolved, a constant as an enum."""
    if "$ref" in schema:
        target: Any = root
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target[part]
        return _alternatives({**target, **{k: v for k, v in schema.items() if k != "$ref"}}, root)
    if "anyOf" in schema:
        found: dict[str, Schema] = {}
        for option in schema["anyOf"]:
            for kind, alternative in _alternatives(option, root).items():
                found[kind if kind not in found else f"{kind} #{len(found)}"] = alternative
        return found
    if "const" in schema:
        schema = {**{k: v for k, v in schema.items() if k != "const"}, "enum": [schema["const"]]}
    return {str(schema.get("type", "anything")): schema}


def _narrowed(at: str, what: str) -> Change:
    return Change(at, what, True, "producers")


def _widened(at: str, what: str) -> Change:
    return Change(at, what, False, "consumers")
