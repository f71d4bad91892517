"""The identity provider: what it says of itself, and what it says of who comes back from it.

Authlib writes the requests and judges the claims of the protocol; the signature is checked by the
same code as that of every other token.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any, Final

import httpx
import orjson
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict, Field

from services.query.fetching import LONGEST_BYTES, authorities, fetch
from services.query.key_set import KeySet
from services.query.oidc.seals import Begun
from services.query.oidc.settings import is_safe_address
from services.query.person_tokens import SignedTokens, Trust, bad_token, text_of
from services.query.problems import Problem
from services.query.settings import QuerySettings

FRESH_MS: Final = 3_600_000
"""After so long the provider is asked anew where its doors are."""
_BASIC: Final = "client_secret_basic"
_POST: Final = "client_secret_post"
_ERROR = re.compile(r"[a-z_]{1,40}")

log = logging.getLogger(__name__)


class Addresses(BaseModel):
    """What a provider says of itself, as far as we ask (OpenID Connect Discovery 1.0)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = Field((_BASIC,), min_length=1)


class Provider:
    """One identity provider.

    Laws:   is asked when somebody signs in, not before: Salespulse starts and answers without it.
            What it said of itself is kept while it is away.
    Errors: Problem 503 `provider_unavailable` where it does not answer, or not as it should.
    """

    def __init__(self, settings: QuerySettings, now_ms: Callable[[], int]) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._asking = asyncio.Lock()
        self._known: tuple[int, Addresses, SignedTokens] | None = None

    async def door(self, begun: Begun) -> str:
        """Return the address at the provider that somebody is sent to."""
        settings, (addresses, _) = self._settings, await self._doors()
        address: str = prepare_grant_uri(
            addresses.authorization_endpoint,
            client_id=settings.oidc_client_id,
            response_type="code",
            redirect_uri=settings.oidc_redirect_uri,
            scope=settings.oidc_scopes,
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
        )
        return address

    async def exit(self) -> str | None:
        """Return where one signs out of the provider too; None where it has no such place."""
        addresses, _ = await self._doors()
        if addresses.end_session_endpoint is None:
            return None
        back = httpx.URL(self._settings.oidc_redirect_uri).copy_with(path="/", query=None)
        asked = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": str(back),
        }
        return str(httpx.URL(addresses.end_session_endpoint).copy_merge_params(asked))

    async def who(self, code: str, begun: Begun) -> tuple[str, str]:
        """Return tenant and employee of who came back with a code.

        Errors: Problem 401 `bad_code`, `bad_token`, `expired_token`; 503.
        """
        addresses, tokens = await self._doors()
        claims, _ = await tokens.claims(await self._exchanged(addresses, code, begun.verifier))
        settings = self._settings
        params = {"nonce": begun.nonce, "client_id": settings.oidc_client_id}
        try:
            CodeIDToken(claims, {}, {}, params).validate(
                now=self._now_ms() // 1000, leeway=int(settings.jwt_leeway_s)
            )
        except JoseError as error:
            raise bad_token(f"the provider's id token breaks a rule: {error.error}") from None
        if settings.oidc_employee_claim == "email" and claims.get("email_verified") is False:
            raise bad_token("the provider has not verified this e-mail address")
        employee = text_of(claims, settings.oidc_employee_claim)
        if not settings.oidc_tenant_claim:
            return settings.signed_in_tenants[0], employee
        return text_of(claims, settings.oidc_tenant_claim), employee

    async def _exchanged(self, addresses: Addresses, code: str, verifier: str) -> str:
        """Return the id token that a code stands for."""
        settings = self._settings
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=settings.oidc_redirect_uri,
            code=code,
            code_verifier=verifier,
        )
        offered = addresses.token_endpoint_auth_methods_supported
        method = _POST if _POST in offered and _BASIC not in offered else _BASIC
        secret = settings.oidc_client_secret.get_secret_value()
        said = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        address, said, body = ClientAuth(settings.oidc_client_id, secret, method).prepare(
            "POST", addresses.token_endpoint, said, body
        )
        try:
            async with (
                asyncio.timeout(settings.oidc_timeout_s),
                httpx.AsyncClient(verify=authorities(), trust_env=False) as client,
            ):
                answer = await client.post(address, content=body, headers=said)
            told = orjson.loads(answer.content[:LONGEST_BYTES])
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise _unavailable(type(error).__name__) from None
        return _id_token(answer.status_code, told)

    async def _doors(self) -> tuple[Addresses, SignedTokens]:
        async with self._asking:
            now = self._now_ms()
            if self._known is None or now - self._known[0] >= FRESH_MS:
                try:
                    addresses = await self._discovered()
                except (httpx.HTTPError, OSError, ValueError) as error:
                    if self._known is None:
                        raise _unavailable(type(error).__name__) from None
                    log.warning("the identity provider is away: %s", type(error).__name__)
                    addresses = self._known[1]
                self._known = (now, addresses, self._tokens(addresses))
            return self._known[1:]

    async def _discovered(self) -> Addresses:
        """Return what the provider says of itself; ValueError where we cannot believe it."""
        issuer = self._settings.oidc_issuer
        where = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        found = Addresses.model_validate_json(await fetch(where, self._settings.oidc_timeout_s))
        named = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        if found.issuer != issuer:
            raise ValueError("it calls itself otherwise")
        if not all(map(is_safe_address, (*named, found.end_session_endpoint or issuer))):
            raise ValueError("it has a door without https")
        return found

    def _tokens(self, addresses: Addresses) -> SignedTokens:
        settings, now_ms = self._settings, self._now_ms
        if self._known is not None and self._known[1].jwks_uri == addresses.jwks_uri:
            return self._known[2]
        keys = KeySet(addresses.jwks_uri, int(settings.jwks_stale_s * 1000), now_ms)
        trust = Trust(settings.oidc_issuer, settings.oidc_client_id, settings.jwt_leeway_s)
        return SignedTokens(keys, trust, now_ms)


def _id_token(status: int, told: Any) -> str:
    """Return the id token of an answer of the token endpoint."""
    if not isinstance(told, dict):
        raise _unavailable("no object")
    if status == 200 and isinstance(told.get("id_token"), str):
        found: str = told["id_token"]
        return found
    error = str(told.get("error", ""))
    if error == "invalid_grant":
        detail = "the provider does not take this code: it was used before, or is too old"
        raise Problem(401, "bad_code", detail)
    raise _unavailable(error if _ERROR.fullmatch(error) else str(status))


def _unavailable(why: str) -> Problem:
    log.warning("nobody can sign in at the identity provider: %s", why)
    detail = "the identity provider does not answer as it should; try again, or use a key"
    return Problem(503, "provider_unavailable", detail, retry_after=10)
