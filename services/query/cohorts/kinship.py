"""Which customers are one: survivors and their groups, from facts that come one by one. Pure.

Most customers were never merged and are a group by themselves. Of the others the whole group is
needed, and what is not there yet is asked for by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from schemas.facts import Customer, CustomerHead
from schemas.facts.kin import group_of, survivor_of


class _Absent(Exception):  # noqa: N818 - a request, not an error
    """A customer of a group is not there yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Kinship:
    """Facts of merged customers on the way to whole groups.

    Laws:   a group is given out once all of it is there; as it stands when it is given out.
    Source: rules 2 (survivor, group).
    """

    def __init__(self) -> None:
        self._facts: dict[str, Customer | None] = {}
        self._waiting: set[str] = set()
        self.missing: frozenset[str] = frozenset()
        """Ids of the customers without whose facts some group cannot be told."""

    def wants(self, head: CustomerHead) -> bool:
        """Say whether a fact may be part of a group with others."""
        return not head.is_single or head.id in self._facts

    def groups(
        self, facts: Iterable[Customer], asked: Iterable[str] = ()
    ) -> Iterator[Sequence[Customer]]:
        """Take facts as they are now; yield the groups that are whole, the survivor first.

        Shape:  `asked` are ids that were asked for: those that never came do not exist.
        """
        for fact in facts:
            if fact.merged is None and not fact.absorbed and fact.id not in self._facts:
                yield (fact,)
            else:
                self._facts[fact.id] = fact
                self._waiting.add(fact.id)
        for name in asked:
            self._facts.setdefault(name, None)
        if self._waiting:
            yield from self._whole()

    def _whole(self) -> Iterator[Sequence[Customer]]:
        missing, told = set[str](), set[str]()
        for name in sorted(self._waiting):
            if name in told:
                continue
            try:
                survivor = survivor_of(name, self._fact)
                group = () if survivor is None else group_of(survivor, self._fact)
            except _Absent as absent:
                missing.add(absent.name)
                continue
            told.add(name)
            told.update(fact.id for fact in group)
            if group:
                yield group
        self._waiting -= told
        self.missing = frozenset(missing)
        if not self._waiting:
            self._facts.clear()

    def _fact(self, name: str) -> Customer | None:
        try:
            return self._facts[name]
        except KeyError:
            raise _Absent(name) from None
