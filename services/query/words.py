"""The words of a tenant: names and tags of its taxonomies, its own texts of definitions. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from schemas.facts import Term, unpack
from schemas.tagged_terms import kind_of, tagged

_LAST: Final = 1 << 31
"""Behind every position."""


class Words:
    """The terms of a tenant by their id, '<kind>:<subject>'."""

    def __init__(self, packed: Iterable[bytes] = ()) -> None:
        facts = (unpack(value) for value in packed)
        self.terms = {fact.id: fact for fact in facts if isinstance(fact, Term)}

    def name(self, dimension: str, value: str) -> str | None:
        """Return the name of a dimension's value, None where none was given."""
        term = self.terms.get(f"{kind_of(dimension)}:{value}")
        return None if term is None or term.profile is None else term.profile[1]

    def ids(self, dimension: str) -> frozenset[str]:
        """Return the values of a dimension that have a term; a term out of use is one too."""
        kind = kind_of(dimension) + ":"
        return frozenset(
            name.removeprefix(kind)
            for name, term in self.terms.items()
            if name.startswith(kind) and term.profile is not None
        )

    def in_order(self, dimension: str, seen: Collection[str]) -> list[str]:
        """Return the values in use, or seen, in the order of the company; '' (none) last.

        Laws:   by position and name; those that nobody named come behind, by id.
        """
        places: dict[str, tuple[int, str]] = {}
        for value in {*self.ids(dimension), *seen} - {""}:
            term = self.terms.get(f"{kind_of(dimension)}:{value}")
            if term is None or term.profile is None:
                places[value] = (_LAST, value)
            elif term.profile[4] or value in seen:
                places[value] = (term.profile[3], term.profile[1])
        return [*sorted(places, key=lambda value: (*places[value], value)), ""]

    def tagged(self, dimension: str, tag: str) -> frozenset[str]:
        """Return the values of a dimension whose term carries a tag."""
        return tagged(self.terms.values(), dimension, tag)

    def definition(self, metric: str) -> str | None:
        """Return the tenant's own text of a KPI's definition, None without one."""
        term = self.terms.get(f"metric:{metric}")
        return None if term is None or term.definition is None else term.definition[1] or None
