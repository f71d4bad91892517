"""Which target holds: the own one, else the default of the nearest department, else the company's.

Pure: says what to read of the hash of a period, and what the replies mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.tables import COMPANY_ID, NOBODY, Scope
from schemas.targets import Aim, Slot
from services.query.basis import Basis, Command


class Held(NamedTuple):
    """A target that holds, and the slot it was set in."""

    slot: Slot
    aim: Aim

    @property
    def default_of(self) -> str | None:
        """Whose default it is: 'company', 'department:<id>'; None of an own one."""
        whose, _, each = self.slot.whose.partition(".")
        if not each:
            return None
        return whose if whose == "company" else f"{whose}:{self.slot.id}"


class Together(NamedTuple):
    """The target of a department and those below it: the sum of those of each.

    Shape:  `of` are the departments that have one, `without` those that lack one: then there is no
            sum; None too where they are money in several currencies.
    """

    aim: Aim | None
    of: tuple[str, ...]
    without: tuple[str, ...]

    @property
    def default_of(self) -> str | None:
        """Nobody's: each of them is an own one."""
        return None


def together(each: Mapping[str, Mapping[str, Held]], wanting: Iterable[str]) -> dict[str, Together]:
    """Return metric -> the targets of several departments as one, of what any has one for.

    Shape:  `each` department -> its targets; `wanting` are those that cannot be without, because
            there is somebody in them.
    Source: A-02: each head sets what is theirs, so a target is one of the own people.
    """
    needed = list(wanting)
    metrics = dict.fromkeys(metric for held in each.values() for metric in held)
    found = {}
    for metric in metrics:
        aims = {name: held[metric].aim for name, held in each.items() if metric in held}
        without = tuple(name for name in needed if name not in aims)
        currencies = {aim.currency for aim in aims.values()}
        total = Aim(0, sum(aim.value for aim in aims.values()), next(iter(currencies)))
        is_whole = not without and len(currencies) == 1
        found[metric] = Together(total if is_whole else None, tuple(aims), without)
    return found


def chain_of(basis: Basis, scope: Scope, scope_id: str) -> tuple[str, ...]:
    """Return the department somebody is in now, or a department itself, and those above it."""
    if scope == "company":
        return ()
    department = scope_id if scope == "department" else basis.org.department_of(scope_id)
    return () if department == NOBODY else basis.org.tree.chain(department)


def slots_of(basis: Basis, scope: Scope, scope_id: str, metric: str) -> list[Slot]:
    """Return where a target may stand, the first that is there holds (docs/rules.md 9)."""
    found = [Slot(metric, scope, scope_id)]
    if scope == "employee":
        chain = chain_of(basis, scope, scope_id)
        found += [Slot(metric, "department.each", name) for name in chain]
        found.append(Slot(metric, "company.each", COMPANY_ID))
    return found


class Wanted:
    """The targets of somebody in a period, as far as some figures go."""

    def __init__(
        self, basis: Basis, place: tuple[Scope, str], period: str, metrics: Iterable[str]
    ) -> None:
        self._slots = {name: slots_of(basis, *place, name) for name in metrics}
        self._key = basis.keys.targets(period)

    @property
    def command(self) -> Command:
        """Return what to read."""
        names = [str(slot) for slots in self._slots.values() for slot in slots]
        return ("HMGET", self._key, *(names or ["-"]))

    def held(self, reply: Sequence[bytes | None]) -> dict[str, Held]:
        """Return metric -> the target that holds."""
        raws = iter(reply)
        found: dict[str, Held] = {}
        for metric, slots in self._slots.items():
            for slot, raw in [(slot, next(raws)) for slot in slots]:
                if raw is not None and metric not in found:
                    found[metric] = Held(slot, Aim.unpack(raw))
        return found


def all_of(reply: Mapping[bytes, bytes]) -> dict[Slot, Aim]:
    """Return every target of a period out of its whole hash."""
    return {Slot.parse(name.decode()): Aim.unpack(raw) for name, raw in reply.items()}
