"""What calls, mails, messages and notes contribute."""

from __future__ import annotations

from schemas.calendar import NOW
from schemas.facts import Call, Email, Message, Note
from services.aggregator.core.contributions.place import (
    SCORE,
    Contributions,
    People,
    issue,
    named,
    place_of,
    survivor_of,
    visited,
)

_RUNNING = f"{SCORE}calls_running"


def began(fact: Call) -> tuple[int, int, int] | None:
    """Return when a call began: (version, at_ms, day) of its first moment that is known."""
    return fact.started or fact.connected or (None if fact.ended is None else fact.ended[:3])


def is_spoken(fact: Call) -> bool:
    """Say whether the two ends of a call spoke, as far as is known (V6)."""
    return fact.connected is not None and not (fact.ended is not None and fact.ended[3] == 0)


def call(fact: Call, people: People, found: Contributions) -> None:
    """Add what a call contributes, for its agent."""
    start = began(fact)
    if fact.who is None or start is None:
        return
    _, direction, _, _, phone, _, number = fact.who
    if fact.ended is None:
        found[place_of(people, fact.agent, NOW), _RUNNING] = start[1]
    if phone and phone.strip() and not number:
        issue(found, place_of(people, fact.agent, NOW), "not_a_phone_number")
    if direction == "outbound":
        _outbound(fact, start, people, found)
    else:
        _inbound(fact, start, people, found)


def _outbound(
    fact: Call, start: tuple[int, int, int], people: People, found: Contributions
) -> None:
    survivors = [survivor_of(people, name) for name in fact.customers]
    customers = {one.number: one for one in survivors if one is not None}.values()
    place = place_of(people, fact.agent, start[2])
    found[place, "calls_attempted"] = 1
    for customer in customers:
        visited(found, place, "calls_attempted", customer)
    if fact.connected is not None and is_spoken(fact):
        place = place_of(people, fact.agent, fact.connected[2])
        found[place, "calls_outbound"] = 1
        for customer in customers:
            visited(found, place, "calls_outbound", customer)
        if fact.ended is not None:
            found[place, "talk_seconds_outbound"] = fact.ended[3]


def _inbound(fact: Call, start: tuple[int, int, int], people: People, found: Contributions) -> None:
    place = place_of(people, fact.agent, start[2])
    found[place, "calls_inbound_offered"] = 1
    if fact.connected is not None and is_spoken(fact):
        found[place, "calls_inbound_answered"] = 1
        if fact.ended is not None:
            found[place, "talk_seconds_inbound"] = fact.ended[3]
        wait = 0 if fact.started is None else (fact.connected[1] - fact.started[1]) // 1000
        if wait > 0:
            found[place, "answer_wait_seconds_inbound"] = wait
    elif fact.ended is not None:
        found[place, "calls_inbound_missed"] = 1


def email(fact: Email, people: People, found: Contributions) -> None:
    """Add what an e-mail to one recipient contributes."""
    if fact.opened is None:
        return
    sender, customer = (None, None) if fact.who is None else fact.who[1:]
    place = place_of(people, sender, fact.opened[1])
    found[place, "emails_opened"] = 1
    visited(found, place, "emails_opened", survivor_of(people, customer))


def message(fact: Message, people: People, found: Contributions) -> None:
    """Add what a message contributes, if it arrived."""
    if fact.sent is None or fact.who is None or fact.outcome is None or not fact.outcome[1]:
        return
    _, channel, sender, customer, _ = fact.who
    place = place_of(people, sender, fact.sent[2])
    found[place, "messages_sent"] = 1
    found[place, named("messages_sent", channel=channel)] = 1
    visited(found, place, "messages_sent", survivor_of(people, customer))


def note(fact: Note, people: People, found: Contributions) -> None:
    """Add what a note contributes; a deleted one stays counted (D-36)."""
    if fact.added is None:
        return
    _, _, day, author, customer, automatic = fact.added
    if not automatic:
        place = place_of(people, author, day)
        found[place, "notes_added"] = 1
        visited(found, place, "notes_added", survivor_of(people, customer))
