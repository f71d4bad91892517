"""Keys, kiosks and persons on the running services, made by the command."""

from __future__ import annotations

import stat

import httpx
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from tests.integration.test_commands import Command, salespulse

__all__ = ["salespulse"]
pytestmark = pytest.mark.once


@pytest.fixture
def tenant(stack: Stack) -> Tenant:
    """Give a tenant of its own."""
    return stack.create_tenant()


def asked(stack: Stack, token: str, path: str = "/v1/tenant") -> tuple[int, str]:
    """Return status and code of an answer of the query service."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{stack.query_url}{path}", headers=headers, timeout=60)
    return answer.status_code, answer.json().get("code", "")


def comes_to(stack: Stack, token: str, wanted: tuple[int, str], path: str = "/v1/tenant") -> None:
    """Wait until a token is answered like this: what is made or revoked has to be folded."""
    wait_for(lambda: asked(stack, token, path) == wanted, 30, f"never {wanted}")


def key_of(printed: str) -> tuple[str, str]:
    """Return id and text of the key that the command printed."""
    words = printed.split()
    return words[2], words[4]


def test_a_kiosk_lives_until_it_is_revoked(
    salespulse: Command, stack: Stack, tenant: Tenant
) -> None:
    """A kiosk's key opens its board, is listed with who granted it, and is gone when revoked."""
    made = salespulse(
        "token", "create", "--tenant", tenant.id, "--kiosk", "--scope=company", "--label=hall",
        "--metrics=revenue,orders_approved", "--addresses=127.0.0.0/8", "--by=boss",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    key_id, key = key_of(made.stdout)
    path = "/v1/kpis/company/all?metrics=revenue"
    comes_to(stack, key, (200, ""), path)
    listed = salespulse("token", "list", tenant.id).stdout
    row = next(line for line in listed.splitlines() if key_id in line)
    assert all(word in row for word in ("hall", "kiosk", "company all", "127.0.0.0/8", "boss"))
    assert key not in listed
    assert salespulse("token", "revoke", tenant.id, key_id).returncode == 0
    verified = salespulse("verify", "--wait", f"--tenant={tenant.id}")
    assert verified.returncode == 0, verified.stdout
    comes_to(stack, key, (401, "bad_key"), path)
    listed = salespulse("token", "list", "--tenant", tenant.id).stdout
    assert "revoked" in next(line for line in listed.splitlines() if key_id in line)


def test_a_kiosk_stays_in_its_network(salespulse: Command, stack: Stack, tenant: Tenant) -> None:
    """A kiosk's key shown elsewhere is refused, whatever a header says of where it is."""
    made = salespulse(
        "token", "create", tenant.id, "--kiosk", "--scope=company", "--metrics=revenue",
        "--addresses=192.0.2.0/24", "--by=boss",
    )  # fmt: skip
    _, key = key_of(made.stdout)
    comes_to(stack, key, (403, "wrong_network"))
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": "192.0.2.7"}
    answer = httpx.get(f"{stack.query_url}/v1/tenant", headers=headers, timeout=60)
    assert answer.json()["code"] == "wrong_network"


def test_a_key_expires(salespulse: Command, stack: Stack, tenant: Tenant) -> None:
    """A key with an end is good before it, and refused by both services after it."""
    admin = {"Authorization": f"Bearer {stack.admin_token}"}
    url = f"{stack.ingestor_url}/v1/tenants/{tenant.id}/keys"
    old = {"scopes": ["query", "ingest"], "expires_at": "2026-01-01T00:00:00+07:00"}
    key = httpx.post(url, headers=admin, json=old, timeout=30).raise_for_status().json()["key"]
    comes_to(stack, key, (401, "expired_key"))
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/events",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"},
        content=b"{}",
        timeout=30,
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "expired_key")
    made = salespulse("token", "create", tenant.id, "--scope=query", "--hours=1")
    comes_to(stack, key_of(made.stdout)[1], (200, ""))
    rows = httpx.get(url, headers=admin, timeout=30).json()["keys"]
    assert "2025-12-31T17:00:00.000Z" in {row["expires_at"] for row in rows}
    assert all("digest" not in row for row in rows)


def test_a_person_comes_with_a_token_of_the_local_issuer(
    salespulse: Command, stack: Stack, tenant: Tenant
) -> None:
    """The token of an employee nobody granted anything, or nobody knows, opens no figure."""
    state = {"SALESPULSE_CLI_STATE_DIR": str(stack.directory)}
    made = salespulse(
        "token", "create", "--tenant", tenant.id, "--employee=stranger", environ=state
    )
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert asked(stack, token, "/v1/kpis/company/all") == (403, "no_feature")
    assert asked(stack, f"{token[:-4]}AAAA")[1] == "bad_token"
    made = salespulse("token", "create", "nobody-here", "--employee=boss", environ=state)
    assert asked(stack, made.stdout.strip()) == (401, "bad_token")
    mode = (stack.directory / "issuer-key.json").stat().st_mode
    assert not mode & (stat.S_IRWXG | stat.S_IRWXO)
    logs = [path.read_text() for path in stack.directory.glob("*.log")]
    assert not any(token in log for log in logs)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--kiosk", "--scope=company", "--metrics=revenue"), "--by"),
        (("--kiosk", "--scope=query", "--metrics=revenue", "--by=boss"), "--scope company"),
        (("--kiosk", "--scope=company", "--hours=1", "--by=boss"), "revoke"),
        (("--scope=company",), "--scope query"),
        (("--employee=an", "--scope=query"), "alone"),
        (("--employee=an",), "issuer"),
        (("--tenant=other", "--scope=query"), "one tenant"),
    ],
    ids=str,
)
def test_a_muddled_wish_is_refused_in_a_line(
    salespulse: Command, arguments: tuple[str, ...], word: str
) -> None:
    """Nothing is made of a wish that could be meant in two ways."""
    done = salespulse("token", "create", "acme", *arguments)
    assert done.returncode == 2
    assert word in done.stderr


@pytest.mark.parametrize(
    "body",
    [
        {"scopes": ["kiosk"], "created_by": "boss"},
        {"scopes": ["kiosk", "query"], "created_by": "boss", "board": {}},
        {"scopes": ["query"], "addresses": ["10.0.0.0/8"]},
        {"scopes": ["query"], "expires_at": "tomorrow"},
        {"scopes": ["query"], "digest": "0" * 64},
        {"scopes": ["query"], "board": {"scope": "company", "scope_id": "all", "metrics": ["x"]}},
    ],
    ids=str,
)
def test_a_wrong_key_is_not_made(stack: Stack, tenant: Tenant, body: dict[str, object]) -> None:
    """The ingestor refuses what breaks the rules of a key, and says so."""
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/tenants/{tenant.id}/keys",
        headers={"Authorization": f"Bearer {stack.admin_token}"},
        json=body,
        timeout=30,
    )
    assert answer.status_code == 422, answer.text
