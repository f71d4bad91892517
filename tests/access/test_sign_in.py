"""Signing in at an identity provider: who comes back as whom, and every way to be refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from msgspec.structs import replace

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from services.query.key_set import PAUSE_MS
from services.query.oidc.sign_in import PATIENCE_MS, SignedIn, SignIn
from services.query.problems import Problem
from services.query.sessions import CSRF, SESSION
from services.query.settings import QuerySettings
from tests.access.issuing import forged
from tests.access.provider import CLIENT, SECRET, Provider
from tests.integration.query_house import NOON, House, open_house
from tests.integration.query_seed import Clock, person

pytestmark = [pytest.mark.once, pytest.mark.asyncio(loop_scope="module")]
BEGUN = "salespulse_sign_in"
REDIRECT = "http://127.0.0.1:8082/login/oidc/callback"
HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def provider() -> Any:
    """Give an identity provider whose clock is the company's."""
    with running() as own:
        yield own


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(broker: Broker, store: EmbeddedStore, provider: Provider) -> AsyncIterator[House]:
    """Give the seeded company, whose people sign in at the provider."""
    async with open_house(broker, store.url, **settings(provider)) as opened:
        let_see(opened)
        yield opened


@pytest.fixture
def house(served: House, provider: Provider) -> House:
    """Give the company, whose provider says the truth again; the clock only goes on."""
    provider.now_ms = served.clock
    provider.lies = {}
    return served


def let_see(house: House) -> None:
    """Grant `an` the own figures."""
    an = person(5, "an", (20260101, "sales"))
    house.seed.facts(replace(an, permissions={"employee_kpi": (1, True)}))


def settings(provider: Provider, **changes: str) -> dict[str, str]:
    """Return the settings of a service that knows the provider."""
    return {
        "QUERY_OIDC_ISSUER": provider.url,
        "QUERY_OIDC_CLIENT_ID": CLIENT,
        "QUERY_OIDC_CLIENT_SECRET": SECRET,
        "QUERY_OIDC_REDIRECT_URI": REDIRECT,
        "QUERY_OIDC_TENANT_CLAIM": "tenant",
        "QUERY_OIDC_TENANTS": "acme, gone",
        **changes,
    }


def browser(house: House) -> httpx.AsyncClient:
    """Return a client that keeps cookies and follows nothing by itself."""
    return httpx.AsyncClient(base_url=house.url, timeout=60)


async def begin(client: httpx.AsyncClient, back_to: str = "/") -> str:
    """Leave for the provider; return the address there."""
    answer = await client.get("/login/oidc", params={"next": back_to})
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/login/oidc"} <= set(cookie.split("; "))
    return answer.headers["location"]


async def come_back(client: httpx.AsyncClient, address: str, **headers: str) -> httpx.Response:
    """Come back from the provider, to the address that it named."""
    parts = urlsplit(address)
    return await client.get(f"{parts.path}?{parts.query}", headers=headers)


async def sign_in(client: httpx.AsyncClient, provider: Provider) -> httpx.Response:
    """Go to the provider and come back."""
    return await come_back(client, provider.authorized(await begin(client)))


async def refusal(client: httpx.AsyncClient, answer: httpx.Response) -> tuple[int, str]:
    """Return status and code; see that no session was opened and nothing is left to come back."""
    assert SESSION not in client.cookies
    assert BEGUN not in client.cookies
    assert (await client.get("/v1/tenant")).status_code == 401
    return answer.status_code, answer.json()["code"]


async def test_a_person_signs_in_and_out(house: House, provider: Provider) -> None:
    """Who comes back has the session of the employee that the provider names, and ends it."""
    async with browser(house) as client:
        assert (await client.get("/login")).json() == {"provider": "/login/oidc"}
        address = await begin(client, "/board/h%C3%A0?lang=vi")
        assert address.startswith(f"{provider.url}/auth?")
        async with httpx.AsyncClient(timeout=60) as elsewhere:
            there = await elsewhere.get(address)
        answer = await come_back(client, there.headers["location"])
        assert answer.status_code == 303
        assert answer.headers["location"] == "/board/h%C3%A0?lang=vi"
        session = next(
            each for each in answer.headers.get_list("set-cookie") if each.startswith(SESSION)
        )
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(session.split("; "))
        assert BEGUN not in client.cookies
        assert (await client.get("/v1/kpis/employee/an")).status_code == 200
        assert (await client.get("/v1/kpis/employee/binh")).status_code == 403
        await client.get("/")
        assert (await client.post("/logout")).json()["code"] == "bad_csrf"
        out = await client.post("/logout", headers={"X-CSRF-Token": client.cookies[CSRF]})
        away = urlsplit(out.json()["provider"])
        assert away.path == "/realms/acme/logout"
        assert parse_qs(away.query) == {
            "client_id": [CLIENT],
            "post_logout_redirect_uri": ["http://127.0.0.1:8082/"],
        }
        assert (await client.get("/v1/tenant")).json()["code"] == "no_key"


async def test_a_session_ends(house: House, provider: Provider) -> None:
    """Twelve hours after signing in one signs in again, whatever the provider's token said."""
    async with browser(house) as client:
        await sign_in(client, provider)
        house.clock.at_ms += 43_199_000
        assert (await client.get("/v1/tenant")).status_code == 200
        house.clock.at_ms += 1_000
        answer = await client.get("/v1/tenant")
        assert (answer.status_code, answer.json()["code"]) == (401, "expired_token")


async def test_a_session_cannot_be_made_up(house: House) -> None:
    """A token that only says it is a session of ours is none."""
    said = {"ten": "acme", "sub": "an", "iat": 0, "end": 1 << 50}
    kind = {"typ": "salespulse-session"}
    for token in (
        forged({"alg": "HS256", **kind}, said, b"a guess"),
        forged({"alg": "HS256", **kind}, said, SECRET.encode()),
        forged({"alg": "none", **kind}, said),
        forged({"alg": "HS256", **kind}, {}, b"a guess"),
    ):
        answer = await house.get("/v1/tenant", bearer=token)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


Change = Callable[[str], str]
ALTERED: dict[str, tuple[Change, str]] = {
    "wrong state": (lambda url: url.replace("state=", "state=x"), "bad_state"),
    "no state": (lambda url: url.replace("state=", "stale="), "bad_state"),
    "another provider": (lambda url: url.replace("iss=http", "iss=https"), "bad_state"),
    "another code": (lambda url: url.replace("code=", "code=x"), "bad_code"),
    "no code": (lambda url: url.replace("code=", "cod="), "not_signed_in"),
    "refused there": (lambda url: f"{url}&error=access_denied", "not_signed_in"),
}


async def test_an_altered_return_is_refused(house: House, provider: Provider) -> None:
    """Only the answer to what was begun in this browser is taken, and only once."""
    for name, (change, code) in ALTERED.items():
        async with browser(house) as client:
            answer = await come_back(client, change(provider.authorized(await begin(client))))
            assert await refusal(client, answer) == (401, code), name


async def test_a_code_is_worth_nothing_elsewhere_or_twice(house: House, provider: Provider) -> None:
    """Neither another browser nor a second try with the same cookie gets in by a code."""
    async with browser(house) as client, browser(house) as thief:
        address = provider.authorized(await begin(client))
        kept = client.cookies[BEGUN]
        stolen = await come_back(thief, address)
        assert await refusal(thief, stolen) == (401, "no_sign_in")
        await begin(thief)
        assert await refusal(thief, await come_back(thief, address)) == (401, "bad_state")
        assert (await come_back(client, address)).status_code == 303
        thief.cookies.set(BEGUN, kept, path="/login/oidc", domain="127.0.0.1")
        replayed = await come_back(thief, address)
        assert replayed.json()["code"] == "bad_code"
        assert SESSION not in thief.cookies


async def test_what_the_browser_keeps_cannot_be_changed(house: House, provider: Provider) -> None:
    """A cookie that is cut, foreign or too old begins nothing."""
    async with browser(house) as client:
        address = provider.authorized(await begin(client))
        for kept in ("x", client.cookies[BEGUN][:-3] + "AAA", "a.b.c.d.e"):
            client.cookies.clear()
            client.cookies.set(BEGUN, kept, path="/login/oidc", domain="127.0.0.1")
            assert (await come_back(client, address)).json()["code"] == "no_sign_in"
        client.cookies.clear()
        address = provider.authorized(await begin(client))
        house.clock.at_ms += PATIENCE_MS
        assert await refusal(client, await come_back(client, address)) == (401, "no_sign_in")


LIES: tuple[tuple[dict[str, Any], tuple[int, str]], ...] = (
    ({"nonce": "of somebody else"}, (401, "bad_token")),
    ({"nonce": None}, (401, "bad_token")),
    ({"exp": NOON // 1000 - 31}, (401, "expired_token")),
    ({"iat": None}, (401, "bad_token")),
    ({"sub": None}, (401, "bad_token")),
    ({"iss": "https://login.evil"}, (401, "bad_token")),
    ({"aud": "another-client"}, (401, "bad_token")),
    ({"aud": [CLIENT, "another-client"]}, (401, "bad_token")),
    ({"aud": [CLIENT, "another-client"], "azp": "another-client"}, (401, "bad_token")),
    ({"employee": None}, (401, "bad_token")),
    ({"employee": ["an"]}, (401, "bad_token")),
    ({"tenant": "globex"}, (403, "foreign_tenant")),
    ({"tenant": None}, (401, "bad_token")),
    ({"tenant": "gone"}, (401, "bad_token")),
)


async def test_a_wrong_id_token_is_refused(house: House, provider: Provider) -> None:
    """Issuer, audience, times, nonce, tenant and employee are each looked at."""
    for lies, refused in LIES:
        provider.lies = lies
        async with browser(house) as client:
            assert await refusal(client, await sign_in(client, provider)) == refused, lies


async def test_the_keys_of_the_provider_change(house: House, provider: Provider) -> None:
    """A new key is looked up, and what a withdrawn one has signed is refused."""
    async with browser(house) as client:
        assert (await sign_in(client, provider)).status_code == 303
        old = dict(provider.keys), provider.signs_with
        provider.rotate()
        house.clock.at_ms += PAUSE_MS
        assert (await sign_in(client, provider)).status_code == 303
        withdrawn, named = old
        provider.keys, provider.signs_with = {**provider.keys, **withdrawn}, named
        answer = await sign_in(client, provider)
        assert answer.json()["code"] == "bad_token"
        provider.keys = withdrawn


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/a\r\nSet-Cookie: a=b",
    "board",
    "",
    "/" + "x" * 1001,
)


async def test_nobody_is_led_elsewhere(house: House) -> None:
    """The page to come back to is one of ours."""
    async with browser(house) as client:
        for back_to in ELSEWHERE:
            answer = await client.get("/login/oidc", params={"next": back_to})
            assert (answer.status_code, answer.json()["parameter"]) == (422, "next"), back_to
            assert BEGUN not in client.cookies


UNTRUE: dict[str, dict[str, Any]] = {
    "calls itself otherwise": {"issuer": "https://login.evil"},
    "speaks openly": {"token_endpoint": "http://login.example/token"},
    "has no door": {"authorization_endpoint": None},
}


async def test_a_provider_that_is_not_believed() -> None:
    """Nobody is sent to a provider that is not the one of the settings, or not safe."""
    for name, says in UNTRUE.items():
        with running() as own:
            own.says = says
            with pytest.raises(Problem, match="does not answer as it should") as caught:
                await signing(own).begin("/")
            assert (caught.value.status, caught.value.retry_after) == (503, 10), name


async def test_the_provider_goes_away(broker: Broker, store: EmbeddedStore) -> None:
    """Without it nobody new signs in, and is told when to try again; sessions go on."""
    with running() as own:
        async with open_house(broker, store.url, **settings(own)) as house:
            let_see(house)
            async with browser(house) as client, browser(house) as late:
                assert (await sign_in(client, own)).status_code == 303
                address = own.authorized(await begin(late))
                own.stop()
                answer = await come_back(late, address)
                assert await refusal(late, answer) == (503, "provider_unavailable")
                assert answer.headers["retry-after"] == "10"
                again = own.authorized(await begin(late, "/board/sales?lang=vi"))
                page = await come_back(late, again, **HTML)
                assert page.headers["location"] == (
                    "/?sign_in=provider_unavailable&next=%2Fboard%2Fsales%3Flang%3Dvi"
                )
                assert (await client.get("/v1/tenant")).status_code == 200
                assert (await late.get("/readyz")).status_code == 200


async def test_a_provider_that_was_never_there() -> None:
    """A service that starts before its provider says when to try, and is well when it comes."""
    with running() as own:
        own.stop()
        with pytest.raises(Problem) as caught:
            await signing(own).begin("/")
        assert (caught.value.status, caught.value.retry_after) == (503, 10)


async def test_one_company_needs_no_claim() -> None:
    """Without a claim for it everybody is of the one company; the employee may be another claim."""
    with running() as own:
        changes = {
            "QUERY_OIDC_TENANT_CLAIM": "",
            "QUERY_OIDC_TENANTS": "acme",
            "QUERY_OIDC_EMPLOYEE_CLAIM": "email",
        }
        found = signing(own, **changes)
        own.person = {"tenant": "globex", "email": "an"}
        own.lies = {"email_verified": False}
        with pytest.raises(Problem, match="not verified"):
            await finished(found, own)
        own.lies = {}
        person = found.person((await finished(found, own)).token)
        assert (person.tenant, person.employee) == ("acme", "an")


async def test_the_secret_goes_in_the_form_where_the_provider_wants_it() -> None:
    """A provider that takes the secret only in the form gets it there, and nowhere else."""
    with running() as own:
        own.says = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        assert (await finished(signing(own), own)).back_to == "/"


def signing(own: Provider, **changes: str) -> SignIn:
    """Return what signs people in at a provider, without a service around it."""
    named = {f"SALESPULSE_{name}": value for name, value in settings(own, **changes).items()}
    return SignIn(QuerySettings.load(named), own.now_ms)


async def finished(found: SignIn, own: Provider) -> SignedIn:
    """Go to the provider and come back."""
    address, sealed = await found.begin("/")
    query = parse_qs(urlsplit(own.authorized(address)).query)
    return await found.finish({name: values[0] for name, values in query.items()}, sealed)


@contextmanager
def running() -> Iterator[Provider]:
    """Give a provider of its own."""
    own = Provider(Clock(NOON))
    try:
        yield own
    finally:
        own.stop()


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "http://login.example"},
        {"oidc_client_id": ""},
        {"oidc_client_secret": "short"},
        {"oidc_redirect_uri": "https://board.example/elsewhere"},
        {"oidc_redirect_uri": "http://board.example/login/oidc/callback"},
        {"oidc_tenants": ""},
        {"oidc_tenants": "acme, globex"},
        {"oidc_scopes": "profile"},
    ],
    ids=str,
)
async def test_careless_settings_are_refused(wrong: dict[str, str]) -> None:
    """The provider is set whole, over https, and everybody's company is plain."""
    good = {
        "oidc_issuer": "https://login.example",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_redirect_uri": "https://board.example/login/oidc/callback",
        "oidc_tenants": "acme",
    }
    assert QuerySettings.model_validate(good).signed_in_tenants == ("acme",)
    with pytest.raises(ValueError, match="oidc") as caught:
        QuerySettings.model_validate(good | wrong)
    assert SECRET not in str(caught.value)
