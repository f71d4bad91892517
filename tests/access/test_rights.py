"""What a person sees and does not see through the doors, by the rows of the requirements."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.access.company import PLACES, SECRETS, Company, Issuer, grant

ORDERS = {"metric": "orders", "scope": "employee"}
FOUR_DOORS = (
    ("/v1/kpis/employee/{id}", {"metrics": "orders"}),
    ("/v1/facts", ORDERS),
    ("/v1/facts.csv", ORDERS),
    ("/v1/stream", {"metrics": "orders", "scope": "employee"}),
)
"""Figure, list, export, stream."""


def ask(company: Company, token: str, path: str, employee: str, **given: str) -> httpx.Response:
    """Ask for an employee at a door."""
    whose = {} if "{id}" in path else {"id": employee}
    return company.get(path.format(id=employee), token, **given, **whose)


@pytest.mark.parametrize(("path", "given"), FOUR_DOORS)
def test_a_peer_is_refused_and_the_superior_is_not(
    path: str, given: dict[str, str], company: Company
) -> None:
    """An employee of the same level is refused at all four doors alike, the superior at none."""
    peer, superior = company.tokens["own figures"], company.tokens["head"]
    refused = ask(company, peer, path, "bo", **given)
    assert refused.status_code == httpx.codes.FORBIDDEN
    told = refused.json()
    assert (told["code"], told["detail"]) == ("not_yours", "you do not lead 'bo'")
    assert ask(company, peer, path, "an", **given).status_code == httpx.codes.OK
    assert ask(company, superior, path, "bo", **given).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        ("gate only", set()),
        ("own figures", {"an"}),
        ("own department", {"bo"}),
        ("head", {"an", "bo", "dao", "eva"}),
        ("view all", set(PLACES)),
        ("machine", set(PLACES)),
    ],
)
def test_the_picker_lists_whom_one_may_see(kind: str, people: set[str], company: Company) -> None:
    """Whom a head may choose from are the people below, by the tree; a peer is in no list."""
    told = company.get("/v1/org", company.tokens[kind]).json()
    assert {employee["id"] for employee in told["employees"]} == people


@pytest.mark.parametrize(
    ("kind", "people"),
    [("own department", {"bo"}), ("head", {"an", "bo", "hue"}), ("machine", {"an", "bo", "hue"})],
)
def test_rows_of_a_department(kind: str, people: set[str], company: Company) -> None:
    """Who belongs to a department sees its sums and the own row, who heads it every row."""
    path = "/v1/leaderboard"
    told = company.get(path, company.tokens[kind], metric="orders", department="sales").json()
    shown = {row["id"] for row in told["rows"]}
    assert shown <= people
    assert ("bo" in shown, "an" in shown) == (True, kind != "own department")
    report = company.get("/v1/reports/department", company.tokens[kind], department="sales")
    names = set(_employees(report.json()))
    assert names <= people
    sums = company.get("/v1/kpis/department/sales", company.tokens[kind], metrics="orders").json()
    assert [figure["value"] for figure in sums["figures"]] == [2]


@pytest.mark.parametrize("kind", ["nobody's grants", "gate only", "own figures"])
def test_sums_of_a_department_are_for_who_was_granted_them(kind: str, company: Company) -> None:
    """Without the permission nobody sees the sums of a department, and a no has no figure in it."""
    answer = company.get("/v1/reports/department", company.tokens[kind], department="sales")
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert not any(secret in answer.text for secret in SECRETS)


def test_a_change_of_a_grant_or_the_tree_holds_from_the_next_read_on(
    guarded: tuple[Stack, Issuer],
) -> None:
    """Granted, taken away, moved: each answer is by the organisation of its own version."""
    made = Company.founded(*guarded, has_history=False)
    path, given = FOUR_DOORS[0]

    def sees(employee: str, kind: str) -> bool:
        answer = ask(made, made.tokens[kind], path, employee, **given)
        return answer.status_code == httpx.codes.OK

    assert not sees("huy", "nobody's grants")
    made.administer([grant("huy", "employee_kpi")])
    assert sees("huy", "nobody's grants")
    made.administer([grant("huy", "employee_kpi", granted=False)])
    assert not sees("huy", "nobody's grants")
    assert sees("eva", "head")
    moved = {"name": "eva", "department_id": "far", "valid_from": "2026-01-01"}
    assert "within" not in ask(made, made.tokens["head"], path, "eva", **given).json()
    made.post([("employee.upserted", "eva", moved)])
    earlier = ask(made, made.tokens["head"], path, "eva", **given).json()
    assert earlier["within"] == ["hanoi"]
    made.post([("employee.upserted", "eva", {**moved, "valid_from": "2020-01-01"})])
    assert not sees("eva", "head")


def _employees(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for one in part for name in _employees(one)]
    if not isinstance(part, dict):
        return []
    own = [part["id"]] if part.get("id") in PLACES else []
    return own + [name for value in part.values() for name in _employees(value)]
