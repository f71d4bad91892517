"""The names of customers in lists of what happened with them: for who may open the customer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from deploy.local.stack import Stack
from tests.access.company import OWNERS, Company, Issuer, today

NAMES = {name: f"Customer {name}" for name in OWNERS}
SALES = {"metric": "orders", "scope": "department", "id": "sales"}
OF_AN = {"metric": "orders", "scope": "employee", "id": "an"}


@pytest.fixture(scope="module")
def office(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company in which an sold something to every customer, and to nobody in particular."""
    made = Company.founded(*guarded, has_history=False)
    now = datetime.now(UTC).isoformat()
    total = {"amount": 5, "currency": "VND"}
    sold = {"created_at": now, "order_date": str(today()), "owner_id": "an", "total": total}
    for name, owner in OWNERS.items():
        who = {"created_at": now, "owner_id": owner, "name": NAMES[name]}
        made.post(
            [
                ("customer.created", name, who),
                ("order.created", f"o-{name}", {**sold, "customer_id": name}),
            ]
        )
    made.post(
        [
            ("order.created", "o-none", sold),
            ("order.created", "o-new", {**sold, "customer_id": "kx"}),
        ]
    )
    return made


def told(office: Company, kind: str, **asked: str) -> dict[str, str | None]:
    """Return customer -> name, as a kind of viewer reads it in a list."""
    answer = office.get("/v1/facts", office.tokens[kind], **asked)
    rows = answer.raise_for_status().json()["rows"]
    assert len(rows) == len(OWNERS) + 2
    assert all(row["customer_name"] is None for row in rows if row["customer_id"] is None)
    return {row["customer_id"]: row["customer_name"] for row in rows if row["customer_id"]}


def test_one_reads_the_names_of_customers_that_one_may_open(office: Company) -> None:
    """The own customer by name; those of colleagues and of nobody by id, whoever sold to them."""
    found = told(office, "own figures", **OF_AN)
    assert found == {**dict.fromkeys(OWNERS), "kx": None, "k1": NAMES["k1"]}


def test_a_head_reads_the_names_of_customers_of_the_led(office: Company) -> None:
    """Of everybody below, and those of nobody; not of another department."""
    found = told(office, "head", **SALES)
    assert found == {**NAMES, "k4": None, "kx": None}


@pytest.mark.parametrize("kind", ["view all", "machine"])
def test_who_sees_all_reads_all_names(office: Company, kind: str) -> None:
    """A customer that was only mentioned has no name yet."""
    assert told(office, kind, **SALES) == {**NAMES, "kx": None}


def test_a_name_is_that_which_the_story_tells(office: Company) -> None:
    """Where a list has a name the story opens under it; where it has none, the story is refused."""
    token = office.tokens["head"]
    for name, shown in told(office, "head", **SALES).items():
        answer = office.get(f"/v1/customers/{name}/journey", token)
        if shown is None:
            assert answer.status_code in {403, 200}
            assert answer.status_code == 403 or answer.json()["customer"].get("name") is None
        else:
            assert answer.json()["customer"]["name"] == shown


def test_lists_behind_reports_have_names_too(office: Company) -> None:
    """The list behind a number of the telesales report names its customers' orders."""
    asked = {"employee": "an", "row": "an", "column": "orders"}
    path = "/v1/reports/telesales/facts"
    rows = office.get(path, office.tokens["own figures"], **asked).raise_for_status().json()["rows"]
    assert {row["customer_id"]: row["customer_name"] for row in rows} == {"k1": NAMES["k1"]}
