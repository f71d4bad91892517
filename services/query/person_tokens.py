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


class PersonTokens:
    """Checks tokens by the keys of one issuer."""

    def __init__(self, settings: QuerySettings, now_ms: Callable[[], int]) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._keys = KeySet(settings.jwks, int(settings.jwks_stale_s * 1000), now_ms)

    async def person(self, token: str) -> Person:
        """Return whose token this is.

        Errors: Problem 401 `bad_token`, `expired_token`; 503 `keys_unavailable`.
        Laws:   checked by RS256, ES256 or EdDSA, as the key says; the token does not choose.
        """
        settings = self._settings
        try:
            name = jwt.get_unverified_header(token).get("kid")
            if name is not None and not isinstance(name, str):
                raise _bad("its key id is no text")
            key = await self._keys.key(name)
            if key is None:
                raise _bad("it is signed with a key that its issuer does not have")
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=settings.jwt_audience,
                issuer=settings.jwt_issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,  # by our own clock, below
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.MissingRequiredClaimError as error:
            raise _bad(f"the claim '{error.claim}' is missing") from None
        except jwt.InvalidAudienceError:
            raise _bad("it is for somebody else: see the audience") from None
        except jwt.InvalidIssuerError:
            raise _bad("it is of another issuer") from None
        except jwt.PyJWTError:
            raise _bad("it is not signed as its issuer signs") from None
        until = self._in_time(claims)
        tenant = _text(claims, settings.jwt_tenant_claim)
        return Person(tenant, _text(claims, settings.jwt_employee_claim), until)

    def _in_time(self, claims: Mapping[str, Any]) -> int:
        """Return until when the token holds; the clocks may differ by the leeway."""
        now, leeway = self._now_ms(), int(self._settings.jwt_leeway_s * 1000)
        until = _moment(claims, "exp") + leeway
        if now >= until:
            raise Problem(401, "expired_token", "this token has expired")
        for name in ("nbf", "iat"):
            if name in claims and _moment(claims, name) > now + leeway:
                raise _bad(f"it does not hold yet: see '{name}'")
        return until


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < _LATEST_S:
        raise _bad(f"the claim '{name}' is no time")
    return int(value * 1000)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        raise _bad(f"the claim '{name}' names nobody")
    return value


def _bad(why: str) -> Problem:
    return Problem(401, "bad_token", f"this token is not good here: {why}")
