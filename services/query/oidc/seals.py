"""What a browser keeps for us and must not change: a sign-in that was begun, and a session.

Both keys come of the client secret, which every replica has: no key of its own to hand around.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import jwt as headers
import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from services.query.person_tokens import Person
from services.query.problems import Problem

_KIND: Final = "salespulse-session"
_LENGTH = 32


class Begun(NamedTuple):
    """A sign-in that was begun. Units: until in milliseconds since the epoch."""

    state: str
    nonce: str
    verifier: str
    back_to: str
    until: int


class Seals:
    """Seals and opens what browsers keep.

    Laws:   what was sealed by another secret, or changed, is nothing to us. A session is a JWT of
            a kind of its own, so no token of an issuer is ever taken for one.
    """

    def __init__(self, secret: str) -> None:
        self._begun = _derived(secret, b"salespulse: a sign-in that was begun")
        self._session = _derived(secret, b"salespulse: a session")

    def sealed(self, begun: Begun) -> str:
        """Return a begun sign-in as a text that only we can read."""
        return jwe.encrypt_compact(
            {"alg": "dir", "enc": "A256GCM"}, orjson.dumps(begun._asdict()), self._begun
        )

    def begun(self, text: str, now_ms: int) -> Begun:
        """Return what was begun; Problem 401 `no_sign_in` where nothing was, or long ago."""
        try:
            found = Begun(**orjson.loads(jwe.decrypt_compact(text, self._begun).plaintext or b""))
        except (JoseError, ValueError, TypeError):
            raise _nothing_begun() from None
        if now_ms >= found.until:
            raise _nothing_begun()
        return found

    def session(self, tenant: str, employee: str, *, since_ms: int, until_ms: int) -> str:
        """Return the token of a session."""
        said: dict[str, Any] = {"ten": tenant, "sub": employee, "iat": since_ms, "end": until_ms}
        return jwt.encode({"alg": "HS256", "typ": _KIND}, said, self._session)

    def person(self, token: str, now_ms: int) -> Person:
        """Return whose session it is; Problem 401 `bad_token`, `expired_token`."""
        try:
            opened = jwt.decode(token, self._session, algorithms=["HS256"])
        except (JoseError, ValueError):
            raise Problem(401, "bad_token", "this session is not of this service") from None
        said = opened.claims
        if now_ms >= said["end"]:
            raise Problem(401, "expired_token", "this session has ended: sign in again")
        return Person(said["ten"], said["sub"], said["end"])


def is_session(token: str) -> bool:
    """Say whether a token claims to be a session of ours; it is not believed by that."""
    try:
        return headers.get_unverified_header(token).get("typ") == _KIND
    except headers.PyJWTError:
        return False


def _derived(secret: str, purpose: bytes) -> OctKey:
    key = HKDF(SHA256(), _LENGTH, salt=None, info=purpose).derive(secret.encode())
    return OctKey.import_key(key)


def _nothing_begun() -> Problem:
    return Problem(401, "no_sign_in", "no sign-in was begun in this browser, or long ago: begin")
