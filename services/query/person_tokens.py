"""Tokens of persons: a JWT of the company's issuer says which employee of which tenant asks.

Nothing but signature, issuer, audience and times is believed of it: what the employee may see
stands in the log of the tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jwt

from services.query.key_set import KeySet
from services.query.problems import Problem
from services.query.settings import QuerySettings

_LONGEST_ID = 256
_LATEST_S = 1 << 40


class Person(NamedTuple):
    """Whose token it is. Units: until in milliseconds since the epoch, leeway included."""

    tenant: str
    employee: str
    until: int


class Trust(NamedTuple):
    """Whose tokens are believed, and for whom they must be."""

    issuer: str
    audience: str
    leeway_s: float


class SignedTokens:
    """Checks signature, issuer, audience and times of tokens by the keys of one issuer."""

    def __init__(self, keys: KeySet, trust: Trust, now_ms: Callable[[], int]) -> None:
        self._keys = keys
        self._trust = trust
        self._now_ms = now_ms

    async def claims(self, token: str) -> tuple[dict[str, Any], int]:
        """Return what a token says, and until when it holds, leeway included.

        Errors: Problem 401 `bad_token`, `expired_token`; 503 `keys_unavailable`.
        Laws:   checked by RS256, ES256 or EdDSA, as the key says; the token does not choose.
        """
        try:
            name = jwt.get_unverified_header(token).get("kid")
            if name is not None and not isinstance(name, str):
                raise bad_token("its key id is no text")
            key = await self._keys.key(name)
            if key is None:
                raise bad_token("it is signed with a key that its issuer does not have")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._trust.audience,
                issuer=self._trust.issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,  # by our own clock, below
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.MissingRequiredClaimError as error:
            raise bad_token(f"the claim '{error.claim}' is missing") from None
        except jwt.InvalidAudienceError:
            raise bad_token("it is for somebody else: see the audience") from None
        except jwt.InvalidIssuerError:
            raise bad_token("it is of another issuer") from None
        except jwt.PyJWTError:
            raise bad_token("it is not signed as its issuer signs") from None
        return claims, self._in_time(claims)

    def _in_time(self, claims: Mapping[str, Any]) -> int:
        """Return until when the token holds; the clocks may differ by the leeway."""
        now, leeway = self._now_ms(), int(self._trust.leeway_s * 1000)
        until = _moment(claims, "exp") + leeway
        if now >= until:
            raise Problem(401, "expired_token", "this token has expired")
        for name in ("nbf", "iat"):
            if name in claims and _moment(claims, name) > now + leeway:
                raise bad_token(f"it does not hold yet: see '{name}'")
        return until


class PersonTokens:
    """Tells persons by the tokens of the company's issuer."""

    def __init__(self, settings: QuerySettings, now_ms: Callable[[], int]) -> None:
        self._settings = settings
        keys = KeySet(settings.jwks, int(settings.jwks_stale_s * 1000), now_ms)
        trust = Trust(settings.jwt_issuer, settings.jwt_audience, settings.jwt_leeway_s)
        self._tokens = SignedTokens(keys, trust, now_ms)

    async def person(self, token: str) -> Person:
        """Return whose token this is; errors are those of `SignedTokens.claims`."""
        claims, until = await self._tokens.claims(token)
        tenant = text_of(claims, self._settings.jwt_tenant_claim)
        return Person(tenant, text_of(claims, self._settings.jwt_employee_claim), until)


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < _LATEST_S:
        raise bad_token(f"the claim '{name}' is no time")
    return int(value * 1000)


def text_of(claims: Mapping[str, Any], name: str) -> str:
    """Return the id that a claim names; Problem 401 `bad_token` where it names nobody."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        raise bad_token(f"the claim '{name}' names nobody")
    return value


def bad_token(why: str) -> Problem:
    """Return the refusal of a token."""
    return Problem(401, "bad_token", f"this token is not good here: {why}")
