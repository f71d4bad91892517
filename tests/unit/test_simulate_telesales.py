"""The made-up company as the cohort reports and the call view need it: alive, and seldom tidy."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

import pytest

from schemas.phones import DEFAULT_REGION, phone_number
from services.ingestor.importers.demo.company import found
from services.ingestor.importers.demo.names import dialled, no_number, phone, typed
from services.ingestor.importers.simulate import demo_history, live
from services.ingestor.translate.item import Event

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def fortnight() -> list[Event]:
    """Return what the demo shows, until noon: each event once, in order of time."""
    events = {one["id"]: one for one in demo_history(7, TODAY, 14, 24, NOON)}
    return sorted(events.values(), key=lambda one: one["time"])


def of(events: list[Event], kind: str) -> list[dict[str, Any]]:
    """Return the data of the events of a type."""
    return [one["data"] for one in events if one["type"] == kind]


def e164(text: str) -> str:
    """Return a number as the fold reads it."""
    return phone_number(text, DEFAULT_REGION)


def test_a_number_is_the_same_in_every_form() -> None:
    """However people or exchanges write a number, it is read as one; what is none stays none."""
    rng = Random(1)
    forms = set()
    for _ in range(400):
        number = phone(rng)
        written = [typed(rng, number), dialled(rng, number)]
        forms |= {(len(text), text[:2]) for text in written}
        assert {e164(text) for text in written} == {f"+84{number[1:]}"}
        assert e164(no_number(rng)) == ""
    assert len({length for length, _ in forms}) >= 4


def test_a_third_of_the_calls_has_but_extension_and_number(fortnight: list[Event]) -> None:
    """Their extension is somebody's, and most of their numbers are those of customers."""
    calls = of(fortnight, "call.ended")
    bare = [one for one in calls if "employee_id" not in one]
    assert 0.28 < len(bare) / len(calls) < 0.4
    assert all("customer_id" not in one for one in bare)
    owned = {one["extension"] for one in of(fortnight, "employee.upserted") if "extension" in one}
    owned |= {one["extension"] for one in of(fortnight, "employee.extension_changed")}
    assert {one["extension"] for one in calls} <= owned
    held = {e164(text) for one in fortnight for text in one["data"].get("phones") or ()} - {""}
    outbound = [one for one in bare if one["direction"] == "outbound"]
    assert sum(e164(one["phone"]) in held for one in outbound) > 0.9 * len(outbound)


def test_numbers_are_shared_and_contacts_have_their_own(fortnight: list[Event]) -> None:
    """Some customers share a number, some calls go to contacts, some numbers are none."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    contacts = set()
    for one in fortnight:
        for text in one["data"].get("phones") or ():
            if one["type"].startswith("customer."):
                holders[e164(text)].add(one["subject"])
            else:
                contacts.add(e164(text))
    assert len(holders.pop("")) >= 5
    assert sum(len(names) > 1 for names in holders.values()) >= 10
    only = contacts - holders.keys()
    assert any(e164(one["phone"]) in only for one in of(fortnight, "call.ended"))


def test_an_extension_changes_hands(fortnight: list[Event]) -> None:
    """Who left gave one back, somebody else had it for some days, and is at home again."""
    company = found(7, 24)
    assert company.left is not None
    changes = [
        (one["subject"], one["data"]["extension"])
        for one in fortnight
        if one["type"] == "employee.extension_changed"
    ]
    lent = company.left.extension
    borrower = changes[2][0]
    assert changes == [
        (company.left.id, lent),
        (company.left.id, None),
        (borrower, lent),
        (borrower, company.by_id[borrower].extension),
    ]
    assert borrower != company.left.id
    assert lent in {one["extension"] for one in of(fortnight, "call.ended")}


def test_who_left_still_owns_customers_and_does_nothing(fortnight: list[Event]) -> None:
    """The customers of an inactive employee wait for another owner."""
    left = found(7, 24).left
    assert left is not None
    assert [one["active"] for one in of(fortnight, "employee.upserted") if "active" in one] == [
        False
    ]
    created = of(fortnight, "customer.created")
    assert sum(one.get("owner_id") == left.id for one in created) == 12
    acting = {one["data"].get(name) for one in fortnight for name in ("employee_id", "actor_id")}
    assert left.id not in acting


def test_the_cohort_of_today_is_alive(fortnight: list[Event]) -> None:
    """Of those created today some are called today, some meet or buy, some belong to nobody."""
    new = {
        one["subject"]
        for one in fortnight
        if one["type"] == "customer.created" and one["data"]["created_at"] >= "2026-11-19T17"
    }
    assert len(new) >= 10
    called = {one.get("customer_id") for one in of(fortnight, "call.ended")}
    assert new & called
    assert new - called
    for kind in ("task.created", "order.created"):
        assert new & {one.get("customer_id") for one in of(fortnight, kind)}
    given = {one["subject"] for one in fortnight if one["type"] == "customer.assigned"}
    free = {
        one["subject"]
        for one in fortnight
        if one["type"] == "customer.created" and "owner_id" not in one["data"]
    }
    assert free & given
    assert len(free - given) >= 5


def test_customers_are_added_to_campaigns_again(fortnight: list[Event]) -> None:
    """Some are in two campaigns, some twice in one, also for two owners."""
    added: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in of(fortnight, "opportunity.created"):
        added[one["customer_id"]].append((one["campaign_id"], one["owner_id"]))
    assert any(len({campaign for campaign, _ in each}) > 1 for each in added.values())
    twice = [
        {owner for campaign, owner in each if campaign == name}
        for each in added.values()
        for name, times in Counter(campaign for campaign, _ in each).items()
        if times > 1
    ]
    assert {len(owners) > 1 for owners in twice} == {True, False}


def test_appointments_are_kept_or_not(fortnight: list[Event]) -> None:
    """Meetings with customers are agreed on; some take place, some are called off or forgotten."""
    met = {
        one["subject"]
        for one in fortnight
        if one["type"] == "task.created" and one["data"]["type"] == "appointment"
    }
    ended: defaultdict[str, set[str]] = defaultdict(set)
    for one in fortnight:
        if one["type"] == "task.status_changed":
            ended[one["data"]["status"]].add(one["subject"])
    assert len(met & ended["completed"]) >= 30
    assert met & ended["cancelled"]
    assert met - ended["completed"] - ended["cancelled"]


def test_some_pay_too_much(fortnight: list[Event]) -> None:
    """A few orders are paid with a round sum above what is due."""
    due: dict[str, int] = {}
    for one in fortnight:
        if one["type"] in {"order.created", "order.updated"}:
            parts = (one["data"].get(name) for name in ("total", "vat", "shipping"))
            due[one["subject"]] = sum(part["amount"] for part in parts if part)
    paid = [
        (one["amount"]["amount"], due.get(one["order_id"], 0))
        for one in of(fortnight, "payment.received")
        if "order_id" in one
    ]
    assert any(0 < whole < amount <= whole + 100_000 for amount, whole in paid)


def test_a_history_leaves_nobody_on_the_telephone(fortnight: list[Event]) -> None:
    """Every call that rang has ended: nobody would hang up after the story."""
    rang = {
        one["subject"] for one in fortnight if one["type"] in {"call.started", "call.connected"}
    }
    ended = {one["subject"] for one in fortnight if one["type"] == "call.ended"}
    assert rang <= ended


def test_somebody_is_on_the_telephone_all_the_time() -> None:
    """From half a minute on people are in calls, nobody in two, and the calls end."""
    events = list(islice(live(7, NOON, 8), 8 * 240))
    spans: dict[str, list[Any]] = {}
    for one in sorted(events, key=lambda each: each["time"]):
        if one["type"] == "call.started":
            spans[one["subject"]] = [one["data"]["extension"], one["time"], "9"]
        elif one["type"] == "call.ended" and one["subject"] in spans:
            spans[one["subject"]][2] = one["time"]
    for second in range(30, 230, 20):
        moment = (NOON + timedelta(seconds=second)).isoformat()
        busy = [who for who, first, last in spans.values() if first <= moment < last]
        assert len(busy) >= 3
        assert len(set(busy)) == len(busy)
    assert sum(last != "9" for _, _, last in spans.values()) > 20
