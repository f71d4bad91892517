"""What is asked wrongly is refused by name (RFC 9457), never answered with zeros."""

from __future__ import annotations

import httpx
import pytest

from services.query.reports.department import blocks_of
from services.query.reports.employee import BLOCKS

DEPARTMENT, EMPLOYEE = "/v1/reports/department", "/v1/reports/employee"
SALES = {"department": "sales"}


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        (DEPARTMENT, {}, 422, "missing_parameter"),
        (DEPARTMENT, {"department": "moon"}, 404, "unknown_department"),
        (EMPLOYEE, {"employee": "moon"}, 404, "unknown_employee"),
        (EMPLOYEE, {"employee": "all"}, 404, "unknown_employee"),
        (DEPARTMENT, {**SALES, "from": "2026-05-02", "to": "2026-05-01"}, 422, "range_reversed"),
        (DEPARTMENT, {**SALES, "from": "2024-01-01", "to": "2026-05-01"}, 422, "range_too_long"),
        (
            DEPARTMENT,
            {**SALES, "month": "2026-05", "from": "2026-05-01"},
            422,
            "conflicting_parameters",
        ),
        (DEPARTMENT, {**SALES, "month": "2026-13"}, 422, "invalid_parameter"),
        (DEPARTMENT, {**SALES, "month": "0000-05"}, 422, "invalid_parameter"),
        (DEPARTMENT, {**SALES, "basis": "paid_at"}, 422, "unknown_basis"),
        (DEPARTMENT, {**SALES, "compare": "target"}, 422, "invalid_parameter"),
        (DEPARTMENT, {**SALES, "metric": "luck"}, 422, "unknown_metric"),
        (DEPARTMENT, {**SALES, "block": "summary,luck"}, 422, "unknown_block"),
        (EMPLOYEE, {"employee": "an", "block": "summary"}, 422, "unknown_block"),
        (EMPLOYEE, {"employee": "an", "colour": "red"}, 422, "unknown_parameter"),
        (DEPARTMENT + ".csv", SALES, 422, "missing_parameter"),
        (DEPARTMENT + ".csv", {**SALES, "block": "summary,orders"}, 422, "too_many_blocks"),
        (DEPARTMENT + ".csv", {**SALES, "block": "luck"}, 422, "unknown_block"),
        (DEPARTMENT + ".xlsx", {"department": "moon"}, 404, "unknown_department"),
        (EMPLOYEE + ".xlsx", {"employee": "an", "lang": "fr"}, 422, "invalid_parameter"),
        ("/v1/facts.csv", {"metric": "stock_out"}, 404, "not_available"),
        ("/v1/facts.csv", {"metric": "luck"}, 422, "unknown_metric"),
        ("/v1/facts.xlsx", {"metric": "orders", "scope": "moon"}, 422, "invalid_parameter"),
        ("/v1/facts.csv", {"metric": "orders", "cursor": "x"}, 422, "conflicting_parameters"),
    ],
)
def test_a_mistake_is_named(
    client: httpx.Client, path: str, parameters: dict[str, str], status: int, code: str
) -> None:
    """The code says which rule was broken."""
    answer = client.get(path, params=parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "parameters", "known"),
    [
        (DEPARTMENT, SALES, [block.name for block in blocks_of("sales")]),
        (EMPLOYEE, {"employee": "an"}, [block.name for block in BLOCKS]),
    ],
)
def test_an_unknown_block_is_told_which_there_are(
    client: httpx.Client, path: str, parameters: dict[str, str], known: list[str]
) -> None:
    """The answer lists the blocks, and so does a CSV that names none."""
    assert client.get(path, params={**parameters, "block": "luck"}).json()["known"] == known
    assert client.get(path + ".csv", params=parameters).json()["known"] == known


def test_a_range_that_is_too_long_is_told_the_limit(client: httpx.Client) -> None:
    """The limit stands beside the code."""
    days = {"from": "2024-01-01", "to": "2026-05-01"}
    assert client.get(DEPARTMENT, params={**SALES, **days}).json()["limit"] == 400


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (DEPARTMENT, SALES),
        (EMPLOYEE, {"employee": "an"}),
        (DEPARTMENT + ".csv", SALES | {"block": "summary"}),
        ("/v1/facts.xlsx", {"metric": "orders"}),
    ],
)
def test_nothing_is_told_without_a_key(
    client: httpx.Client, path: str, parameters: dict[str, str]
) -> None:
    """Reports and exports want the key of a reader."""
    answer = httpx.get(str(client.base_url.join(path)), params=parameters)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_key")
