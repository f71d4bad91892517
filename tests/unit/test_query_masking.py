"""Telephone numbers and addresses of e-mails for who may not see them: nothing whole is left."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from schemas.facts import (
    AnyFact,
    Call,
    Contact,
    Customer,
    Email,
    Fact,
    Message,
    Note,
    Order,
    Task,
    pack,
)
from services.query.cohorts.call_rows import running_call
from services.query.fact_rows import row_of
from services.query.journeys import journey
from services.query.lists import Row, RowKey
from services.query.masking import masked_address, masked_number, shown
from services.query.names import Sight

PHONE, NUMBER, ADDRESS = "0901 234 578", "+84901234578", "lan.nguyen@example.com"
AT = 1_795_323_600_000


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("+84 901 234 578", "+84 ••• ••• •78"),
        ("+84901234578", "+84•••••••78"),
        ("+12025550143", "+1••••••••43"),
        ("+358 40 123 4567", "+358 •• ••• ••67"),
        ("0901 234 578", "•••• ••• •78"),
        ("(090) 123-45.78", "(•••) •••-••.78"),
        ("0084901234578", "•••••••••••78"),
        (
            "\uff0b84\uff19\uff10\uff11\uff12\uff13\uff14\uff15\uff17\uff18",
            "\uff0b84•••••••\uff17\uff18",
        ),
        ("0901234578 ext. 12", "•••••••••• •••. 12"),
        ("0901234578 / 0912345679", "•••••••••• / ••••••••79"),
        ("1-800-FLOWERS 22", "•-•••-••••••• ••"),
        ("mẹ: 0901234578", "••: ••••••••78"),
        ("113", "•••"),
        ("•0901234578", "•••••••••78"),
        ("", ""),
    ],
)
def test_every_written_form_is_masked(written: str, left: str) -> None:
    """At most the country code and two digits of a number are left, however it is written."""
    assert masked_number(written) == left


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (ADDRESS, "l•••@•••.com"),
        ("a@b", "a•••@•••"),
        ("no address", "•••"),
        ('"@"@example.vn', '"•••@•••.vn'),
        ("@example.com", "•••"),
        ("", "•••"),
    ],
)
def test_an_address_is_masked(written: str, left: str) -> None:
    """Of an address the first letter and the end of the domain are left."""
    assert masked_address(written) == left


def facts() -> list[AnyFact]:
    """Return a fact of every kind that carries a number or an address."""
    profile: dict[str, tuple[int, Any]] = {
        "name": (1, "Lan"),
        "phones": (1, [PHONE]),
        "numbers": (1, [NUMBER]),
    }
    who = (1, "outbound", "an", "k1", PHONE, "101", NUMBER)
    return [
        Customer("k1", 1, known=True, profile=profile),
        Contact("w1", 2, known=True, profile={**profile, "customer_id": (1, "k1")}),
        Call("c1", 3, who=who, started=(1, AT, 20261122), agent="an"),
        Message("s1", 4, who=(1, "sms", "an", "k1", PHONE), sent=(1, AT, 20261122)),
        Email(f"m1|{ADDRESS}", 5, who=(1, "an", "k1"), opened=(AT, 20261122)),
    ]


def is_whole(document: Any) -> bool:
    """Say whether a number or an address of these facts stands whole in a document."""
    text = orjson.dumps(document).decode()
    return ADDRESS in text or "901234578" in re.sub(r"\D", "", text.replace(str(AT), ""))


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: type(fact).__name__)
def test_a_row_is_whole_only_for_who_may(fact: Fact) -> None:
    """A row of a list has the number for who has the right, and not a trace of it else."""
    row = Row(RowKey(20261122, fact.number), fact)  # type: ignore[arg-type]
    assert is_whole(row_of(row, sight=Sight(has_phones=True)))
    assert not is_whole(row_of(row, sight=Sight(has_phones=False)))


def test_a_journey_is_whole_only_for_who_may() -> None:
    """The story of a customer, with contacts, calls, messages and e-mails, is masked throughout."""
    customer, *about = [pack(fact) for fact in facts()]
    reply = [customer, [customer], len(about), about]
    assert is_whole(journey(reply, AT, "UTC", sight=Sight(has_phones=True)))
    found = journey(reply, AT, "UTC", sight=Sight(has_phones=False))
    assert found is not None
    assert not is_whole(found)
    assert {event["kind"] for event in found["events"]} == {"call", "message", "email"}


def test_a_running_call_is_masked() -> None:
    """What the live call view says of a call comes of the masked fact."""
    call = shown(facts()[2], has_phones=False)
    assert isinstance(call, Call)
    assert running_call(call, AT)["phone"] == "•••• ••• •78"


@pytest.mark.parametrize(
    "fact", [Note("n", 1), Task("t", 1), Order("o", 1), Call("c", 1), Message("s", 1)]
)
def test_what_has_no_number_stays_as_it_is(fact: AnyFact) -> None:
    """A fact without numbers is the very same fact, whoever looks."""
    assert shown(fact, has_phones=False) is fact
