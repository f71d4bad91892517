"""The tenants of an installation: for its operator, and for nobody who is in a tenant."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack
from services.query.sessions import CSRF, CSRF_HEADER, SESSION
from tests.access.company import ADMINISTRATOR, KINDS, TLS, Company, Issuer

TENANTS = "/v1/operator/tenants"


@pytest.fixture(scope="module")
def client(guarded: tuple[Stack, Issuer]) -> Iterator[httpx.Client]:
    """Give a client without a token."""
    with httpx.Client(base_url=guarded[0].query_url, timeout=30, verify=TLS) as made:
        yield made


@pytest.fixture(scope="module")
def operator(guarded: tuple[Stack, Issuer]) -> dict[str, str]:
    """Give what the operator sends."""
    return {"Authorization": f"Bearer {guarded[0].admin_token}"}


def _rows(client: httpx.Client, operator: dict[str, str]) -> dict[str, dict[str, Any]]:
    answer = client.get(TENANTS, headers=operator)
    assert answer.status_code == httpx.codes.OK, answer.text
    return {row["id"]: row for row in answer.json()["rows"]}


def test_a_tenant_is_made_listed_and_erased(
    guarded: tuple[Stack, Issuer], client: httpx.Client, operator: dict[str, str]
) -> None:
    """Its first keys are told once and work; an erased tenant is listed as one, and not reused."""
    name = f"t-{secrets.token_hex(4)}"
    wish = {"id": name, "name": "Hoa Mai", "time_zone": "Asia/Tokyo", "currency": "JPY"}
    made = client.post(TENANTS, headers=operator, json={**wish, "region": "JP"})
    assert made.status_code == httpx.codes.OK, made.text
    told = made.json()
    row = _rows(client, operator)[name]
    assert set(row) == {"id", "name", "partition", "created_at", "erased_at"}
    assert (row["name"], row["partition"], row["erased_at"]) == (
        "Hoa Mai", told["partition"], None,
    )  # fmt: skip
    reads = {"Authorization": f"Bearer {told['read_key']}"}
    wait_for(lambda: client.get("/v1/tenant", headers=reads).is_success, 30, "the key is not known")
    found = client.get("/v1/tenant", headers=reads).json()
    assert {key: found[key] for key in ("time_zone", "currency", "region")} == {
        "time_zone": "Asia/Tokyo", "currency": "JPY", "region": "JP",
    }  # fmt: skip
    assert client.get(TENANTS, headers=reads).json()["code"] == "operator_only"
    again = client.post(TENANTS, headers=operator, json=wish)
    assert (again.status_code, again.json()["code"]) == (409, "exists")
    erased = httpx.post(
        f"{guarded[0].ingestor_url}/v1/tenants/{name}/erasure", headers=operator, timeout=30
    )
    assert erased.is_success, erased.text
    assert _rows(client, operator)[name]["erased_at"] is not None
    again = client.post(TENANTS, headers=operator, json=wish)
    assert (again.status_code, again.json()["code"]) == (409, "exists")


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"id": "Big"}, "/id"),
        ({"id": "a_b"}, "/id"),
        ({"id": "fine", "currency": "dong"}, "/currency"),
        ({"id": "fine", "time_zone": "Mars/Base"}, "/time_zone"),
        ({"id": "fine", "region": "nowhere"}, "/region"),
        ({"id": "fine", "partition": 0}, "/partition"),
    ],
)
def test_what_no_tenant_can_be_is_named(
    client: httpx.Client, operator: dict[str, str], wish: dict[str, Any], pointer: str
) -> None:
    """What is wrong is named, and no tenant is made."""
    answer = client.post(TENANTS, headers=operator, json=wish)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer), answer.text
    assert "fine" not in _rows(client, operator)


def test_nobody_of_a_tenant_is_the_operator(
    altered: Company, client: httpx.Client, operator: dict[str, str]
) -> None:
    """In no session and with no token of a tenant; the operator's own opens nothing of a tenant."""
    for kind in (*KINDS, ADMINISTRATOR):
        token = altered.tokens[kind]
        for way in (
            {"headers": {"Authorization": f"Bearer {token}"}},
            {"params": {"key": token}},
            {"headers": {"Cookie": f"{SESSION}={token}; {CSRF}=a", CSRF_HEADER: "a"}},
        ):
            for answer in (
                client.get(TENANTS, **way),  # type: ignore[arg-type]
                client.post(TENANTS, json={"id": "stolen"}, **way),  # type: ignore[arg-type]
            ):
                assert (answer.status_code, answer.json()["code"]) == (403, "operator_only"), kind
    token = altered.stack.admin_token
    for elsewhere in (
        client.get(TENANTS, params={"key": token}),
        client.get(TENANTS, headers={"Cookie": f"{SESSION}={token}"}),
        client.post(
            "/login", json={"token": token}, headers={"Cookie": f"{CSRF}=a", CSRF_HEADER: "a"}
        ),
        client.get("/v1/people", headers=operator),
    ):
        assert elsewhere.status_code == httpx.codes.UNAUTHORIZED, elsewhere.text
    for guess in ("x", token[:-1], f"{token}x", "ä"):
        headers = {b"Authorization": b"Bearer " + guess.encode("latin-1")}
        answer = client.request("GET", TENANTS, headers=headers)
        assert answer.status_code == httpx.codes.UNAUTHORIZED
        assert set(answer.json()) == {"type", "title", "status", "detail", "code"}
    assert "stolen" not in _rows(client, operator)
