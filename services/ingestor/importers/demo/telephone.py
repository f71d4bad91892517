"""Calls and e-mails of the sales floor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.deals import progress
from services.ingestor.importers.demo.floor import Customer, Floor
from services.ingestor.importers.demo.names import phone
from services.ingestor.translate.moments import utc_text

_LONGEST_CALL_S = 3600


def talk_seconds(floor: Floor) -> int:
    """Return how long a conversation is: mostly one or two minutes, a few much longer."""
    return min(_LONGEST_CALL_S, max(3, round(floor.rng.lognormvariate(4.3, 0.9))))


def outbound(floor: Floor, at: datetime, who: Employee) -> None:
    """Call a customer: mostly connected, sometimes to nobody who speaks."""
    rng, customer = floor.rng, floor.customer_for(who)
    started = at - timedelta(seconds=rng.randint(4, 25))
    call = _call("outbound", who, customer, customer.phone if customer else phone(rng), started)
    subject = floor.next_id("c")
    if rng.random() > 0.64:
        call |= {"ended_at": utc_text(at), "duration_s": 0}
        floor.write("call.ended", subject, at, call)
        return
    talk = 0 if rng.random() < 0.05 else talk_seconds(floor)
    call["connected_at"] = utc_text(at)
    floor.write("call.connected", subject, at, call)
    _hang_up_later(floor, at, _Talk(subject, call, talk, who, customer))


def reported(floor: Floor, at: datetime, who: Employee) -> None:
    """Report a call once it is over, as some exchanges do."""
    rng, customer = floor.rng, floor.customer_for(who)
    talk = talk_seconds(floor)
    connected = at - timedelta(seconds=talk)
    started = connected - timedelta(seconds=rng.randint(4, 25))
    call = _call("outbound", who, customer, customer.phone if customer else phone(rng), started)
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
    started = at - timedelta(seconds=round(min(90.0, rng.lognormvariate(2.3, 0.7))))
    call = _call("inbound", who, customer, customer.phone if customer else phone(rng), started)
    subject = floor.next_id("c")
    if rng.random() < 0.19:
        call |= {"ended_at": utc_text(at), "duration_s": 0}
        floor.write("call.ended", subject, at, call)
        return
    call["connected_at"] = utc_text(at)
    floor.write("call.connected", subject, at, call)
    _hang_up_later(floor, at, _Talk(subject, call, talk_seconds(floor), who, customer))


def email(floor: Floor, at: datetime, who: Employee) -> None:
    """Let a customer open an e-mail; mail proxies open before, and people open again."""
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


def _call(
    direction: str, who: Employee, customer: Customer | None, number: str, started: datetime
) -> dict[str, Any]:
    call: dict[str, Any] = {
        "direction": direction,
        "employee_id": who.id,
        "extension": who.extension,
        "phone": number,
        "started_at": utc_text(started),
    }
    if customer:
        call["customer_id"] = customer.id
    return call


class _Talk(NamedTuple):
    """A call that is going on."""

    subject: str
    call: dict[str, Any]
    seconds: int
    who: Employee
    customer: Customer | None


def _hang_up_later(floor: Floor, at: datetime, talk: _Talk) -> None:
    def hang_up(then: datetime) -> None:
        ended = {**talk.call, "ended_at": utc_text(then), "duration_s": talk.seconds}
        floor.write("call.ended", talk.subject, then, ended)
        if talk.customer and talk.seconds:
            progress(floor, then, talk.who, talk.customer)

    floor.after(at, talk.seconds or 2, hang_up)
