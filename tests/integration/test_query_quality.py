"""What does not go together, over HTTP: counted by hand over a seeded store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.calendar import NOW
from schemas.facts import Customer, Employee, Term
from schemas.tables import dimension
from tests.integration.query_house import HOUR, NOON, TODAY, House, open_house
from tests.integration.query_seed import Line, customer, person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]
LEAD, ODD = "lead", "gọi: sau, |nhé"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company with customers in stages, and with extensions."""
    async with open_house(broker, store.url) as opened:
        yield opened


def staged(number: int, stage: str, owner: str) -> Customer:
    """Return a customer in a stage."""
    made = customer(number, f"k{number}", NOON - HOUR, TODAY, owner)
    return replace(made, stages=((1, NOON - HOUR, TODAY, stage, owner),))


def assigned(house: House, *customers: tuple[int, str, str]) -> None:
    """Write customers (number, stage, owner) as the fold does, all in sales."""
    for number, stage, owner in customers:
        house.seed.facts(staged(number, stage, owner))
        by_stage = f"customers_assigned|{dimension(stage=stage)}"
        for name in ("customers_assigned", by_stage):
            house.seed.commit(Line(name, "sales", owner, NOW, 1, (number,)))


def reached_at(who: Employee, *entries: tuple[int, str | None]) -> Employee:
    """Return an employee with extensions from moments on (hours from noon)."""
    return replace(
        who,
        extensions=tuple(
            (1, NOON + hours * HOUR, TODAY, extension) for hours, extension in entries
        ),
    )


async def rows_of(house: House, code: str) -> list[dict[str, Any]]:
    """Return what `/v1/quality` shows of a code."""
    answer = await house.get("/v1/quality")
    assert answer.status_code == 200, answer.text
    found = answer.json()["to_check"]
    assert found["total"] == sum(row["count"] for row in found["rows"])
    return [row for row in found["rows"] if row["code"] == code]


async def opened(house: House, address: str) -> tuple[int, list[str]]:
    """Return (length, ids) of a list that an answer links to."""
    found = (await house.get(address)).json()
    return found["total"], [row["id"] for row in found["rows"]]


async def test_without_terms_no_stage_is_unknown(house: House) -> None:
    """A tenant that never named its stages has none that is not among them."""
    assigned(house, (51, LEAD, "an"), (52, ODD, "an"))
    assert await rows_of(house, "unknown_stage") == []


async def test_a_stage_that_is_no_term_is_shown_with_its_customers(house: House) -> None:
    """Each unknown stage has its count, samples, and a list that is as long; others are not."""
    house.seed.facts(
        Term(f"relationship:{LEAD}", 61, profile=(1, "Lead", (), 0, False)),
        Term("source:nowhere", 62, profile=(1, "Nowhere", (), 0, True)),
    )
    assigned(house, (53, ODD, "an"), (54, "nowhere", "an"), (55, "", "an"))
    rows = await rows_of(house, "unknown_stage")
    assert [(row["of"], row["count"]) for row in rows] == [(ODD, 2), ("nowhere", 1)]
    for row, ids in zip(rows, (["k52", "k53"], ["k54"]), strict=True):
        assert [sample["id"] for sample in row["samples"]] == ids
        assert await opened(house, row["facts"]) == (len(ids), ids)
        assert {sample["stage"] for sample in row["samples"]} == {row["of"]}


async def test_an_owner_who_left_is_shown_with_the_customers(house: House) -> None:
    """Customers of somebody whose profile says inactive are counted, sampled and listed."""
    assert await rows_of(house, "owner_left") == []
    assigned(house, *((number, LEAD, "dung") for number in range(70, 77)))
    (row,) = await rows_of(house, "owner_left")
    assert (row["of"], row["name"], row["count"]) == ("dung", "Dung", 7)
    assert [sample["id"] for sample in row["samples"]] == ["k70", "k71", "k72", "k73", "k74"]
    total, ids = await opened(house, row["facts"])
    assert (total, ids[0], ids[-1]) == (7, "k70", "k76")


async def test_an_extension_of_two_names_both(house: House) -> None:
    """Only what two active people have at this moment is shared, and since when they have it."""
    places = (20260101, "sales")
    house.seed.facts(
        reached_at(person(5, "an", places), (-9, "101"), (-5, "101"), (-2, "102")),
        reached_at(person(6, "binh", (20260101, "hanoi")), (-4, "101"), (1, "102")),
        reached_at(person(7, "chi", places), (-3, "101")),
        reached_at(person(8, "dung", places, active=False), (-1, "102")),
        reached_at(person(9, "em", places), (-8, "103"), (-1, None)),
        reached_at(person(80, "giang", places), (-8, "103")),
    )
    (row,) = await rows_of(house, "extension_shared")
    assert (row["of"], row["count"], row["facts"]) == ("101", 2, None)
    assert [(one["id"], one["name"], one["department_id"]) for one in row["employees"]] == [
        ("binh", "Binh", "hanoi"),
        ("chi", "Chi", "sales"),
    ]
    assert [one["since"] for one in row["employees"]] == [
        "2026-11-22T01:00:00.000Z",
        "2026-11-22T02:00:00.000Z",
    ]
    for one in row["employees"]:
        assert (await house.get(one["facts"])).status_code == 200
    house.clock.at_ms = NOON + 2 * HOUR
    house.seed.beat()
    (row,) = await rows_of(house, "extension_shared")
    assert [row["of"], *(one["id"] for one in row["employees"])] == ["102", "an", "binh"]


async def test_of_many_strange_stages_only_some_are_sampled(house: House) -> None:
    """Twenty stages with most customers have samples, all of them have count and list."""
    assigned(house, *((number, f"s{number}", "an") for number in range(100, 125)))
    rows = await rows_of(house, "unknown_stage")
    assert len(rows) == 27
    assert [bool(row["samples"]) for row in rows] == [True] * 20 + [False] * 7
    assert await opened(house, rows[-1]["facts"]) == (1, [f"k{rows[-1]['of'][1:]}"])
