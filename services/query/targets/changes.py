"""From what somebody asks to the events that make it so: set, removed, copied. Pure.

Errors are Problems that name the rule: `unknown_metric`, `no_target`, `other_currency`,
`not_money`, `weights_not_100`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from schemas.events.terms import TargetRemoved, TargetSet
from schemas.kpis import Kpi
from schemas.money import Money
from schemas.tables import Scope
from schemas.targets import Aim, Slot, can_have_target, slot_of
from services.query.basis import Basis
from services.query.catalogue import catalogue, metric_named
from services.query.problems import Problem, invalid
from services.query.targets.models import TargetsToSet, TargetToSet
from services.query.writing import Change

Held = Mapping[Slot, Aim]
_ALL: Final = 100


def check_weights(weights: Sequence[int | None], pointer: str = "/targets") -> None:
    """See that no target has a weight, or all have and they add to 100; Problem else."""
    given = [weight for weight in weights if weight]
    if not given:
        return
    if len(given) < len(weights):
        detail = "some of these targets have a weight and some have none: all have, or none has"
        raise Problem(422, "weights_not_100", detail, pointer=pointer, sum=sum(given), limit=_ALL)
    if sum(given) != _ALL:
        detail = f"the weights of a scope and period add to 100, these to {sum(given)}"
        raise Problem(422, "weights_not_100", detail, pointer=pointer, sum=sum(given), limit=_ALL)


def check_target(basis: Basis, given: TargetToSet, pointer: str) -> None:
    """See that a figure can have this target; Problem else."""
    kpi = metric_named(basis, given.metric)
    if not can_have_target(kpi):
        detail = f"{kpi.name} ({kpi.additivity}) does not grow over a period: it has no target"
        known = [name for name, each in catalogue(basis).items() if can_have_target(each)]
        raise invalid("no_target", detail, "metric", pointer=f"{pointer}/metric", known=known)
    _check_currency(basis, kpi, given.value, pointer)


def _check_currency(basis: Basis, kpi: Kpi, value: Money | int, pointer: str) -> None:
    ours, at = basis.settings.currency, f"{pointer}/value"
    if kpi.unit == "money":
        if not isinstance(value, Money) or value.currency != ours:
            detail = f"a target of {kpi.name} is money in {ours}, the currency of the company"
            raise Problem(422, "other_currency", detail, pointer=at, known=[ours])
    elif isinstance(value, Money):
        detail = f"{kpi.name} is counted in {kpi.unit}: its target is a number"
        raise Problem(422, "not_money", detail, pointer=at)


class Plan:
    """Whose targets, of which period, and what stands there."""

    def __init__(self, scope: Scope, scope_id: str, period: str, by: str) -> None:
        self.scope, self.scope_id, self.period, self.by = scope, scope_id, period, by

    def _subject(self, slot: Slot) -> str:
        return f"{slot.metric}-{slot.id}-{self.period}"

    def _named(self, slot: Slot) -> dict[str, Any]:
        scope, _, each = slot.whose.partition(".")
        place = {"metric": slot.metric, "scope": scope, "scope_id": slot.id}
        return {**place, "period": self.period, **({"per_person": True} if each else {})}

    def put(self, basis: Basis, given: TargetsToSet, held: Held) -> Iterator[Change]:
        """Yield what makes the given targets those of the scope, and no others."""
        check_weights([target.weight for target in given.targets])
        wanted: set[Slot] = set()
        for place, target in enumerate(given.targets):
            pointer = f"/targets/{place}"
            check_target(basis, target, pointer)
            slot = self._slot(target.metric, given.per_person)
            if slot in wanted:
                detail = f"{target.metric} has two targets here"
                raise Problem(422, "target_twice", detail, pointer=f"{pointer}/metric")
            wanted.add(slot)
            yield from self._set(slot, _aim_of(target, basis.settings.thresholds), held)
        mine = self._slot("", given.per_person)
        for slot in sorted(held):
            if slot not in wanted and slot[1:] == mine[1:]:
                yield self._removed(slot, held)

    def remove(self, held: Held, metric: str, *, is_per_person: bool) -> Iterator[Change]:
        """Yield what removes the targets of the scope, or that of one figure."""
        mine = self._slot(metric, is_per_person)
        for slot in sorted(held):
            if slot[1:] == mine[1:] and metric in {"", slot.metric}:
                yield self._removed(slot, held)

    def copy(self, taken: Iterable[tuple[Slot, Aim]], held: Held) -> Iterator[Change]:
        """Yield what sets the targets of another period here as well."""
        for slot, aim in sorted(taken):
            yield from self._set(slot, aim, held)

    def _slot(self, metric: str, is_per_person: bool) -> Slot:
        return slot_of(metric, self.scope, self.scope_id, is_per_person=is_per_person)

    def _set(self, slot: Slot, aim: Aim, held: Held) -> Iterator[Change]:
        before = held.get(slot)
        same = ("value", "currency", "weight", "thresholds")
        if before is not None and all(getattr(before, n) == getattr(aim, n) for n in same):
            return
        value: Any = aim.value
        if aim.currency:
            value = {"amount": aim.value, "currency": aim.currency}
        data = {**self._named(slot), "value": value}
        if aim.weight:
            data["weight"] = aim.weight
        if aim.thresholds:
            data["thresholds"] = list(aim.thresholds)
        if self.by:
            data["set_by"] = self.by
        after = before.version if before else 0
        yield Change(TargetSet.event_type, self._subject(slot), data, after=after)

    def _removed(self, slot: Slot, held: Held) -> Change:
        data = self._named(slot) | ({"removed_by": self.by} if self.by else {})
        return Change(TargetRemoved.event_type, self._subject(slot), data, after=held[slot].version)


def _aim_of(given: TargetToSet, of_company: tuple[int, ...]) -> Aim:
    value = given.value
    amount, currency = (value.amount, value.currency) if isinstance(value, Money) else (value, "")
    thresholds = tuple(sorted(set(given.thresholds or of_company)))
    return Aim(0, amount, currency, given.weight or 0, thresholds)
