"""Calls and e-mails of the sales floor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.deals import progress
from services.ingestor.importers.demo.floor import Customer, Floor
from services.ingestor.importers.demo.names import dialled, phone
from services.ingestor.translate.moments import utc_text

_LONGEST_CALL_S = 3600
_WRITES_UP_S = (5, 40)


def talk_seconds(floor: Floor) -> int:
    """Return how long a conversation is: mostly one or two minutes, a few much longer."""
    return min(_LONGEST_CALL_S, max(3, round(floor.rng.lognormvariate(4.3, 0.9))))


def outbound(floor: Floor, at: datetime, who: Employee) -> None:
    """Call somebody."""
    ring_up(floor, at, who, floor.customer_for(who))


def ring_up(floor: Floor, at: datetime, who: Employee, customer: Customer | None) -> None:
    """Call a customer: mostly connected, sometimes to nobody who speaks.

    Laws:   nobody is in two calls that are told while they last.
    """
    if floor.is_busy(who, at):
        _report(floor, at, who, customer, "outbound")
        return
    rng = floor.rng
    call = _call(floor, "outbound", who, customer, at)
    talk = 0 if rng.random() < 0.05 else talk_seconds(floor)
    is_connected = rng.random() < 0.64
    _ring(floor, at, rng.randint(4, 25), call, _Talk(who, customer, talk if is_connected else None))


def reported(floor: Floor, at: datetime, who: Employee) -> None:
    """Report a call once it is over, as some exchanges do."""
    _report(floor, at, who, floor.customer_for(who), "outbound")


def _report(
    floor: Floor, at: datetime, who: Employee, customer: Customer | None, direction: str
) -> None:
    rng, talk = floor.rng, talk_seconds(floor)
    connected = at - timedelta(seconds=talk)
    started = connected - timedelta(seconds=rng.randint(4, 25))
    call = _call(floor, direction, who, customer, started)
    call |= {
        "connected_at": utc_text(connected),
        "ended_at": utc_text(at),
        "duration_s": talk,
    }
    floor.write("call.ended", floor.next_id("c"), at, call)
    if customer:
        progress(floor, at, who, customer)


def inbound(floor: Floor, at: datetime, who: Employee) -> None:
    """Let a customer, or a stranger, call: answered after some seconds, or missed."""
    rng = floor.rng
    customer = floor.customer_for(who) if rng.random() < 0.6 else None
    if floor.is_busy(who, at):
        _report(floor, at, who, customer, "inbound")
        return
    call = _call(floor, "inbound", who, customer, at)
    ringing = round(min(90.0, rng.lognormvariate(2.3, 0.7)))
    talk = talk_seconds(floor)
    _ring(floor, at, ringing, call, _Talk(who, customer, None if rng.random() < 0.19 else talk))


def email(floor: Floor, at: datetime, who: Employee) -> None:
    """Let a customer open an e-mail; proxies open before, people open again, and some click."""
    rng, customer = floor.rng, floor.customer_for(who)
    if customer is None:
        return
    subject = floor.next_id("m")
    opening: dict[str, Any] = {
        "recipient": f"{customer.id}@example.vn",
        "opened_at": utc_text(at),
        "sender_id": who.id,
        "customer_id": customer.id,
    }
    if rng.random() < 0.25:
        machine = {**opening, "machine": True}
        floor.write("email.opened", subject, at, machine)
        if rng.random() < 0.4:
            return
    floor.write("email.opened", subject, at, opening)
    if rng.random() < 0.3:

        def again(then: datetime) -> None:
            floor.write("email.opened", subject, then, {**opening, "opened_at": utc_text(then)})

        floor.after(at, rng.randint(60, 7200) * floor.hurry, again)
    if rng.random() < 0.2:
        _click_later(floor, at, subject, opening)


def _click_later(floor: Floor, at: datetime, subject: str, opening: dict[str, Any]) -> None:
    who = {name: opening[name] for name in ("recipient", "sender_id", "customer_id")}

    def click(then: datetime) -> None:
        floor.write("email.clicked", subject, then, {**who, "clicked_at": utc_text(then)})

    floor.after(at, floor.rng.randint(5, 300), click)


def _call(
    floor: Floor, direction: str, who: Employee, customer: Customer | None, started: datetime
) -> dict[str, Any]:
    """Return what a call says of itself; one of three has but extension and number."""
    call: dict[str, Any] = {
        "direction": direction,
        "extension": floor.extension_of(who),
        "phone": dialled(floor.rng, _number_of(floor, customer)),
        "started_at": utc_text(started),
    }
    if floor.rng.random() < 0.66:
        call["employee_id"] = who.id
        if customer:
            call["customer_id"] = customer.id
    return call


def _number_of(floor: Floor, customer: Customer | None) -> str:
    """Return a number of a customer or of a contact person, mostly the first one."""
    if customer is None:
        return phone(floor.rng)
    others = [*customer.phones[1:], *customer.contacts.values()]
    return floor.rng.choice(others if others and floor.rng.random() < 0.3 else customer.phones[:1])


class _Talk(NamedTuple):
    """Who speaks with whom in a call, and how long. Units: seconds, None if nobody answers."""

    who: Employee
    customer: Customer | None
    seconds: int | None


def _ring(floor: Floor, at: datetime, ringing_s: int, call: dict[str, Any], talk: _Talk) -> None:
    """Let it ring; then somebody answers and hangs up after the talk, or nobody does."""
    subject = floor.next_id("c")
    floor.write("call.started", subject, at, call)
    lasts = ringing_s + (talk.seconds or 2) + floor.rng.randint(*_WRITES_UP_S)
    floor.busy[talk.who.id] = at + timedelta(seconds=lasts)

    def give_up(then: datetime) -> None:
        ended = {**call, "ended_at": utc_text(then), "duration_s": 0}
        floor.write("call.ended", subject, then, ended)

    def connect(then: datetime) -> None:
        connected = {**call, "connected_at": utc_text(then)}
        floor.write("call.connected", subject, then, connected)
        floor.after(then, talk.seconds or 2, lambda later: hang_up(later, connected))

    def hang_up(then: datetime, connected: dict[str, Any]) -> None:
        ended = {**connected, "ended_at": utc_text(then), "duration_s": talk.seconds or 0}
        floor.write("call.ended", subject, then, ended)
        if talk.customer and talk.seconds:
            progress(floor, then, talk.who, talk.customer)

    floor.after(at, ringing_s, give_up if talk.seconds is None else connect)
