"""Sessions of browsers, keys of kiosks by network, and that no secret stays where it is read."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from services.query.sessions import CSRF, SESSION
from tests.access.issuing import AUDIENCE, ISSUER, claims, pair, public, publish, sign
from tests.integration.query_house import NOON, House, open_house

pytestmark = pytest.mark.once
KEY = pair("EdDSA")
BOARD = {"scope": "company", "scope_id": "all", "metrics": ["revenue"]}


@pytest.fixture
async def house(broker: Broker, store: EmbeddedStore, tmp_path: Path) -> AsyncIterator[House]:
    """Give the seeded company with an issuer, behind a proxy on this machine."""
    source = tmp_path / "jwks.json"
    publish(source, public(KEY, "k"))
    async with open_house(
        broker,
        store.url,
        QUERY_JWKS=str(source),
        QUERY_JWT_ISSUER=ISSUER,
        QUERY_JWT_AUDIENCE=AUDIENCE,
        QUERY_TRUSTED_PROXIES="127.0.0.1/32, 10.0.0.0/8",
        QUERY_KEY_CACHE_S="60",
    ) as opened:
        yield opened


def browser(house: House, **headers: str) -> httpx.AsyncClient:
    """Return a client that keeps cookies and follows nothing by itself."""
    return httpx.AsyncClient(base_url=house.url, timeout=60, headers=headers)


def store_key(house: House, key_id: str, **members: Any) -> str:
    """Store a key as the fold does and return its text."""
    text = f"sp_{house.seed.tenant}_{key_id}_s3cr_et"
    record = {"digest": hashlib.sha256(text.encode()).hexdigest(), "label": "", "revoked": False}
    house.seed.redis.hset(house.seed.keys.keys, key_id, orjson.dumps(record | members))
    return text


async def log_in(client: httpx.AsyncClient, token: str, **headers: str) -> httpx.Response:
    """Open the page and log in as its script does."""
    await client.get("/")
    said = {"X-CSRF-Token": client.cookies.get(CSRF) or "", **headers}
    return await client.post("/login", json={"token": token}, headers=said)


async def test_a_key_in_the_address_of_a_page_becomes_a_session(house: House) -> None:
    """The answer is a cookie that no script reads, and the address without the key."""
    async with browser(house) as client:
        answer = await client.get(f"/board/h%C3%A0%2Fn?lang=vi&key={house.key}&rank=revenue")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/board/h%C3%A0%2Fn?lang=vi&rank=revenue"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{SESSION}={house.key};")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        page = await client.get(answer.headers["location"])
        assert page.status_code == 200
        assert SESSION not in page.headers.get("set-cookie", "")
        assert (await client.get("/v1/tenant")).status_code == 200


async def test_what_is_no_key_leaves_the_address_too(house: House) -> None:
    """Nothing that could not be a token comes into a cookie."""
    async with browser(house) as client:
        for key in ("", "a b", "x" * 4000, "a;Path=/v1", "ä"):
            answer = await client.get("/", params={"key": key})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert "set-cookie" not in answer.headers


async def test_the_api_takes_a_key_where_it_is(house: House) -> None:
    """A key in the address of the API is answered at once, without cookie or redirect."""
    answer = await house.get("/v1/tenant", bearer="", key=house.key)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


async def test_without_a_provider_there_is_no_way(house: House) -> None:
    """Where no identity provider is set, no page offers it and no address answers."""
    async with browser(house) as client:
        assert (await client.get("/login")).json() == {"provider": None}
        for path in ("/login/oidc", "/login/oidc/callback"):
            assert (await client.get(path)).json()["code"] == "not_found"


async def test_login_and_logout(house: House) -> None:
    """A good token opens a session for reading, logging out ends it."""
    async with browser(house) as client:
        answer = await log_in(client, house.key)
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await client.get("/v1/tenant")).status_code == 200
        said = {"X-CSRF-Token": client.cookies[CSRF]}
        assert (await client.post("/logout", headers=said)).status_code == 204
        assert (await client.get("/v1/tenant")).json()["code"] == "no_key"


async def test_a_person_logs_in(house: House) -> None:
    """The token of a person opens a session; it ends when the token does."""
    async with browser(house) as client:
        assert (await log_in(client, sign(KEY, "k", claims(NOON)))).status_code == 204
        answer = await client.get("/v1/kpis/company/all")
        assert (answer.status_code, answer.json()["code"]) == (403, "no_feature")
        house.clock.at_ms += 631_000
        answer = await client.get("/v1/kpis/company/all")
        assert (answer.status_code, answer.json()["code"]) == (401, "expired_token")


async def test_a_wrong_token_opens_no_session(house: House) -> None:
    """The refusal of a login sets no cookie and does not repeat what was sent."""
    async with browser(house) as client:
        for token in ("sp_acme_k1_wrong", "a.b.c", "secret"):
            answer = await log_in(client, token)
            assert answer.status_code == 401
            assert "set-cookie" not in answer.headers
            assert token not in answer.text


async def test_a_post_of_a_stranger_is_refused(house: House) -> None:
    """Without the page's own token nothing is changed, though the cookies are sent."""
    async with browser(house) as client:
        await log_in(client, house.key)
        for path, said in product(("/login", "/logout"), ("", "something-else", "ä")):
            headers = {"X-CSRF-Token": said.encode()}
            answer = await client.post(path, json={"token": house.key}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "bad_csrf")
        assert (await client.get("/v1/tenant")).status_code == 200


async def test_a_session_is_for_our_own_pages(house: House) -> None:
    """What another site has the browser send is not answered in its session."""
    async with browser(house) as client:
        await log_in(client, house.key)
        for site in ("cross-site", "same-site"):
            answer = await client.get("/v1/tenant", headers={"Sec-Fetch-Site": site})
            assert answer.json()["code"] == "no_key"
        own = await client.get("/v1/tenant", headers={"Sec-Fetch-Site": "same-origin"})
        assert own.status_code == 200


async def test_cookies_are_secure_behind_https(house: House) -> None:
    """Where a proxy of ours speaks https, no cookie is ever sent without it."""
    async with browser(house, **{"X-Forwarded-Proto": "https"}) as client:
        page = await client.get("/")
        away = await client.get("/", params={"key": house.key})
        assert "; Secure" in page.headers["set-cookie"]
        assert "; Secure" in away.headers["set-cookie"]


async def test_a_kiosk_is_where_the_last_proxy_says(house: House) -> None:
    """Only what proxies of ours have written counts; what came before it may be invented."""
    key = store_key(house, "k7", scopes=["kiosk"], board=BOARD, addresses=["192.0.2.0/24"])
    async with browser(house, Authorization=f"Bearer {key}") as client:
        for forwarded, code in (
            ("192.0.2.7", ""),
            ("6.6.6.6, 192.0.2.7", ""),
            ("192.0.2.7, 10.1.2.3", ""),
            ("::ffff:192.0.2.7", ""),
            ("192.0.2.7, 6.6.6.6", "wrong_network"),
            ("", "wrong_network"),
            ("192.0.2.7, nonsense", "wrong_network"),
        ):
            answer = await client.get(
                "/v1/kpis/company/all?metrics=revenue", headers={"X-Forwarded-For": forwarded}
            )
            assert answer.json().get("code", "") == code


async def test_a_key_ends_though_it_was_believed(house: House) -> None:
    """The memory of accepted keys does not outlive a key."""
    key = store_key(house, "k8", scopes=["query"], expires_at="2026-11-22T05:00:10.000Z")
    assert (await house.get("/v1/tenant", bearer=key)).status_code == 200
    house.clock.at_ms += 10_000
    answer = await house.get("/v1/tenant", bearer=key)
    assert (answer.status_code, answer.json()["code"]) == (401, "expired_key")


async def test_no_secret_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what is good nor what is refused is found in the log."""
    caplog.set_level(logging.DEBUG)
    person = sign(KEY, "k", claims(NOON))
    for token in (house.key, person, f"{person}x", "sp_acme_k1_wrong"):
        async with browser(house) as client:
            await log_in(client, token)
            await client.get("/v1/tenant", headers={"Authorization": f"Bearer {token}"})
    services = [each for each in caplog.records if each.name.startswith("services")]
    text = "\n".join(each.getMessage() for each in services)
    assert "s3cr_et" not in text
    assert person[:40] not in text
    assert "wrong" not in text
