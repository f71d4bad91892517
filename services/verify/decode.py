"""From one Redis key and its value to rows of the tables `found_*`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import orjson

from schemas.facts import KINDS, AnyFact, unpack
from schemas.tables import decode
from services.verify.rows import Row

Found = tuple[str, Row]
"""(table, row)"""

HASHES = frozenset("dmgfn") | {"meta", "keys", "quality"}
SETS = frozenset("ir") | {"days", "pairs", "org"}
NOT_COMPARED = frozenset({"s", "recent", "fence", "changes"})
_GRAINS = {"d": "cell", "m": "month sum", "g": "gauge"}
_HISTORIES = frozenset({"owners", "stages", "places"})


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

    Shape:  (name, dict or set of bytes as Redis returns it) -> (table, row)...
    Laws:   never raises: what cannot be read becomes a row of `unreadable`.
    """
    if isinstance(value, Exception):
        yield "unreadable", (name.key, "", str(value))
        return
    items = value.items() if isinstance(value, dict) else ((member, b"") for member in value)
    reader = _READERS[name.kind]
    for field, content in items:
        try:
            yield from reader(name, field, content)
        except (ValueError, TypeError, KeyError, AttributeError, msgspec.MsgspecError) as error:
            yield "unreadable", (name.key, text(field), f"{type(error).__name__}: {error}")


def _cell(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_cells", (name.key, _GRAINS[name.kind], text(field), int(value))


def _posting(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield "found_postings", (name.key, name.tenant, int(member))


def _number(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_numbers", (name.key, name.tenant, text(field), int(value))


def _related(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield "found_related", (name.key, name.tenant, int(name.rest), int(member))


def _person(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield "found_org", (name.key, name.tenant, int(member))


def _member(name: Name, member: bytes, _: bytes) -> Iterator[Found]:
    yield f"found_{name.kind}", (name.key, text(member))


def _value(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    yield "found_values", (name.key, name.tenant, name.kind, text(field), text(value))


def _api_key(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    held = orjson.loads(value)
    standing = str(held["digest"]) + (" revoked" if held.get("revoked") else "")
    yield "found_values", (name.key, name.tenant, name.kind, text(field), standing)


def _fact(name: Name, field: bytes, value: bytes) -> Iterator[Found]:
    fact = unpack(value)
    number = int(field)
    kind = KINDS[type(fact)]
    yield "found_facts", (name.key, name.tenant, number, fact.number, kind, fact.id)
    for register, content in registers_of(fact):
        yield "found_registers", (name.key, name.tenant, number, register, content)


_READERS: dict[str, Callable[[Name, bytes, bytes], Iterator[Found]]] = {
    **dict.fromkeys(_GRAINS, _cell),
    **dict.fromkeys(("days", "pairs", "tenants"), _member),
    **dict.fromkeys(("meta", "quality"), _value),
    "i": _posting,
    "n": _number,
    "r": _related,
    "org": _person,
    "keys": _api_key,
    "f": _fact,
}


def registers_of(fact: AnyFact) -> Iterator[tuple[str, str]]:
    """Return (register, JSON of its values) of a fact; empty registers are left out."""
    for register in fact.__struct_fields__:
        value = getattr(fact, register)
        if register in ("id", "number") or value in (None, False, (), {}):
            continue
        if register in _HISTORIES:
            yield register, ",".join(sorted(_json(entry) for entry in value))
        elif register == "profile" and isinstance(value, dict):
            for field, said in value.items():
                yield f"profile.{field}", _json(said)
        else:
            yield register, _json(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
