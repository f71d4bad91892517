"""One tenant in memory: its settings, its people, and the facts a batch touches.

`apply` is the core: one event, the facts it needs, the facts and figures it changes. What is not
in memory yet is asked for by raising `Missing`; the caller loads it and applies the event again
(nothing was changed by the first attempt).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE, parse_day
from schemas.configuration import DOCUMENTS, Document, document_name
from schemas.envelope import LogEvent
from schemas.facts import (
    TAGS,
    AnyFact,
    Call,
    Customer,
    Opportunity,
    Order,
    PhoneNumber,
    Task,
)
from schemas.phones import DEFAULT_REGION
from services.aggregator.core.contributions import (
    Contributions,
    by_dealings,
    contributions,
    moved_by,
)
from services.aggregator.core.crossings import Watch
from services.aggregator.core.fold import RULES, EntityKey, entity_id, mentions, refs, stub, words
from services.aggregator.core.fold.numbers import with_numbers
from services.aggregator.core.fold.thresholds import with_thresholds
from services.aggregator.core.follow import follow, resolved_call
from services.aggregator.core.heard import Heard
from services.aggregator.core.ledger import Ledger
from services.aggregator.core.memory import (
    CUSTOMER_TAG,
    EMPLOYEE_TAG,
    PEOPLE_TAGS,
    REFERRED_TAGS,
    Memory,
    Missing,
)
from services.aggregator.core.reach import reach, reach_of_merge

Outcome = Literal["applied", "unchanged"]
_REMEMBERED: Final = 20_000
"""Facts whose contributions are remembered between two commits."""
_PLACES: Final = 100_000
"""Places of employees on days that are remembered between two commits."""
_MOVES_OTHERS: Final = frozenset({CUSTOMER_TAG, EMPLOYEE_TAG})
"""Kinds whose change may move other customers' contributions, beside the marks on them."""
_FEEDS: Final = {
    "message": "messages",
    "note": "notes",
    "task": "tasks",
    "payment": "payments",
    "contract": "contracts",
    "stock": "inventory",
}
"""First part of an event type -> the module it feeds (G15)."""
_OF_A_KEY: Final = ("expires_at", "board", "addresses", "created_by")
"""What is kept of an API key where it is given, beside digest, scopes and label."""


@dataclass(slots=True)
class Settings:
    """What the tenant configured, as of the last folded record.

    Units:  locks are (first, last) days, yyyymmdd, sorted.
    """

    name: str = ""
    time_zone: str = DEFAULT_TIME_ZONE
    currency: str = DEFAULT_CURRENCY
    region: str = DEFAULT_REGION
    modules_off: tuple[str, ...] = ()
    thresholds: tuple[int, ...] = ()
    locks: tuple[tuple[int, int], ...] = ()


class Tenant(Memory):
    """The part of one tenant that is in memory, and what the batch under way has changed."""

    def __init__(
        self,
        id: str,  # noqa: A002 - the attribute is the tenant's id
        settings: Settings | None = None,
        *,
        next_number: int = 1,
        events: int = 0,
        feeds: Iterable[str] = (),
        words: Iterable[str] = (),
        keys: dict[str, dict[str, object]] | None = None,
        documents: dict[str, object] | None = None,
        configured: int = 0,
        aimed: Iterable[str] = (),
        heard: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        super().__init__()
        self.watch = Watch(aimed)
        self.id = id
        self.settings = settings or Settings()
        self.next_number = next_number
        self.events = events
        self.feeds = set(feeds)
        self.words = set(words)
        self.new_words: set[str] = set()
        self.keys = keys or {}
        self.documents = documents or {}
        self.configured = configured
        self.heard = Heard(heard or {})
        self.ledger = Ledger(watched=self.watch.fields)
        self._known: dict[EntityKey, Contributions] = {}
        self.changed: dict[EntityKey, AnyFact] = {}
        self.new: set[EntityKey] = set()
        self.relations: dict[tuple[int, int], bool] = {}
        self.changed_keys: set[str] = set()
        self.changed_documents: set[str] = set()

    def count(self, event: LogEvent, log_ms: int) -> None:
        """Count an event, and note its source; log_ms is when it was appended to the log."""
        self.events += 1
        self.heard.hear(event.source, log_ms)

    def needs(self, event: LogEvent) -> list[EntityKey]:
        """Return what an event will surely need, so that a batch can be loaded at once."""
        rule = RULES.get(event.type)
        if rule is None:
            return []
        named = mentions(with_numbers(event, self.settings.region))
        keys = [(TAGS[rule.kind], entity_id(event)), *named]
        return [key for key in keys if key[0] not in PEOPLE_TAGS]

    def needs_next(self, keys: Iterable[EntityKey]) -> set[EntityKey]:
        """Return what follows from what an event needs: customers by number, or of an order."""
        found: set[EntityKey] = set()
        for key in keys:
            match self.entities.get(key):
                case PhoneNumber(holders=holders):
                    found.update((CUSTOMER_TAG, name) for name, _ in holders)
                case Call(customers=customers):
                    found.update((CUSTOMER_TAG, name) for name in customers)
                case Task(customer=named) | Opportunity(customer=named) | Order(customer=named):
                    if named is not None and named[1] is not None:
                        found.add((CUSTOMER_TAG, named[1]))
                case Customer() as fact:
                    found.update(refs(fact))
                case _:
                    pass
        return {key for key in found if key not in self.entities}

    def settle(self) -> None:
        """Forget what a commit has just made permanent, keep what was read."""
        self.ledger = Ledger(watched=self.watch.fields)
        self.watch.settle()
        self.changed.clear()
        self.new.clear()
        self.relations.clear()
        self.changed_keys.clear()
        self.changed_documents.clear()
        self.new_words.clear()
        self.listed.clear()
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        if len(self.places) > _PLACES:
            self.places.clear()

    def apply(self, event: LogEvent) -> Outcome:
        """Apply one event to the facts and post what it changes to the ledger.

        Errors: Missing asks for more facts, nothing is changed then; raises on a bug.
        Laws:   idempotent; commutative over events, but for settings and locks.
        Source: docs/rules.md; decision 0005.
        """
        self.ledger.moves.clear()
        rule = RULES.get(event.type)
        if rule is None:
            return self._configure(event)
        event = with_numbers(event, self.settings.region)
        event = with_thresholds(event, self.settings.thresholds)
        key = (TAGS[rule.kind], entity_id(event))
        before = self.entity(key)
        blank = before or cast("AnyFact", rule.kind(id=key[1], number=self.next_number))
        after = rule.fold(blank, event, self.settings.time_zone)
        named = dict.fromkeys(name for name in mentions(event) if name != key)
        number = self.next_number + (before is None)
        changes: dict[EntityKey, AnyFact] = {}
        for name in named:
            if self.entity(name) is None:
                changes[name] = stub(name, number)
                number += 1
        if isinstance(after, Call):
            after = resolved_call(self, after, changes)
        if after != before:
            changes = {key: after, **changes}
            self._need_left(before, after)
            follow(self, key, changes)
        self._post(key, changes, event.id)
        self._feed(event)
        return "applied" if key in changes else "unchanged"

    def _need_left(self, before: AnyFact | None, after: AnyFact) -> None:
        """Ask for the facts that this one no longer refers to: they have to forget it."""
        if before is None or (left := refs(before)) == (still := refs(after)):
            return
        absent = {name for name in left if name not in still and name not in self.entities}
        if absent:
            raise Missing(entities=sorted(absent))

    def _post(self, key: EntityKey, changes: dict[EntityKey, AnyFact], cause: str) -> None:
        """Make the changes, and post what every fact they reach contributes less and more."""
        affected = self._reach(key, changes)
        brief = self._shorten(affected, changes) if key[0] not in _MOVES_OTHERS else set()
        old = [self._contributed(name, brief) for name in affected]
        before = self.replace(changes)
        try:
            new = [self._contribution(name, brief) for name in affected]
        except Missing:
            self._put_back(before)
            raise
        for name, fact in changes.items():
            self._store(name, fact, is_new=before[name] is None)
        for name, fact in changes.items():
            self._relate(before[name], fact)
        self.ledger.locks = self.settings.locks
        for name, less, more in zip(affected, old, new, strict=True):
            posted = self.entities[name]
            if posted is not None:
                self.ledger.post(posted.number, less, more, cause)
            if name not in brief:
                self._known[name] = more
            else:
                self._known.pop(name, None)
        self.watch.posted(self.ledger.moves)

    def _shorten(
        self, affected: dict[EntityKey, None], changes: dict[EntityKey, AnyFact]
    ) -> set[EntityKey]:
        """Leave out the customers that only got marks; return those that were only dealt with.

        Laws:   not of a group of several, where one moves what another contributes.
        """
        brief: set[EntityKey] = set()
        for name, fact in changes.items():
            held = self.entities.get(name)
            if isinstance(fact, Customer) and isinstance(held, Customer) and not held.absorbed:
                moved = moved_by(held, fact)
                if moved == "nothing":
                    del affected[name]
                elif moved == "dealings":
                    brief.add(name)
        return brief

    def _contribution(self, name: EntityKey, brief: set[EntityKey]) -> Contributions:
        """Return what a fact contributes as things stand; of a brief one what dealings move."""
        fact = self.entities.get(name)
        if name in brief and isinstance(fact, Customer):
            return by_dealings(fact, self)
        return contributions(fact, self)

    def _contributed(self, name: EntityKey, brief: set[EntityKey]) -> Contributions:
        """Return what was posted for a fact, from memory if it is remembered."""
        known = None if name in brief else self._known.get(name)
        return self._contribution(name, brief) if known is None else known

    def forget_facts(self) -> None:
        """Drop the facts in memory, but for the people."""
        super().forget_facts()
        self._known.clear()

    def _reach(self, key: EntityKey, changes: dict[EntityKey, AnyFact]) -> dict[EntityKey, None]:
        """Return the facts whose contributions may change; a merge looks at both its sides."""
        affected = reach(self, changes, self.ledger.members)
        fact, after = self.entities.get(key), changes.get(key)
        if not isinstance(after, Customer):
            return affected
        merged = fact.merged if isinstance(fact, Customer) else None
        if (merged and merged[1]) == (after.merged and after.merged[1]):
            return affected
        affected |= reach_of_merge(self, key[1])
        if after.merged is not None and after.merged[1] != key[1]:
            affected |= self._about_new(after.merged[1], changes)
        return affected

    def _about_new(self, survivor: str, changes: dict[EntityKey, AnyFact]) -> dict[EntityKey, None]:
        """Return what hangs on the customer merged into; nothing yet if it is new."""
        if self.entity((CUSTOMER_TAG, survivor)) is None and (CUSTOMER_TAG, survivor) in changes:
            return {}
        return reach_of_merge(self, survivor)

    def _put_back(self, before: dict[EntityKey, AnyFact | None]) -> None:
        for name, fact in before.items():
            self.set_entity(name, fact)
            if fact is None and name[0] in PEOPLE_TAGS:
                del self.entities[name]

    def _store(self, key: EntityKey, fact: AnyFact, *, is_new: bool) -> None:
        if is_new:
            self.next_number += 1
            self.new.add(key)
            if key[0] in REFERRED_TAGS:
                self.related[fact.number] = set()
        self.put(key, fact)
        self.changed[key] = fact

    def _relate(self, before: AnyFact | None, after: AnyFact) -> None:
        old, new = () if before is None else refs(before), refs(after)
        if old == new:
            return
        for name in sorted({*old} ^ {*new}):
            target = self.entities.get(name)
            if target is None:
                continue
            is_related = name in new
            self.relations[target.number, after.number] = is_related
            known = self.related.get(target.number)
            if known is not None:
                known.add(after.number) if is_related else known.discard(after.number)

    def _feed(self, event: LogEvent) -> None:
        module = _FEEDS.get(event.type.partition(".")[0])
        if module is not None:
            self.feeds.add(module)
        elif event.data.get("lines") and event.type.startswith("order."):
            self.feeds.add("products")
        for word in words(event):
            if word not in self.words:
                self.words.add(word)
                self.new_words.add(word)

    def _configure(self, event: LogEvent) -> Outcome:
        if (document := DOCUMENTS.get(event.type)) is not None:
            return self._document(document, event)
        data, settings = event.data, self.settings
        match event.type:
            case "setting.changed":
                for name in ("name", "time_zone", "currency", "region"):
                    if data.get(name) is not None:
                        setattr(settings, name, data[name])
                if data.get("modules_off") is not None:
                    settings.modules_off = tuple(sorted(set(data["modules_off"])))
                if data.get("thresholds") is not None:
                    settings.thresholds = tuple(sorted(set(data["thresholds"])))
            case "period.locked":
                lock = (parse_day(data["first"]), parse_day(data["last"]))
                settings.locks = tuple(sorted({*settings.locks, lock}))
            case "apikey.created":
                known = self.keys.get(event.subject, {})
                key = {name: data.get(name, "") for name in ("digest", "scopes", "label")}
                key |= {name: data[name] for name in _OF_A_KEY if data.get(name) is not None}
                self.keys[event.subject] = key | {"revoked": known.get("revoked", False)}
                self.changed_keys.add(event.subject)
            case "apikey.revoked":
                self.keys.setdefault(event.subject, {})["revoked"] = True
                self.changed_keys.add(event.subject)
            case _:
                raise LookupError(f"no rule for event type {event.type!r}")
        return "applied"

    def _document(self, document: Document, event: LogEvent) -> Outcome:
        """Keep what the last event says of a configuration document."""
        name = document_name(document.kind, event.subject)
        after = None if document.removes else event.data
        if self.documents.get(name) == after:
            return "unchanged"
        if after is None:
            del self.documents[name]
        else:
            self.documents[name] = after
        self.configured += 1
        self.changed_documents.add(name)
        return "applied"
