"""Which (department, employee) pairs stand behind a scope. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property

from schemas.tables import Scope, parse_pair


class Pairs:
    """Every pair that has, or had, a list; it only grows within a generation."""

    def __init__(self, raw: Iterable[bytes] = ()) -> None:
        self.raw = frozenset(raw)

    @cached_property
    def _all(self) -> list[tuple[str, str]]:
        return sorted(parse_pair(text.decode()) for text in self.raw)

    @cached_property
    def _by_department(self) -> dict[str, list[tuple[str, str]]]:
        return _index(self._all, 0)

    @cached_property
    def _by_employee(self) -> dict[str, list[tuple[str, str]]]:
        return _index(self._all, 1)

    @property
    def departments(self) -> Collection[str]:
        """Return the departments that have, or had, lists."""
        return self._by_department.keys()

    @property
    def employees(self) -> Collection[str]:
        """Return the employees who have, or had, lists; '-' is nobody."""
        return self._by_employee.keys()

    def of(
        self, scope: Scope, ids: Iterable[str], within: Collection[str] | None
    ) -> list[tuple[str, str]]:
        """Return the pairs (department, employee) of a scope, each once.

        Shape:  `within` leaves only those of some departments (None: of all).
        """
        if scope == "company":
            found = self._all
        else:
            index = self._by_department if scope == "department" else self._by_employee
            found = [place for name in dict.fromkeys(ids) for place in index.get(name, ())]
        return [place for place in found if within is None or place[0] in within]


def _index(places: Iterable[tuple[str, str]], half: int) -> dict[str, list[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for place in places:
        found[place[half]].append(place)
    return found
