"""From one Redis key and its value to rows of the tables `found_*`."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import orjson

from schemas.facts import KINDS, AnyFact, Customer, unpack
from schemas.tables import decode, parse_pair, parse_visit
from services.verify.rows import Row

Found = tuple[str, Row]
"""(table, row)"""

HASHES = frozenset("dmgfnvr") | {
    "meta",
    "keys",
    "config",
    "quality",
    "late",
    "words",
    "targets",
    "crossed",
}
SETS = frozenset("i") | {"rs", "days", "pairs", "org", "terms", "cohort", "aimed"}
SORTED_SETS = frozenset("z")
NOT_COMPARED = frozenset({"s", "recent", "fence", "changes", "touched"})
_GRAINS = {"d": "cell", "m": "month sum", "g": "gauge"}
_HISTORIES = frozenset({"owners", "stages", "places", "others", "extensions", "holders"})
_MAPS = frozenset({"profile", "returns", "permissions"})
_APART = b"+"
"""Stands for the numbers of a fact that many refer to; they are in a set of their own."""
_UNREADABLE = (
    *(ValueError, TypeError, KeyError, AttributeError),
    *(msgspec.MsgspecError, struct.error),
)
MARKS = ("calls", "appointments", "orders", "payments", "opportunities")
"""The registers of a customer that are marks: each begins with the number of a fact."""


class Name(NamedTuple):
    """A key of one generation, taken apart; `kind` is 'd', 'f', 'meta' ... or 'tenants'."""

    key: str
    tenant: str
    kind: str
    rest: str

    @property
    def command(self) -> str:
        """The Redis command that reads it; '' for what is not compared or not known."""
        if self.kind in HASHES:
            return "HGETALL"
        if self.kind in SORTED_SETS:
            return "ZRANGE"
        return "SMEMBERS" if self.kind in SETS or self.kind == "tenants" else ""


def parse_name(key: str, prefix: str) -> Name:
    """Take a key apart which starts with the prefix of its generation."""
    tenant, separator, rest = key.removeprefix(prefix).partition(":")
    if not separator:
        return Name(key, "", tenant, "")
    kind, _, rest = rest.partition(":")
    return Name(key, decode(tenant), kind, rest)


def text(value: bytes) -> str:
    """Decode bytes of the store; what is not UTF-8 is shown escaped."""
    return value.decode("utf-8", "backslashreplace")


def rows_of(name: Name, value: Any) -> Iterator[Found]:
    """Return the rows of one key.

    Shape:  (name, dict, set, or list of (member, score) as Redis returns it) -> (table, row)...
    Laws:   never raises: what cannot be read becomes a row of `unreadable`.
    """
    if isinstance(value, Exception):
        yield "unreadable", (name.key, "", str(value))
        return
    reader = _READERS[name.kind]
    for field, content in _items(value):
        try:
            yield from reader(name, field, content)
        except _UNREADABLE as error:
            yield "unreadable", (name.key, text(field), f"{type(error).__name__}: {error}")


def _items(value: Any) -> Iterable[tuple[bytes, Any]]:
    if isinstance(value, dict):
        return value.items()
    return value if isinstance(value, list) else ((member, b"") for member in value)


def _cell(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_cells", (name.key, _GRAINS[name.kind], text(field), int(value))


def _posting(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield "found_postings", (name.key, name.tenant, int(member))


def _score(name: Name, member: bytes, score: float) -> Iterator[Found]:
    if not score.is_integer():
        raise ValueError(f"a score is a whole number, not {score}")
    yield "found_scored", (name.key, name.tenant, int(member), int(score))


def _visit(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_visits", (name.key, name.tenant, *parse_visit(text(field)), int(value))


def _late(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    cause, place, day, of = text(field).split("|", 3)
    department, employee = parse_pair(place)
    row = (name.key, name.tenant, decode(cause), department, employee, int(day), of, int(value))
    yield "found_late", row


def _number(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_numbers", (name.key, name.tenant, text(field), int(value))


def _related(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    about = int(field)
    if value == _APART:
        yield "found_apart", (name.key, name.tenant, about)
        return
    for (number,) in struct.iter_unpack("<I", value):
        yield "found_related", (name.key, name.tenant, about, number)


def _related_apart(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield "found_related", (name.key, name.tenant, int(name.rest), int(member))


def _listed(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield f"found_{name.kind}", (name.key, name.tenant, int(member))


def _member(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield f"found_{name.kind}", (name.key, text(member))


def _cohort(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    cohort, day = name.rest.split(":")
    yield "found_cohorts", (name.key, name.tenant, cohort, int(day), int(member))


def _word(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_words", (name.key, text(field), text(value))


def _value(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_values", (name.key, name.tenant, name.kind, text(field), text(value))


def _api_key(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    held = orjson.loads(value)
    standing = [held["digest"], "revoked" if held.get("revoked") else None]
    standing += [held.get("expires_at")]
    standing += [orjson.dumps(held[key]).decode() for key in ("board", "addresses") if key in held]
    joined = " ".join(filter(None, standing))
    yield "found_values", (name.key, name.tenant, name.kind, text(field), joined)


def _target(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_targets", (name.key, name.tenant, name.rest, text(field), text(value))


def _aimed(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield "found_aimed", (name.key, name.tenant, text(member))


def _crossed(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    metric, scope, scope_id, threshold = text(field).split("|")
    cause, _ = orjson.loads(value)
    of = (decode(metric), scope, decode(scope_id), int(threshold), cause)
    yield "found_crossed", (name.key, name.tenant, name.rest, text(field), *of)


def _fact(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    fact = unpack(value)
    number = int(field)
    kind = KINDS[type(fact)]
    yield "found_facts", (name.key, name.tenant, number, fact.number, kind, fact.id)
    for register, content in registers_of(fact):
        yield "found_registers", (name.key, name.tenant, number, register, content)
    if isinstance(fact, Customer):
        for register, about, content in marks_of(fact):
            yield "found_marks", (name.key, name.tenant, number, register, about, content)


_READERS: dict[str, Callable[[Name, bytes, Any], Iterator[Found]]] = {
    **dict.fromkeys(_GRAINS, _cell),
    **dict.fromkeys(("days", "pairs", "tenants"), _member),
    **dict.fromkeys(("meta", "quality", "config"), _value),
    "i": _posting,
    "n": _number,
    "r": _related,
    "rs": _related_apart,
    "org": _listed,
    "terms": _listed,
    "z": _score,
    "v": _visit,
    "late": _late,
    "cohort": _cohort,
    "words": _word,
    "targets": _target,
    "aimed": _aimed,
    "crossed": _crossed,
    "keys": _api_key,
    "f": _fact,
}


def registers_of(fact: AnyFact) -> Iterator[tuple[str, str]]:
    """Return (register, JSON of its values) of a fact; empty registers and marks are left out."""
    for register in fact.__struct_fields__:
        value = getattr(fact, register)
        if register in ("id", "number") or value in (None, False, (), {}):
            continue
        if register in MARKS and isinstance(fact, Customer):
            continue
        if register in _HISTORIES:
            yield register, ",".join(sorted(_json(entry) for entry in value))
        elif register in _MAPS and isinstance(value, dict):
            for field, said in value.items():
                yield f"{register}.{field}", _json(said)
        else:
            yield register, _json(value)


def marks_of(customer: Customer) -> Iterator[tuple[str, int, str]]:
    """Return (register, fact number, JSON of the rest) of each mark of a customer."""
    for register in MARKS:
        for number, *rest in getattr(customer, register):
            yield register, number, _json(rest)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
