"""From leaving for the provider to coming back as somebody."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from services.query.oidc.provider import Provider
from services.query.oidc.seals import Begun, Seals
from services.query.person_tokens import Person
from services.query.problems import Problem, invalid
from services.query.settings import QuerySettings

PATIENCE_MS: Final = 600_000
"""So long somebody may take at the provider."""
_BACK_TO = re.compile(r"/(?![/\\])[\x21\x23-\x5b\x5d-\x7e]{0,999}")
"""A path of our own: nothing that a browser would read as another host."""


class SignedIn(NamedTuple):
    """Who came back: the token of their session, and the page they wanted."""

    token: str
    back_to: str


class SignIn:
    """Signs people in at the company's identity provider.

    Errors: Problem 401 where who comes back is not who left, or not known to the provider; 403
            `foreign_tenant`; 503 `provider_unavailable` with the time to wait.
    """

    def __init__(self, settings: QuerySettings, now_ms: Callable[[], int]) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._seals = Seals(settings.oidc_client_secret.get_secret_value())
        self.provider = Provider(settings, now_ms)

    async def begin(self, back_to: str) -> tuple[str, str]:
        """Return the address to go to, and the sealed text that the browser keeps meanwhile."""
        if not _BACK_TO.fullmatch(back_to):
            raise invalid("invalid_parameter", "'next': a path of this service", "next")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        begun = Begun(state, nonce, verifier, back_to, self._now_ms() + PATIENCE_MS)
        return await self.provider.door(begun), self._seals.sealed(begun)

    async def finish(self, told: Mapping[str, str], sealed: str) -> SignedIn:
        """Return the session of who came back; `told` is the query they came back with."""
        now = self._now_ms()
        begun = self._seals.begun(sealed, now)
        if not hmac.compare_digest(begun.state.encode(), told.get("state", "").encode()):
            raise Problem(401, "bad_state", "this is not the sign-in that was begun here: begin")
        if told.get("iss", self._settings.oidc_issuer) != self._settings.oidc_issuer:
            raise Problem(401, "bad_state", "this is an answer of another provider")
        if "error" in told or not told.get("code"):
            raise Problem(401, "not_signed_in", "the identity provider did not sign you in")
        tenant, employee = await self.provider.who(told["code"], begun)
        if tenant not in self._settings.signed_in_tenants:
            detail = "this identity provider does not sign in people of that company here"
            raise Problem(403, "foreign_tenant", detail)
        until = now + int(self._settings.oidc_session_s * 1000)
        token = self._seals.session(tenant, employee, since_ms=now, until_ms=until)
        return SignedIn(token, begun.back_to)

    def back_to(self, sealed: str) -> str:
        """Return the page that somebody wanted, the home page where nobody can tell."""
        try:
            return self._seals.begun(sealed, self._now_ms()).back_to
        except Problem:
            return "/"

    def person(self, token: str) -> Person:
        """Return whose session a token is; Problem 401."""
        return self._seals.person(token, self._now_ms())
