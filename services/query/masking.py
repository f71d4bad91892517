"""Telephone numbers and addresses of e-mails for those who may not see them whole. Pure.

Masked is the fact, before anything is read off it: no list, story, report or file made of it can
show what is not there any more.
"""

from __future__ import annotations

from typing import Any, Final

import phonenumbers
from msgspec.structs import replace
from phonenumbers import NumberParseException

from schemas.facts import AnyFact, Call, Contact, Customer, Email, Message
from services.query.unsealing import MARKS

HIDDEN: Final = "•"
_SHOWN: Final = 2
_SHORTEST: Final = 7
"""Of anything with fewer digits nothing is shown: two of them would be too many."""
_LISTS: Final = ("phones", "numbers")


def masked_number(text: str) -> str:
    """Return a telephone number with its country code, if written, and its last two digits.

    Shape:  '+84 901 234 578' -> '+84 ••• ••• •78'; '0901.234.578' -> '••••.•••.•78'.
    Laws:   of every written form, in any script, at most the country code and two digits are
            left; letters hide too.
    """
    if text in MARKS:
        return text
    digits = [at for at, char in enumerate(text) if char.isnumeric()]
    left = set[int]()
    if len(digits) >= _SHORTEST:
        left = {*digits[: _country_digits(text)], *digits[-_SHOWN:]}
    return "".join(
        HIDDEN if char.isalnum() and at not in left else char for at, char in enumerate(text)
    )


def _country_digits(text: str) -> int:
    """Return how many of the first digits are the country code; 0 where none is written."""
    if not text.lstrip().startswith(("+", "\uff0b")):
        return 0
    try:
        return len(str(phonenumbers.parse(text, None).country_code))
    except NumberParseException:
        return 0


def masked_address(text: str) -> str:
    """Return an address of an e-mail: its first letter, and the end of its domain.

    Shape:  'lan.nguyen@example.com' -> 'l•••@•••.com'; what is no address is hidden wholly.
    """
    if text in MARKS:
        return text
    name, _, domain = text.rpartition("@")
    end = domain.rpartition(".")[2]
    if not name or not domain:
        return HIDDEN * 3
    return f"{name[0]}{HIDDEN * 3}@{HIDDEN * 3}" + (f".{end}" if end != domain else "")


def shown(fact: AnyFact, *, has_phones: bool) -> AnyFact:
    """Return a fact as it is shown: as it is, or without whole numbers and addresses.

    Laws:   whatever counts (who, when, how long, with whom) is as it was.
    """
    if has_phones:
        return fact
    match fact:
        case Customer() | Contact():
            return replace(fact, profile={n: _field(n, one) for n, one in fact.profile.items()})
        case Call(who=(version, direction, agent, customer, phone, extension, number)):
            phone, number = _number(phone), masked_number(number)
            who = (version, direction, agent, customer, phone, extension, number)
            return replace(fact, who=who)
        case Message(who=(version, channel, sender, customer, phone)):
            return replace(fact, who=(version, channel, sender, customer, _number(phone)))
        case Email():
            name, _, recipient = fact.id.partition("|")
            return replace(fact, id=f"{name}|{masked_address(recipient)}")
        case _:
            return fact


def _number(text: str | None) -> str | None:
    return None if text is None else masked_number(text)


def _field(name: str, register: tuple[int, Any]) -> tuple[int, Any]:
    version, value = register
    if name not in _LISTS or value is None:
        return register
    return (version, [masked_number(one) for one in value])
