"""One tenant in memory: its settings, its people, and the facts a batch touches.

`apply` is the core: one event, the facts it needs, the facts and figures it changes. What is not
in memory yet is asked for by raising `Missing`; the caller loads it and applies the event again
(nothing was changed by the first attempt).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, cast

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE
from schemas.envelope import LogEvent
from schemas.facts import TAGS, AnyFact, Customer, Department, Employee
from services.aggregator.core.contributions import contributions, segments
from services.aggregator.core.fold import RULES, Rule, customer_ref, entity_id
from services.aggregator.core.ledger import Ledger

EntityKey = tuple[str, str]
"""(tag of the kind, entity id)"""

CUSTOMER_TAG = TAGS[Customer]
EMPLOYEE_TAG = TAGS[Employee]
_PEOPLE_TAGS = frozenset({EMPLOYEE_TAG, TAGS[Department]})
Outcome = Literal["applied", "unchanged"]


class Missing(Exception):  # noqa: N818 - a request, not an error
    """What has to be loaded before the event can be applied."""

    def __init__(
        self,
        entities: Iterable[EntityKey] = (),
        numbers: Iterable[int] = (),
        related: int | None = None,
        employee: str | None = None,
    ) -> None:
        super().__init__()
        self.entities = tuple(entities)
        self.numbers = tuple(numbers)
        self.related = related
        self.employee = employee


@dataclass(slots=True)
class Settings:
    """What the tenant configured, as of the last folded record."""

    name: str = ""
    time_zone: str = DEFAULT_TIME_ZONE
    currency: str = DEFAULT_CURRENCY


@dataclass(slots=True)
class Tenant:
    """The part of one tenant that is in memory.

    `entities` maps an entity to its fact, or to None when it is known not to exist. Employees
    and departments are in memory completely.
    """

    id: str
    settings: Settings = field(default_factory=Settings)
    next_number: int = 1
    events: int = 0
    entities: dict[EntityKey, AnyFact | None] = field(default_factory=dict)
    by_number: dict[int, EntityKey] = field(default_factory=dict)
    related: dict[int, set[int]] = field(default_factory=dict)
    listed: dict[str, set[int]] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    changed: dict[EntityKey, AnyFact] = field(default_factory=dict)
    new: set[EntityKey] = field(default_factory=set)
    relations: dict[tuple[int, int], bool] = field(default_factory=dict)
    keys: dict[str, dict[str, object]] = field(default_factory=dict)
    changed_keys: set[str] = field(default_factory=set)

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee, None if unknown."""
        return cast("Employee | None", self.entities.get((EMPLOYEE_TAG, employee_id)))

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer, None if unknown; raises Missing if not in memory."""
        return cast("Customer | None", self._entity((CUSTOMER_TAG, customer_id)))

    def needs(self, event: LogEvent) -> list[EntityKey]:
        """Return what an event will surely need, so that a batch can be loaded at once."""
        rule = RULES.get(event.type)
        if rule is None:
            return []
        tag = TAGS[rule.kind]
        keys = [] if tag in _PEOPLE_TAGS else [(tag, entity_id(event))]
        customer = event.data.get("customer_id")
        if customer is not None:
            keys.append((CUSTOMER_TAG, customer))
        return keys

    def put(self, key: EntityKey, fact: AnyFact | None) -> None:
        """Remember a fact that was loaded, or that it does not exist."""
        self.entities[key] = fact
        if fact is not None:
            self.by_number[fact.number] = key

    def settle(self) -> None:
        """Forget what a commit has just made permanent, keep what was read."""
        self.ledger = Ledger()
        self.changed.clear()
        self.new.clear()
        self.relations.clear()
        self.changed_keys.clear()
        self.listed.clear()

    def forget_facts(self) -> None:
        """Drop the facts in memory, but for the people."""
        self.entities = {key: f for key, f in self.entities.items() if key[0] in _PEOPLE_TAGS}
        self.by_number = {f.number: key for key, f in self.entities.items() if f is not None}
        self.related.clear()

    def apply(self, event: LogEvent) -> Outcome:
        """Apply one event to the facts and post what it changes to the ledger.

        Errors: Missing asks for more facts, nothing is changed then; raises on a bug.
        Laws:   idempotent; commutative over events, but for settings.
        Source: docs/rules.md; decision 0005.
        """
        rule = RULES.get(event.type)
        if rule is None:
            return self._configure(event)
        key = (TAGS[rule.kind], entity_id(event))
        before = self._entity(key)
        blank = before or cast("AnyFact", rule.kind(id=key[1], number=self.next_number))
        after = rule.fold(blank, event, self.settings.time_zone)
        mentioned: str | None = event.data.get("customer_id")
        stub = None if mentioned is None or self.customer(mentioned) else mentioned
        if before is not None and after == before:
            if stub is not None:
                self._store_stub(stub)
            return "unchanged"
        self._replace(rule, key, before, after, event.id, stub=stub)
        return "applied"

    def _replace(
        self,
        rule: Rule,
        key: EntityKey,
        before: AnyFact | None,
        after: AnyFact,
        cause: str,
        *,
        stub: str | None,
    ) -> None:
        old_ref, new_ref = customer_ref(before) if before else None, customer_ref(after)
        for ref in (old_ref, new_ref):
            if ref is not None:
                self.customer(ref)
        dependents = self._dependents(rule, before, after)
        old = [contributions(fact, self) for fact in dependents]
        mine = contributions(before, self)
        self._store(key, after, is_new=before is None)
        if stub is not None:
            self._store_stub(stub)
        self._relate(after.number, old_ref, new_ref)
        self.ledger.post(after.number, mine, contributions(after, self), cause)
        for fact, posted in zip(dependents, old, strict=True):
            self.ledger.post(fact.number, posted, contributions(fact, self), cause)

    def _store(self, key: EntityKey, fact: AnyFact, *, is_new: bool) -> None:
        if is_new:
            self.next_number += 1
            self.new.add(key)
            if key[0] == CUSTOMER_TAG:
                self.related[fact.number] = set()
        self.put(key, fact)
        self.changed[key] = fact

    def _store_stub(self, customer_id: str) -> None:
        """Make a customer that is mentioned and not known yet; a later event completes it."""
        stub = Customer(id=customer_id, number=self.next_number)
        self._store((CUSTOMER_TAG, customer_id), stub, is_new=True)

    def _relate(self, number: int, old: str | None, new: str | None) -> None:
        if old == new:
            return
        for ref, is_related in ((old, False), (new, True)):
            customer = None if ref is None else self.customer(ref)
            if customer is None:
                continue
            self.relations[customer.number, number] = is_related
            known = self.related.get(customer.number)
            if known is not None:
                known.add(number) if is_related else known.discard(number)

    def _dependents(self, rule: Rule, before: AnyFact | None, after: AnyFact) -> list[AnyFact]:
        """Return the other facts whose contributions the change may move."""
        if rule.kind is Customer and before is not None:
            old, new = cast("Customer", before), cast("Customer", after)
            if segments(old) != segments(new):
                numbers = self.related.get(before.number)
                if numbers is None:
                    raise Missing(related=before.number)
                return self._facts(numbers, {"o", "p"})
        if rule.kind is Employee:
            places = () if before is None else cast("Employee", before).places
            if _departments(places) != _departments(cast("Employee", after).places):
                listed = self.listed.get(after.id)
                if listed is None:
                    raise Missing(employee=after.id)
                return self._facts(listed | set(self.ledger.members(after.id)), None)
        return []

    def _facts(self, numbers: Iterable[int], tags: set[str] | None) -> list[AnyFact]:
        """Return facts by number, in that order, with the customers they refer to."""
        ordered = sorted(numbers)
        absent = [number for number in ordered if number not in self.by_number]
        if absent:
            raise Missing(numbers=absent)
        keys = [self.by_number[number] for number in ordered]
        facts = [
            cast("AnyFact", self.entities[key]) for key in keys if tags is None or key[0] in tags
        ]
        refs = {(CUSTOMER_TAG, ref) for fact in facts if (ref := customer_ref(fact)) is not None}
        unknown = [key for key in refs if key not in self.entities]
        if unknown:
            raise Missing(entities=unknown)
        return facts

    def _entity(self, key: EntityKey) -> AnyFact | None:
        try:
            return self.entities[key]
        except KeyError:
            if key[0] in _PEOPLE_TAGS:
                return None
            raise Missing(entities=[key]) from None

    def _configure(self, event: LogEvent) -> Outcome:
        data = event.data
        match event.type:
            case "setting.changed":
                for name in ("name", "time_zone", "currency"):
                    if data.get(name) is not None:
                        setattr(self.settings, name, data[name])
            case "apikey.created":
                key = self.keys.setdefault(event.subject, {"revoked": False})
                key |= {name: data.get(name, "") for name in ("digest", "scopes", "label")}
                self.changed_keys.add(event.subject)
            case "apikey.revoked":
                self.keys.setdefault(event.subject, {})["revoked"] = True
                self.changed_keys.add(event.subject)
            case _:
                raise LookupError(f"no rule for event type {event.type!r}")
        return "applied"


def _departments(places: tuple[tuple[int, int, str | None, str | None], ...]) -> list[object]:
    return [(place[0], place[2]) for place in places]
