"""What an evaluation reads: every hash once, whatever the figures share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from schemas.tables import parse_dimension
from services.query.basis import Command

Cells = Mapping[str, Mapping[str, int]]
"""KPI name -> dimension ('' without) -> sum."""


class Reads:
    """The commands that are wanted, and then what they gave."""

    at: int = 0
    """The place of the wish that says what it wants."""

    def __init__(self) -> None:
        self._hashes: dict[str, dict[str, None] | None] = {}
        self._visits: dict[str, bool] = {}
        self._asked: dict[str, dict[bytes, None]] = {}
        self._cells: dict[str, dict[str, dict[str, int]]] = {}
        self._found: dict[str, Any] = {}
        self._answers: dict[tuple[str, bytes], Any] = {}

    def want_fields(self, key: str, fields: Iterable[str]) -> None:
        """Read some fields of a hash of cells."""
        wanted = dict.fromkeys(fields)
        known = self._hashes.setdefault(key, {}) if wanted else None
        if known is not None:
            known.update(wanted)

    def want_all(self, key: str, name: str = "") -> None:
        """Read a whole hash; `name` says that only the cells of one KPI are of interest."""
        del name
        self._hashes[key] = None

    def want_visits(self, key: str, *, counted: bool) -> None:
        """Read who visited; with how often, if wanted."""
        self._visits[key] = counted or self._visits.get(key, False)

    def ask(self, script: str, request: Mapping[str, Any]) -> None:
        """Ask a script that answers a JSON list of requests."""
        self._asked.setdefault(script, {})[_written(request)] = None

    @property
    def size(self) -> int:
        """Return how many keys are read one by one."""
        return len(self._hashes) + len(self._visits)

    @property
    def commands(self) -> list[Command]:
        """Return everything that is to be read, in a fixed order."""
        found: list[Command] = [
            ("HGETALL", key) if fields is None else ("HMGET", key, *fields)
            for key, fields in self._hashes.items()
        ]
        for key, counted in self._visits.items():
            found.append(("HGETALL" if counted else "HKEYS", key))
        for script, requests in self._asked.items():
            found.append(("EVAL_RO", script, 0, b"[" + b",".join(requests) + b"]"))
        return found

    def take(self, replies: Sequence[Any]) -> None:
        """Take the replies to `commands`."""
        waiting = iter(replies)
        for key, fields in self._hashes.items():
            self._cells[key] = _cells(next(waiting), fields)
        for key in self._visits:
            self._found[key] = next(waiting)
        for script, requests in self._asked.items():
            for request, answer in zip(requests, next(waiting), strict=True):
                self._answers[script, request] = answer

    def put(self, key: str, name: str, dimension: str, value: int) -> None:
        """Take the new value of one cell."""
        self._cells.setdefault(key, {}).setdefault(name, {})[dimension] = value

    def cells(self, key: str) -> Cells:
        """Return the cells of a hash that was wanted; none where none of it was."""
        return self._cells.get(key, {})

    def visits(self, key: str) -> Any:
        """Return the fields of a hash of visits: a list, or field -> count where it was wanted."""
        return self._found[key]

    def answer(self, script: str, request: Mapping[str, Any]) -> Any:
        """Return what a script answered to a request."""
        return self._answers[script, _written(request)]


def _written(request: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(request)


@lru_cache(maxsize=1 << 17)
def _parsed(field: bytes) -> tuple[str, str]:
    name, _, dimension = field.decode().partition("|")
    return name, dimension


def _cells(reply: Any, fields: Iterable[str] | None) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    if fields is None:
        for text, value in reply.items():
            name, dimension = _parsed(text)
            found.setdefault(name, {})[dimension] = int(value)
        return found
    for field, value in zip(fields, reply, strict=True):
        if value is not None:
            name, _, dimension = field.partition("|")
            found.setdefault(name, {})[dimension] = int(value)
    return found


@lru_cache(maxsize=1 << 16)
def split_dimension(text: str) -> tuple[str, str, str]:
    """Return (currency, other dimension, its value) of a cell; each '' for none."""
    values = parse_dimension(text)
    currency = values.pop("currency", "")
    name, value = next(iter(values.items()), ("", ""))
    return currency, name, value
