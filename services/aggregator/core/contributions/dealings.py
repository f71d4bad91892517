"""What calls, mails, messages and notes contribute."""

from __future__ import annotations

from schemas.facts import Call, Email, Message, Note
from services.aggregator.core.contributions.place import (
    Contributions,
    People,
    named,
    place_of,
    survivor_of,
    visited,
)


def call(fact: Call, people: People, found: Contributions) -> None:
    """Add what a call contributes."""
    if fact.who is None:
        return
    _, direction, employee, customer, _, _ = fact.who
    connected, ended = fact.connected, fact.ended
    seconds = 0 if ended is None else ended[3]
    spoke = connected is not None and not (ended is not None and seconds == 0)
    if direction == "outbound":
        if connected is not None and spoke:
            place = place_of(people, employee, connected[2])
            found[place, "calls_outbound"] = 1
            visited(found, place, "calls_outbound", survivor_of(people, customer))
            if seconds:
                found[place, "talk_seconds_outbound"] = seconds
        return
    began = fact.started or connected or (None if ended is None else ended[:3])
    if began is None:
        return
    place = place_of(people, employee, began[2])
    found[place, "calls_inbound_offered"] = 1
    if connected is not None and spoke:
        found[place, "calls_inbound_answered"] = 1
        if seconds:
            found[place, "talk_seconds_inbound"] = seconds
        wait = 0 if fact.started is None else (connected[1] - fact.started[1]) // 1000
        if wait > 0:
            found[place, "answer_wait_seconds_inbound"] = wait
    elif ended is not None:
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
