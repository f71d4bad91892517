"""Tokens of persons: what is let in, and every way in which one is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.query.key_set import PAUSE_MS, KeySet, keys_of
from services.query.person_tokens import PersonTokens
from services.query.problems import Problem
from services.query.settings import QuerySettings
from tests.access.issuing import AUDIENCE, ISSUER, claims, forged, pair, public, publish, sign

NOW = 1_790_000_000_000
EDWARDS = pair("EdDSA")
RSA_KEY = pair("RS256")
STRANGER = pair("EdDSA")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at_ms = NOW

    def __call__(self) -> int:
        """Return the moment."""
        return self.at_ms


@pytest.fixture
def clock() -> Clock:
    """Give the clock of the service."""
    return Clock()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give the file of the issuer's keys: one of Edwards' curve, one of RSA."""
    path = tmp_path / "jwks.json"
    publish(path, public(EDWARDS, "one"), public(RSA_KEY, "two"))
    return path


@pytest.fixture
def tokens(source: Path, clock: Clock) -> PersonTokens:
    """Give what checks tokens."""
    settings = QuerySettings(
        jwks=str(source), jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwks_stale_s=3600
    )
    return PersonTokens(settings, clock)


def spoil(source: Path) -> None:
    """Have the source of the keys answer what is no set of keys."""
    source.write_text("<html>login</html>")


async def refusal(tokens: PersonTokens, token: str) -> tuple[int, str, str]:
    """Return status, code and detail of the refusal of a token."""
    with pytest.raises(Problem) as caught:
        await tokens.person(token)
    assert token not in caught.value.detail
    return caught.value.status, caught.value.code, caught.value.detail


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_good_token_names_its_person(
    tokens: PersonTokens, source: Path, algorithm: str
) -> None:
    """Each of the three ways to sign is accepted; the token holds to its end and the leeway."""
    key = pair(algorithm)
    publish(source, public(key, "mine"))
    person = await tokens.person(sign(key, "mine", claims(NOW)))
    assert (person.tenant, person.employee) == ("acme", "an")
    assert person.until == NOW + 600_000 + 30_000


async def test_a_token_without_key_id_wants_a_single_key(
    tokens: PersonTokens, source: Path, clock: Clock
) -> None:
    """Where the issuer has one key it need not be named; of two none is guessed."""
    nameless = sign(EDWARDS, None, claims(NOW))
    assert (await refusal(tokens, nameless))[1] == "bad_token"
    publish(source, public(EDWARDS, "one"))
    clock.at_ms += PAUSE_MS
    assert (await tokens.person(nameless)).employee == "an"


def _pem() -> bytes:
    assert isinstance(RSA_KEY, rsa.RSAPrivateKey)
    return RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


FORGERIES: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: forged({"alg": "none", "kid": "one"}, claims(NOW)),
    "None with capitals": lambda: forged({"alg": "NoNe", "kid": "two"}, claims(NOW)),
    "HMAC by the public key as PEM": lambda: forged(
        {"alg": "HS256", "kid": "two"}, claims(NOW), _pem()
    ),
    "HMAC by the public key as JWK": lambda: forged(
        {"alg": "HS256", "kid": "one"}, claims(NOW), public(EDWARDS, "one")["x"].encode()
    ),
    "another key under a known name": lambda: sign(STRANGER, "one", claims(NOW)),
    "RSA under the name of another kind": lambda: sign(RSA_KEY, "one", claims(NOW)),
    "a key of the token's own": lambda: sign(
        STRANGER, "mine", claims(NOW), jwk=public(STRANGER, "mine")
    ),
    "a demand nobody understands": lambda: sign(
        EDWARDS, "one", claims(NOW), crit=["x-new"], **{"x-new": 1}
    ),
    "signature cut off": lambda: sign(EDWARDS, "one", claims(NOW)).rpartition(".")[0] + ".",
    "a key id that is a number": lambda: forged({"alg": "EdDSA", "kid": 1}, claims(NOW)),
    "no JSON": lambda: "a.b.c",
    "other claims under the signature": lambda: ".".join(
        new if index == 1 else old
        for index, (old, new) in enumerate(
            zip(
                sign(EDWARDS, "one", claims(NOW)).split("."),
                sign(STRANGER, "one", claims(NOW, employee="boss")).split("."),
                strict=True,
            )
        )
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_forgery_is_refused(tokens: PersonTokens, forge: Callable[[], str]) -> None:
    """The token does not choose how it is checked, nor by whose key."""
    assert (await refusal(tokens, forge()))[:2] == (401, "bad_token")


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"aud": "somebody-else"}, "bad_token", "audience"),
        ({"aud": None}, "bad_token", "aud"),
        ({"iss": "https://login.evil"}, "bad_token", "issuer"),
        ({"iss": None}, "bad_token", "iss"),
        ({"exp": None}, "bad_token", "exp"),
        ({"exp": NOW // 1000 - 31}, "expired_token", "expired"),
        ({"exp": "never"}, "bad_token", "exp"),
        ({"exp": True}, "bad_token", "exp"),
        ({"exp": 1e300}, "bad_token", "exp"),
        ({"nbf": NOW // 1000 + 31}, "bad_token", "nbf"),
        ({"iat": NOW // 1000 + 31}, "bad_token", "iat"),
        ({"tenant": None}, "bad_token", "tenant"),
        ({"tenant": ["acme"]}, "bad_token", "tenant"),
        ({"employee": ""}, "bad_token", "employee"),
        ({"employee": "x" * 257}, "bad_token", "employee"),
    ],
    ids=str,
)
async def test_wrong_claims_are_refused(
    tokens: PersonTokens, changes: dict[str, Any], code: str, word: str
) -> None:
    """Well signed is not enough: for us, of our issuer, in time, and of somebody."""
    status, found, detail = await refusal(tokens, sign(EDWARDS, "one", claims(NOW, **changes)))
    assert (status, found) == (401, code)
    assert word in detail


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
async def test_clocks_may_differ_by_the_leeway(tokens: PersonTokens, name: str) -> None:
    """A token that is half a minute late or early is taken."""
    offset = -29 if name == "exp" else 29
    said = claims(NOW, **{name: NOW // 1000 + offset})
    assert (await tokens.person(sign(EDWARDS, "one", said))).employee == "an"


async def test_a_new_key_is_found(tokens: PersonTokens, source: Path, clock: Clock) -> None:
    """A key of the issuer that is not known yet is looked up, but at most once in 30 s."""
    assert (await tokens.person(sign(EDWARDS, "one", claims(NOW)))).employee == "an"
    publish(source, public(STRANGER, "three"))
    rotated = sign(STRANGER, "three", claims(NOW))
    assert (await refusal(tokens, rotated))[:2] == (401, "bad_token")
    clock.at_ms += PAUSE_MS
    assert (await tokens.person(rotated)).employee == "an"
    assert (await refusal(tokens, sign(EDWARDS, "one", claims(NOW))))[:2] == (401, "bad_token")


async def test_old_keys_go_on_while_their_source_is_away(
    tokens: PersonTokens, source: Path, clock: Clock
) -> None:
    """Without the issuer known keys serve for an hour; then nobody is let in, by 503."""
    assert await tokens.person(sign(EDWARDS, "one", claims(NOW)))
    spoil(source)
    clock.at_ms += 3_600_000
    later = clock.at_ms
    assert await tokens.person(sign(EDWARDS, "one", claims(later)))
    assert (await refusal(tokens, sign(STRANGER, "new", claims(later))))[:2] == (
        503,
        "keys_unavailable",
    )
    clock.at_ms += 1
    assert (await refusal(tokens, sign(EDWARDS, "one", claims(later))))[0] == 503


async def test_without_keys_nobody_is_called_wrong(tokens: PersonTokens, source: Path) -> None:
    """Where the set was never read, a token cannot be judged: 503, not 401."""
    spoil(source)
    status, code, _ = await refusal(tokens, sign(EDWARDS, "one", claims(NOW)))
    assert (status, code) == (503, "keys_unavailable")


def test_only_public_keys_for_signatures_are_taken() -> None:
    """Shared secrets, private halves, short, broken and foreign keys are passed over."""
    good = public(EDWARDS, "good")
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    listed = [
        good,
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256"},
        good | {"kid": "private", "d": "AAAA"},
        good | {"kid": "encryption", "use": "enc"},
        good | {"kid": "other algorithm", "alg": "HS256"},
        public(short, "short"),
        {"kty": "RSA", "kid": "broken", "n": 5},
        "text",
    ]
    assert list(keys_of(json.dumps({"keys": listed}).encode())) == ["good"]


async def test_the_set_is_read_once_for_many(source: Path, clock: Clock) -> None:
    """A flood of unknown keys has the set read once."""
    keys = KeySet(str(source), 3_600_000, clock)
    found = [await keys.key(f"k{number}") for number in range(50)]
    assert set(found) == {None}
    spoil(source)
    assert await keys.key("one") is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks": "keys.json"},
        {"jwks": "keys.json", "jwt_issuer": ISSUER},
        {"jwks": "http://login.example/keys", "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE},
        {"jwks": "ftp://login.example/keys", "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE},
        {"trusted_proxies": "10.0.0.0/8, proxy"},
    ],
    ids=str,
)
def test_careless_settings_are_refused(wrong: dict[str, str]) -> None:
    """Tokens are never checked by half, and keys not read over an open line."""
    with pytest.raises(ValueError, match=r"jwks|https|network"):
        QuerySettings.model_validate(wrong)


class _Provider(BaseHTTPRequestHandler):
    """Answers the keys of an issuer over HTTP."""

    document = b""

    def do_GET(self) -> None:
        """Send the keys; a redirect for any other address, which is not followed."""
        is_right = self.path == "/keys"
        self.send_response(200 if is_right else 302)
        self.send_header("Location", "/keys")
        self.end_headers()
        self.wfile.write(self.document)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("path", "is_found"), [("/keys", True), ("/elsewhere", False)])
async def test_keys_are_read_from_a_url(clock: Clock, path: str, is_found: bool) -> None:
    """The set may be at an address, where it stands itself and not behind a redirect."""
    _Provider.document = json.dumps({"keys": [public(EDWARDS, "one")]}).encode()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            keys = KeySet(f"http://127.0.0.1:{server.server_port}{path}", 3_600_000, clock)
            if is_found:
                assert await keys.key("one") is not None
            else:
                with pytest.raises(Problem, match="cannot be read"):
                    await keys.key("one")
        finally:
            server.shutdown()
            serving.join()
