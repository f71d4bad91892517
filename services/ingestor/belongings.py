"""What belongs to a customer who is to be forgotten: keys of contacts, numbers, addresses, tasks.

Read from the facts of the fold, which say what refers to whom now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.facts import TAGS, AnyFact, Call, Contact, Customer, Email, Message, Task, unpack
from schemas.layout import unreadable
from schemas.relations import numbers_in
from schemas.sealed import NUMBER, parse
from schemas.sealing import Root
from schemas.tables import TenantKeys
from services.ingestor.directory import Tenant
from services.ingestor.problems import unavailable
from services.ingestor.store import Store


@dataclass(slots=True)
class Belongings:
    """The customers that are one, and the ids of the keys of what belongs to them.

    Shape:  `plain` counts the facts that still hold texts which came before sealing.
    """

    customers: list[str] = field(default_factory=list)
    contacts: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)
    plain: int = 0

    @property
    def keys(self) -> set[str]:
        """Return the ids of all these keys."""
        return self.contacts | self.numbers | self.addresses | self.tasks


async def belongings(store: Store, tenant: Tenant, customer: str, root: Root) -> Belongings:
    """Return what belongs to a customer and to those that were merged into it.

    Errors: REDIS_ERRORS; Problem 503 `other_layout` of tables that we would read wrongly.
    """
    found = Belongings()
    generation = await store.generation(tenant.partition)
    if generation is None:
        return found
    if why := unreadable(generation):
        raise unavailable("other_layout", why)
    keys = TenantKeys(tenant.partition, generation, tenant.id)
    waiting, seen = [customer], {customer}
    while waiting:
        name = waiting.pop()
        found.customers.append(name)
        number = await store.field(*keys.number(TAGS[Customer], name))
        if number is None:
            continue
        about = [int(number), *await _related(store, keys, int(number))]
        for fact in await _facts(store, keys, about):
            _add(found, fact, root)
            absorbed = fact.absorbed if isinstance(fact, Customer) and fact.id == name else ()
            waiting += [other for other in absorbed if other not in seen]
            seen.update(absorbed)
    return found


async def _related(store: Store, keys: TenantKeys, number: int) -> list[int]:
    """Return the numbers of the facts that refer to a fact, ascending."""
    found = numbers_in(await store.field(*keys.related(number)))
    return await store.members(keys.related_apart(number)) if found is None else found


async def _facts(store: Store, keys: TenantKeys, numbers: Iterable[int]) -> list[AnyFact]:
    packed = [await store.field(*keys.facts(number)) for number in numbers]
    return [unpack(value) for value in packed if value is not None]


def _add(found: Belongings, fact: AnyFact, root: Root) -> None:
    """Add the keys that one fact stands for; those of others that it names are not its own."""
    match fact:
        case Customer(profile=profile):
            _add_numbers(found, profile, root)
            _note_plain(found, profile)
        case Contact(profile=profile):
            found.contacts.add(root.key_id("contact", fact.id))
            _add_numbers(found, profile, root)
            _note_plain(found, profile)
        case Call(who=who) if who is not None:
            _add_phone(found, who[3], who[4], who[6], root)
        case Message(who=who) if who is not None:
            _add_phone(found, who[3], who[4], "", root)
        case Email():
            sealed = parse(fact.id.partition("|")[2])
            if sealed is None:
                found.plain += 1
            else:
                found.addresses.add(sealed.key_id)
        case Task():
            found.tasks.add(root.key_id("task", fact.id))
        case _:
            pass


def _add_numbers(found: Belongings, profile: dict[str, tuple[int, Any]], root: Root) -> None:
    for number in profile.get("numbers", (0, ()))[1]:
        if number.startswith(NUMBER):
            found.numbers.add(root.key_id("number", number.removeprefix(NUMBER)))


def _add_phone(
    found: Belongings, customer: str | None, phone: str | None, number: str, root: Root
) -> None:
    if not phone or not phone.strip():
        return
    sealed = parse(phone)
    if sealed is None:
        found.plain += 1
    elif number:
        found.numbers.add(root.key_id("number", number.removeprefix(NUMBER)))
    elif customer is None:
        found.numbers.add(sealed.key_id)


def _note_plain(found: Belongings, profile: dict[str, tuple[int, Any]]) -> None:
    texts = [profile.get(name, (0, None))[1] for name in ("name", "birthday")]
    texts += profile.get("phones", (0, None))[1] or []
    if any(text and text.strip() and parse(text) is None for text in texts):
        found.plain += 1
