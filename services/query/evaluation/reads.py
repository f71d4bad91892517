"""What an evaluation reads: every hash once, whatever the figures share. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from schemas.tables import parse_dimension, parse_field
from services.query.basis import Command
from services.query.evaluation.plots import Plot
from services.query.evaluation.scripts import CELLS, VISITS

Cells = Mapping[str, Mapping[str, int]]
"""KPI name -> dimension ('' without) -> sum."""

Visited = list[bytes] | dict[bytes, bytes]
"""The fields of a hash of visits; field -> count where that was wanted."""


_Keep = Callable[[Any, Any], None]
_NEVER: Final = object()
"""Unlike every reply."""


class _Visits(NamedTuple):
    """What is wanted of a hash of visits."""

    counted: bool
    day: str

    def joined(self, other: _Visits) -> _Visits:
        return _Visits(self.counted or other.counted, self.day if self.day == other.day else "")


class Found(NamedTuple):
    """The cells of one hash, the point they count for, and their sign (`Cut`)."""

    point: str
    sign: int
    cells: Cells


class Reads:
    """The commands that are wanted, and then what they gave."""

    at: int = 0
    """The place of the wish that says what it wants."""
    is_timed: bool
    """Whether another instant of the same day may ask for something else."""

    def __init__(self) -> None:
        self.is_timed = False
        self._plots: dict[Plot, set[str]] = {}
        self._wanting: defaultdict[Hashable, list[int]] = defaultdict(list)
        self._taken: dict[Hashable, Any] = {}
        self._keys: set[str] = set()
        self._hashes: dict[str, None] = {}
        self._visits: dict[str, _Visits] = {}
        self._asked: dict[str, dict[bytes, None]] = {}
        self._cells: dict[str, dict[str, dict[str, int]]] = {}
        self._of_plots: dict[Plot, list[Found]] = {}
        self._found: dict[str, Visited] = {}
        self._answers: dict[tuple[str, bytes], Any] = {}

    def want(self, plot: Plot, *wants: str) -> None:
        """Read cells of a plot.

        Shape:  a want is a field, or as `every` writes it.
        """
        known = self._plots.get(plot)
        if known is None:
            known = self._plots[plot] = set()
            self._keys.update(cut.key for cut in plot.cuts)
        known.update(wants)
        self._wanting[plot].append(self.at)

    def want_hash(self, key: str) -> None:
        """Read a whole hash."""
        self._hashes[key] = None
        self._wanting[key].append(self.at)

    def want_visits(self, keys: Iterable[str], *, counted: bool, day: str = "") -> None:
        """Read who visited, with how often, if wanted.

        Units:  day is '' for the month, or the one day 'dd' of it that matters.
        """
        wanted = _Visits(counted, day)
        for key in keys:
            known = self._visits.get(key, wanted)
            self._visits[key] = known if known == wanted else known.joined(wanted)
            self._wanting[key].append(self.at)

    def ask(self, script: str, request: Mapping[str, Any]) -> None:
        """Ask a script that answers a JSON list of requests."""
        written = _written(request)
        self._asked.setdefault(script, {})[written] = None
        self._wanting[script, written].append(self.at)

    @property
    def size(self) -> int:
        """Return how many hashes are read."""
        return len(self._keys) + len(self._hashes) + len(self._visits)

    @property
    def commands(self) -> list[Command]:
        """Return everything that is to be read, in a fixed order."""
        found: list[Command] = [("HGETALL", key) for key in self._hashes]
        if self._plots:
            groups = [{"wants": sorted(wants), "keys": keys} for wants, keys in self._groups]
            found.append(("EVAL_RO", CELLS, 0, _written(groups)))
        if self._visits:
            request = {
                "verbs": ["HGETALL" if one.counted else "HKEYS" for one in self._visits.values()],
                "days": [one.day for one in self._visits.values()],
                "keys": list(self._visits),
            }
            found.append(("EVAL_RO", VISITS, 0, _written(request)))
        for script, requests in self._asked.items():
            found.append(("EVAL_RO", script, 0, b"[" + b",".join(requests) + b"]"))
        return found

    def take(self, replies: Sequence[Any]) -> list[Hashable]:
        """Take the replies to `commands`; return what reads otherwise than the last time.

        Laws:   the first time that is all; what reads as it did is not decoded again.
        """
        changed: list[Hashable] = []
        for what, reply, keep in self._told(replies):
            if self._taken.get(what, _NEVER) != reply:
                keep(what, reply)
                self._taken[what] = reply
                changed.append(what)
        self._of_plots.clear()
        return changed

    def _told(
        self, replies: Sequence[Any]
    ) -> Iterator[tuple[Any, Any, Callable[[Any, Any], None]]]:
        """Return each thing that was read, what stands there, and what keeps it."""
        waiting = iter(replies)
        for key in self._hashes:
            yield key, next(waiting), self._keep_hash
        if self._plots:
            for (_, keys), group in zip(self._groups, next(waiting), strict=True):
                for key, flat in zip(keys, group, strict=True):
                    yield key, flat, self._keep_cells
        if self._visits:
            for key, text in zip(self._visits, next(waiting), strict=True):
                yield key, text, self._keep_visits
        for script, requests in self._asked.items():
            for request, answer in zip(requests, next(waiting), strict=True):
                yield (script, request), answer, self._answers.__setitem__

    def _keep_hash(self, key: str, reply: Mapping[bytes, bytes]) -> None:
        self._cells[key] = _cells(zip(reply.keys(), reply.values(), strict=True))

    def _keep_cells(self, key: str, flat: Sequence[bytes]) -> None:
        self._cells[key] = _cells(zip(flat[::2], flat[1::2], strict=True))

    def _keep_visits(self, key: str, text: bytes) -> None:
        self._found[key] = _visits(text, counted=self._visits[key].counted)

    def wanted_by(self, changed: Iterable[Hashable]) -> set[int]:
        """Return the places of the wishes that something of what `take` returned is part of."""
        found: set[int] = set()
        for what in changed:
            found.update(self._wanting.get(what, ()))
            for plot in self._plots_of.get(what, ()):
                found.update(self._wanting[plot])
        return found

    @cached_property
    def _plots_of(self) -> Mapping[Hashable, Sequence[Plot]]:
        """The plots that have a hash of cells."""
        found: defaultdict[Hashable, list[Plot]] = defaultdict(list)
        for plot in self._plots:
            for cut in plot.cuts:
                found[cut.key].append(plot)
        return found

    def put(self, key: str, name: str, dimension: str, value: int) -> None:
        """Take the new value of one cell."""
        self._cells.setdefault(key, {}).setdefault(name, {})[dimension] = value
        self._taken.pop(key, None)
        self._of_plots.clear()

    def cells(self, key: str) -> Cells:
        """Return the cells of a hash that was wanted; none where none of it was."""
        return self._cells.get(key, {})

    def found(self, plot: Plot) -> Sequence[Found]:
        """Return what the hashes of a plot have of what was wanted; not the empty ones."""
        known = self._of_plots.get(plot)
        if known is None:
            cells = ((cut, self._cells.get(cut.key)) for cut in plot.cuts)
            known = [Found(cut.point, cut.sign, values) for cut, values in cells if values]
            self._of_plots[plot] = known
        return known

    def visits(self, keys: Iterable[str]) -> Iterator[Visited]:
        """Return what hashes of visits have; not the empty ones."""
        return (found for key in keys if (found := self._found[key]))

    def answer(self, script: str, request: Mapping[str, Any]) -> Any:
        """Return what a script answered to a request."""
        return self._answers[script, _written(request)]

    @cached_property
    def _groups(self) -> list[tuple[frozenset[str], list[str]]]:
        """The hashes of cells, those together of which the same is wanted."""
        wanted: dict[str, frozenset[str]] = {}
        seen: dict[frozenset[str], frozenset[str]] = {}
        unions: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        for plot, wants in self._plots.items():
            mine = frozenset(wants)
            mine = seen.setdefault(mine, mine)
            for cut in plot.cuts:
                known = wanted.get(cut.key, mine)
                if known is not mine:
                    both = unions.get((known, mine))
                    if both is None:
                        both = seen.setdefault(known | mine, known | mine)
                        unions[known, mine] = both
                    known = both
                wanted[cut.key] = known
        groups: defaultdict[frozenset[str], list[str]] = defaultdict(list)
        for key, wants_of_key in wanted.items():
            groups[wants_of_key].append(key)
        return list(groups.items())


def every(name: str, dimension: str = "") -> str:
    """Return the want of all fields of a KPI by a dimension (beside currency), '' by none."""
    return f"{name}|*{dimension}"


@lru_cache(maxsize=1 << 16)
def wants_of(field: str) -> tuple[str, str]:
    """Return the wants that a field answers."""
    name, dimension = parse_field(field)
    return field, every(name, split_dimension(dimension)[1])


def _written(request: Any) -> bytes:
    return msgspec.json.encode(request)


@lru_cache(maxsize=1 << 17)
def _parsed(field: bytes) -> tuple[str, str]:
    return parse_field(field.decode())


def _cells(pairs: Iterator[tuple[bytes, bytes]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for field, value in pairs:
        name, dimension = _parsed(field)
        values = found.get(name)
        if values is None:
            found[name] = {dimension: int(value)}
        else:
            values[dimension] = int(value)
    return found


def _visits(text: bytes, *, counted: bool) -> Visited:
    found = text.split(b"\n") if text else []
    return dict(zip(found[::2], found[1::2], strict=True)) if counted else found


@lru_cache(maxsize=1 << 16)
def split_dimension(text: str) -> tuple[str, str, str]:
    """Return (currency, other dimension, its value) of a cell; each '' for none."""
    values = parse_dimension(text)
    currency = values.pop("currency", "")
    name, value = next(iter(values.items()), ("", ""))
    return currency, name, value
