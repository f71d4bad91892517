"""An issuer of tokens as a test wants it: any key, any header, any claims, right or wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://login.example"
AUDIENCE = "salespulse-test"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey


def pair(algorithm: str) -> Private:
    """Make a key for an algorithm."""
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return Ed25519PrivateKey.generate()


def public(key: Private, name: str) -> dict[str, Any]:
    """Return the public half as a JWK."""
    match key:
        case rsa.RSAPrivateKey():
            written = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case ec.EllipticCurvePrivateKey():
            written = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case _:
            written = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    written = {part: value for part, value in written.items() if part != "key_ops"}
    return written | {"kid": name, "use": "sig"}


def publish(path: Path, *keys: dict[str, Any]) -> None:
    """Write the set of keys."""
    path.write_text(json.dumps({"keys": keys}))


def claims(now_ms: int, **changes: Any) -> dict[str, Any]:
    """Return good claims of `an` at acme; a change to None leaves one out."""
    now = now_ms // 1000
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 600,
        "tenant": "acme",
        "employee": "an",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def sign(key: Private, name: str | None, said: dict[str, Any], **header: Any) -> str:
    """Sign claims as an honest issuer does."""
    algorithm = {rsa.RSAPrivateKey: "RS256", ec.EllipticCurvePrivateKey: "ES256"}
    chosen = next((alg for kind, alg in algorithm.items() if isinstance(key, kind)), "EdDSA")
    headers = header if name is None else {"kid": name, **header}
    return jwt.encode(said, key, algorithm=chosen, headers=headers)


def forged(header: dict[str, Any], said: dict[str, Any], secret: bytes | None = None) -> str:
    """Write a token by hand: without a signature, or with an HMAC of whatever is known."""
    text = f"{_part(header)}.{_part(said)}"
    made = b"" if secret is None else hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
