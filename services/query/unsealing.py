"""Facts as people read them: their sealed texts opened (decision 0027). Pure.

What cannot be opened is said in words, never shown as it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from msgspec.structs import replace

from schemas.facts import AnyFact, Call, Contact, Customer, Email, Message, Task
from schemas.sealed import MARK

ERASED: Final = "[erased]"
"""In place of a text whose key was destroyed, and of what was taken from a customer."""
UNREADABLE: Final = "[not readable now]"
"""In place of a text whose key cannot be had at the moment."""
MARKS: Final = frozenset({ERASED, UNREADABLE})


class Read(NamedTuple):
    """A text as it is shown, and the telephone number in E.164 that it says ('' = none)."""

    text: str
    number: str = ""


Person = TypeVar("Person", Customer, Contact)
Open = Callable[[str], Read]
"""What opens a sealed text."""


def opened(fact: AnyFact, read: Open) -> AnyFact:
    """Return a fact with its texts opened; what counts (who, when, how long) is as it was.

    Laws:   a fact without sealed texts, of nobody who was erased, is as it was.
    """
    rule = _RULES.get(type(fact))
    found: AnyFact = fact if rule is None else rule(fact, read)
    return found


def _customer(fact: Customer, read: Open) -> Customer:
    found = _profiled(fact, read)
    if fact.erased is None:
        return found
    version = fact.profile.get("name", (0, None))[0]
    return replace(found, profile={**found.profile, "name": (version, ERASED)})


def _profiled(fact: Person, read: Open) -> Person:
    profile = {name: _field(name, one, read) for name, one in fact.profile.items()}
    return fact if profile == fact.profile else replace(fact, profile=profile)


def _call(fact: Call, read: Open) -> Call:
    if fact.who is None or not _is_sealed(fact.who[4]):
        return fact
    version, direction, agent, customer, phone, extension, _ = fact.who
    told = read(phone or "")
    who = (version, direction, agent, customer, told.text, extension, told.number)
    return replace(fact, who=who)


def _message(fact: Message, read: Open) -> Message:
    if fact.who is None or not _is_sealed(fact.who[4]):
        return fact
    return replace(fact, who=(*fact.who[:4], read(fact.who[4] or "").text))


def _email(fact: Email, read: Open) -> Email:
    name, _, recipient = fact.id.partition("|")
    return replace(fact, id=f"{name}|{read(recipient).text}") if _is_sealed(recipient) else fact


def _task(fact: Task, read: Open) -> Task:
    if fact.title is None or not _is_sealed(fact.title[1]):
        return fact
    return replace(fact, title=(fact.title[0], read(fact.title[1] or "").text))


def _is_sealed(text: str | None) -> bool:
    return text is not None and text.startswith(MARK)


_RULES: Final[dict[type, Callable[[Any, Open], Any]]] = {
    Customer: _customer,
    Contact: _profiled,
    Call: _call,
    Message: _message,
    Email: _email,
    Task: _task,
}


def _field(name: str, register: tuple[int, Any], read: Open) -> tuple[int, Any]:
    version, value = register
    match value:
        case str() if value.startswith(MARK):
            return version, read(value).text
        case list() if name == "phones":
            return version, [read(one).text if one.startswith(MARK) else one for one in value]
        case _:
            return register
