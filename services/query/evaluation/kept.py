"""Plans that are kept for whoever asks the same next: no figures, but how they are read and made.

To plan the report of a large department takes as long as to read and count it, and the plan is the
same until somebody moves, a word or a setting changes, or the day ends. What is read for an answer
is all read anew; of it only what reads otherwise than the last time is counted anew
(`Evaluation.answer`), so an answer is of the version that was read, whatever was kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Protocol, TypeVar, cast

from services.query.basis import Basis
from services.query.evaluation.evaluation import Evaluation

MOST_HASHES: Final = 20_000
"""Some 4 KB each with what was made of it (decision 0045)."""


class Planned(Protocol):
    """What was made of one basis."""

    @property
    def basis(self) -> Basis:
        """Return the basis."""

    @property
    def evaluation(self) -> Evaluation:
        """Return what reads and counts its figures."""


Made = TypeVar("Made", bound=Planned)


class Plans:
    """The plans of all tenants.

    Laws:   what is given was made of a basis that leads to the same plan, for who sees the same;
            a plan that asks for an instant (`is_timed`) is never kept. Together they read at most
            `most_hashes`, unless the last one alone does; those asked for longest ago go first.
    """

    def __init__(self, most_hashes: int = MOST_HASHES) -> None:
        self._most = most_hashes
        self._plans: OrderedDict[Hashable, Planned] = OrderedDict()
        self._size = 0

    def of(self, question: Hashable, basis: Basis, make: Callable[[Basis], Made]) -> Made:
        """Return the plan of a question on a basis.

        Shape:  `question` tells plans of one kind from one another, whoever asks.
        """
        key = (question, basis.keys.prefix, basis.within)
        known = self._plans.get(key)
        if known is not None and known.basis.is_of_the_same_day(basis):
            self._plans.move_to_end(key)
            return cast(Made, known)
        made = make(basis)
        self._forget(key)
        if not made.evaluation.is_timed:
            self._plans[key] = made
            self._size += made.evaluation.size
            while self._size > self._most and len(self._plans) > 1:
                self._forget(next(iter(self._plans)))
        return made

    def _forget(self, key: Hashable) -> None:
        known = self._plans.pop(key, None)
        if known is not None:
            self._size -= known.evaluation.size
