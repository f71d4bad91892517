"""Who asks: an API key, a kiosk's key or a person's token; from the header, or a session.

The form of the token says which it is: `sp_...` is a key, checked against the digests that the
log keeps; three parts with dots are a JWT.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from starlette.requests import Request

from schemas.access import Board, Kind
from services.query import api_keys, sessions
from services.query.api_keys import ApiKey
from services.query.client_address import Proxies
from services.query.directory import Directory
from services.query.oidc.seals import is_session
from services.query.oidc.sign_in import SignIn
from services.query.person_tokens import Person, PersonTokens
from services.query.problems import Problem
from services.query.reader import Reader
from services.query.settings import QuerySettings

_MOST_REMEMBERED = 10_000
_PATIENCE_S = 1.0
_DOTS_OF_A_JWT = 2


class Caller(NamedTuple):
    """Who asks.

    Shape:  `key_id` of a machine or a kiosk, `employee` of a person, `board` of a kiosk; `label`
            names the key for people; `address` is where the request comes from; `grants` are
            those of a key, a person has those of the organisation.
    Units:  `until` is milliseconds since the epoch: from then on this is nobody; None never.
    """

    tenant: str
    partition: int
    key_id: str
    kind: Kind = "machine"
    employee: str = ""
    board: Board | None = None
    label: str = ""
    until: int | None = None
    address: str = ""
    grants: frozenset[str] = frozenset()


class _Accepted(NamedTuple):
    """A caller that is believed until a moment; the key is still looked at each time."""

    believed_ms: int
    caller: Caller
    key: ApiKey | None


class Access:
    """Checks tokens; believes an accepted one for a few seconds, never beyond its own end."""

    def __init__(
        self,
        directory: Directory,
        reader: Reader,
        settings: QuerySettings,
        now_ms: Callable[[], int],
    ) -> None:
        self._directory = directory
        self._reader = reader
        self._cache_ms = int(settings.key_cache_s * 1000)
        self._now_ms = now_ms
        self._persons = PersonTokens(settings, now_ms) if settings.jwks else None
        self.sign_in = SignIn(settings, now_ms) if settings.oidc_issuer else None
        self._accepted: dict[str, _Accepted] = {}
        self.proxies = Proxies(settings.trusted_proxies)

    async def caller(self, request: Request) -> Caller:
        """Return who asks; Problem 401 or 403 if the token does not allow it."""
        return await self.check(presented_key(request), self.proxies.address(request))

    async def check(self, token: str, address: str) -> Caller:
        """Return who holds a token and asks from an address.

        Errors: 401 `no_key`, `bad_key`, `expired_key`, `bad_token`, `expired_token`; 403
                `forbidden_scope`, `wrong_network`; 503 while keys cannot be known.
        """
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = self._accepted.get(digest)
        if found is None or self._now_ms() >= found.believed_ms:
            self._accepted.pop(digest, None)
            caller, key = await self._look_up(token, digest)
            believed_ms = self._now_ms() + self._cache_ms
            if caller.until is not None:
                believed_ms = min(believed_ms, caller.until)
            found = _Accepted(believed_ms, caller, key)
            if len(self._accepted) >= _MOST_REMEMBERED:
                self._accepted.clear()
            self._accepted[digest] = found
        if found.key is not None:
            api_keys.check_now(found.key, self._now_ms(), address)
        return found.caller._replace(address=address)

    async def _look_up(self, token: str, digest: str) -> tuple[Caller, ApiKey | None]:
        is_jwt = token.count(".") == _DOTS_OF_A_JWT and not token.startswith(api_keys.PREFIX)
        if is_jwt and self.sign_in is not None and is_session(token):
            return await self._person(self.sign_in.person(token)), None
        if is_jwt and self._persons is not None:
            return await self._person(await self._persons.person(token)), None
        tenant, key_id = api_keys.parts_of(token)
        partition = await self._partition(tenant, api_keys.bad_key())
        raw = await self._reader.api_key(partition, tenant, key_id)
        if raw is None:
            fresh = await self._reader.status(partition)
            if fresh.lag_events or fresh.state == "recovering":
                detail = "this key is not known yet: the figures are behind the log"
                raise Problem(503, fresh.state, detail, retry_after=2)
            raise api_keys.bad_key()
        key = api_keys.opened(raw, digest)
        kind: Kind = "machine" if key.board is None else "kiosk"
        board, label, until = key.board, key.label, key.until
        caller = Caller(tenant, partition, key_id, kind, board=board, label=label, until=until)
        return caller._replace(grants=key.grants), key

    async def _person(self, person: Person) -> Caller:
        unknown = Problem(401, "bad_token", "this token names a tenant that nobody knows here")
        partition = await self._partition(person.tenant, unknown)
        return Caller(person.tenant, partition, "", "person", person.employee, until=person.until)

    async def _partition(self, tenant: str, unknown: Problem) -> int:
        partition = await self._directory.partition(tenant, _PATIENCE_S)
        if partition is not None:
            return partition
        if not self._directory.is_read:
            detail = "the tenant directory is not read yet"
            raise Problem(503, "directory_unavailable", detail, retry_after=2)
        raise unknown


def presented_key(request: Request) -> str:
    """Return the token of a request: the Authorization header, else `?key=`, else the session."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else ""
    key = key or request.query_params.get("key", "") or sessions.session_of(request)
    if not key:
        raise Problem(401, "no_key", "send 'Authorization: Bearer <token>', or log in")
    return key
