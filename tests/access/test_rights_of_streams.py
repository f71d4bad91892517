"""Rights on live streams of a running stack: what is shown, and what happens when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.access.company import BOARD, SECRETS, Company, Issuer, grant, today
from tests.integration.query_listener import Event, Listener, listening_at

SALES = {"scope": "department", "id": "sales", "metrics": "orders"}
Told = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture(scope="module")
def shop(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company in which the tests of this file move people and grants."""
    return Company.founded(*guarded)


async def test_the_lists_of_the_one_person_asked_about_have_addresses(shop: Company) -> None:
    """A person's own report is followed with the addresses of its lists, and they open."""
    token = shop.issuer.token(shop.tenant.id, "an")
    async with follow(shop, "an", "/v1/reports/employee/stream", employee="an") as listener:
        snapshot = (await listener.until("snapshot")).data
    orders = next(row for row in snapshot["rows"] if row["block"] == "orders")
    address = orders["total"]["cells"][0]["facts"]
    answer = await asyncio.to_thread(shop.get, address, token)
    assert answer.json()["total"] == orders["total"]["cells"][0]["value"]


def follow(shop: Company, who: str, path: str = "/v1/stream", **parameters: str) -> Any:
    """Open a stream as an employee, or with the key of a kiosk."""
    token = who if who.startswith("sp_") else shop.issuer.token(shop.tenant.id, who)
    return listening_at(shop.stack.query_url, token, path=path, **parameters)


async def said(tell: Callable[[Told], None], *told: tuple[str, str, dict[str, Any]]) -> None:
    """Let something happen while others listen."""
    await asyncio.to_thread(tell, list(told))


def order(name: str, owner: str) -> tuple[str, str, dict[str, Any]]:
    """Return an order of today."""
    now = datetime.now(UTC)
    total = {"amount": int(SECRETS[-1]), "currency": "VND"}
    sold = {"order_date": str(today()), "total": total, "owner_id": owner}
    return "order.created", name, {"created_at": now.isoformat(), **sold}


def place(name: str, department: str) -> tuple[str, str, dict[str, Any]]:
    """Return that an employee belongs to a department, and always has."""
    data = {"name": name, "department_id": department, "valid_from": "2020-01-01", "active": True}
    return "employee.upserted", name, data


def led(department: str, head: str, parent: str | None = None) -> tuple[str, str, dict[str, Any]]:
    """Return who leads a department."""
    data = {"name": department, "parent_id": parent, "head_id": head}
    return "department.upserted", department, data


def kiosk(shop: Company, **board: Any) -> str:
    """Return the key of a kiosk of the orders of the department of sales."""
    return shop.kiosk(**{"metrics": ["orders"], **board})


async def refusal(shop: Company, who: str, path: str = "/v1/stream", **parameters: str) -> Any:
    """Return the problem with which a stream is refused."""
    with pytest.raises(httpx.HTTPStatusError) as raised:
        async with follow(shop, who, path, **parameters):
            pass
    assert raised.value.response.status_code == httpx.codes.FORBIDDEN
    assert not any(secret in raised.value.response.text for secret in SECRETS)
    return raised.value.response.json()["code"]


async def denied(listener: Listener) -> Event:
    """Return the closing event, after which nothing may come."""
    event = await listener.until("denied")
    with pytest.raises(EOFError):
        await listener.next()
    return event


def people(snapshot: Event) -> set[str]:
    """Return who has a row."""
    return {row["id"] for row in snapshot.data["employees"]}


async def test_a_grant_is_taken_away_while_somebody_looks(shop: Company) -> None:
    """Who looks at the company is told why it ends, and a new attempt is refused alike."""
    async with follow(shop, "gia", metrics="orders") as listener:
        assert (await listener.next()).name == "snapshot"
        await said(shop.administer, grant("gia", "view_all", granted=False))
        event = await denied(listener)
    assert set(event.data) == {"code", "detail", "reason"}
    assert event.data["code"] == await refusal(shop, "gia", metrics="orders") == "no_feature"
    await said(shop.administer, grant("gia", "view_all"))


async def test_a_person_moves_to_another_head(shop: Company) -> None:
    """The head before is told that it ends, the new one may look."""
    await said(shop.administer, grant("dao", "kpi"))
    eva = {"scope": "employee", "id": "eva", "metrics": "orders"}
    async with follow(shop, "dao", **eva) as listener, follow(shop, "gia", **eva) as other:
        assert (await listener.next()).name == (await other.next()).name == "snapshot"
        await said(shop.post, place("eva", "far"))
        assert (await denied(listener)).data["code"] == "not_yours"
        await said(shop.post, order("after", "eva"))
        change = await other.until("change")
    assert [(cell["id"], cell["value"]) for cell in change.data["cells"]] == [("eva", 1)]
    await said(shop.post, place("eva", "hanoi"))


async def test_peers_are_refused(shop: Company) -> None:
    """Nobody follows a colleague of the same level, another department or somebody's customer."""
    assert await refusal(shop, "an", scope="employee", id="bo") == "not_yours"
    assert await refusal(shop, "bo", scope="employee", id="an") == "not_yours"
    assert await refusal(shop, "bo", scope="department", id="far") == "not_yours"
    assert await refusal(shop, "an", "/v1/customers/k2/journey/stream") == "not_yours"
    report = "/v1/reports/telesales/stream"
    assert await refusal(shop, "an", report, department="sales") == "not_yours"


async def test_access_shows_totals_and_the_own_row(shop: Company) -> None:
    """What a colleague does moves the total alone; what oneself does, the own row too."""
    async with follow(shop, "bo", **SALES) as listener:
        snapshot = await listener.next()
        assert people(snapshot) == {"bo"}
        assert {one["employee"] for one in snapshot.data["occurrences"]} <= {"bo"}
        await said(shop.post, order("peer", "an"))
        change = await listener.until("change", "occurrence")
        assert (change.name, [cell["id"] for cell in change.data["cells"]]) == ("change", ["sales"])
        await said(shop.post, order("own", "bo"))
        change = await listener.until("change")
        assert {cell["id"] for cell in change.data["cells"]} == {"sales", "bo"}
    async with follow(shop, "bo", **SALES, last_event_id=snapshot.id) as again:
        missed = await again.next()
        while missed.name == "occurrence":
            assert missed.data["employee"] == "bo"
            missed = await again.next()
        assert missed.name == "change"
        assert {cell["id"] for cell in missed.data["cells"]} == {"sales", "bo"}


async def test_who_becomes_head_begins_again_with_everybody(shop: Company) -> None:
    """Sight that grows or shrinks is a reset and a snapshot of what may be seen now."""
    async with follow(shop, "bo", **SALES) as listener:
        assert people(await listener.next()) == {"bo"}
        await said(shop.post, led("sales", "bo"))
        await listener.until("reset")
        assert people(await listener.next()) == {"an", "bo", "hue"}
        await said(shop.post, led("sales", "hue"))
        await listener.until("reset")
        assert people(await listener.next()) == {"bo"}


async def test_a_kiosk_shows_exactly_its_board(shop: Company) -> None:
    """Without `metrics` those of the board; any other figure or place is refused."""
    key, sales = kiosk(shop, metrics=sorted(BOARD.metrics)), {"scope": "department", "id": "sales"}
    async with follow(shop, key, **sales) as listener:
        snapshot = await listener.next()
    assert {row["metric"] for row in snapshot.data["figures"]} == BOARD.metrics
    assert people(snapshot) == {"an", "bo", "hue"}
    rows = [row["figures"] for row in snapshot.data["employees"]]
    assert {figure["metric"] for figures in rows for figure in figures} <= BOARD.metrics
    for parameters in (
        {**sales, "metrics": "orders,calls_outbound"},
        {**sales, "sub": "true"},
        {"scope": "employee", "id": "an", "metrics": "orders"},
        {"scope": "company", "metrics": "orders"},
    ):
        assert await refusal(shop, key, **parameters) == "kiosk_only"
    report = "/v1/reports/telesales/stream"
    assert await refusal(shop, key, report, department="sales") == "kiosk_only"


async def test_a_kiosk_without_names_tells_nobody_by_name(shop: Company) -> None:
    """Neither rows nor occurrences, while the total moves, and ranks that tell nobody."""
    async with follow(shop, kiosk(shop, has_names=False), **SALES) as listener:
        snapshot = await listener.next()
        assert (snapshot.data["employees"], snapshot.data["occurrences"]) == ([], [])
        await said(shop.post, order("unnamed", "an"))
        change = await listener.until("change", "occurrence")
    assert (change.name, [cell["id"] for cell in change.data["cells"]]) == ("change", ["sales"])
    for event in (snapshot, change):
        (ranking,) = event.data["rankings"]
        assert ranking["metric"] == "orders"
        assert {name for row in ranking["rows"] for name in row} == {"rank", "value"}
        assert len(ranking["rows"]) == 3
    async with follow(shop, kiosk(shop), **SALES) as listener:
        amounts = {one["amount"] for one in (await listener.next()).data["occurrences"]}
    assert amounts == {0}


def test_a_kiosk_without_names_ranks_nobody_in_particular(shop: Company) -> None:
    """Every rank and value of the ranking, and nothing in the answer that tells whose it is."""
    key = kiosk(shop, has_names=False)
    shop.post([order("rank-1", "an"), order("rank-2", "an")])
    asked = {"metric": "orders", "department": "sales", "sub": "false"}
    path, head = "/v1/leaderboard", shop.issuer.token(shop.tenant.id, "hue")
    whole = shop.get(path, head, **asked).json()
    told = [shop.get(path, key, **asked, **more).json() for more in ({}, {"around": "an"})]
    assert told[0].keys() == whole.keys(), told[0]
    kept = ("rank", "value")
    ranks = [{name: row[name] for name in kept} for row in whole["rows"]]
    nobody = {"id": "", "name": "", "department_id": "", "active": True}
    assert len({row["value"] for row in ranks}) > 1
    assert told[0]["rows"] == told[1]["rows"] == [{**nobody, **row} for row in ranks]
    assert told[0]["total"] == len(ranks)


async def test_a_report_ends_for_who_leads_no_more(shop: Company) -> None:
    """The head of a department follows its telesales report until another is head."""
    path, hanoi = "/v1/reports/telesales/stream", {"department": "hanoi"}
    await said(shop.administer, grant("dao", "telesales"))
    async with follow(shop, "dao", path, **hanoi) as listener:
        assert (await listener.next()).name == "snapshot"
        await said(shop.post, led("hanoi", "eva", "sales"))
        assert (await denied(listener)).data["code"] == "not_yours"
    await said(shop.post, led("hanoi", "dao", "sales"))


async def test_a_customer_goes_to_somebody_else(shop: Company) -> None:
    """Who followed the customer is told that it ends: no grant and no department has changed."""
    path = "/v1/customers/k1/journey/stream"
    async with follow(shop, "an", path) as listener:
        assert (await listener.next()).name == "snapshot"
        await said(shop.post, ("customer.assigned", "k1", {"owner_id": "huy"}))
        assert (await denied(listener)).data["code"] == "not_yours"
    assert await refusal(shop, "an", path) == "not_yours"


async def test_a_page_of_two_questions_ends_with_either(shop: Company) -> None:
    """Calls of a department and its customers in one stream: who leads no more hears neither."""
    path = "/v1/reports/supervisor/stream"
    hanoi = {"department": "hanoi", "calls_department": "hanoi"}
    await said(shop.administer, grant("dao", "telesales"))
    assert await refusal(shop, "dao", path, **{**hanoi, "calls_department": "far"}) == "not_yours"
    assert await refusal(shop, "dao", path, **{**hanoi, "department": "far"}) == "not_yours"
    async with follow(shop, "dao", path, **hanoi) as listener:
        assert (await listener.next()).name == "calls.snapshot"
        assert (await listener.next()).name == "telesales.snapshot"
        await said(shop.post, led("hanoi", "eva", "sales"))
        assert (await denied(listener)).data["code"] == "not_yours"
    await said(shop.post, led("hanoi", "dao", "sales"))
