"""The issuer of the local stack: signs tokens of persons, for development and tests only.

A company has its own identity provider; here a key in the stack's folder, readable by its owner
only, stands for it. The query service gets the public half as a file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from services.commands.connection import write_private

ISSUER = "salespulse-local"
AUDIENCE = "salespulse"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer whose key is in a folder."""

    folder: Path

    @property
    def _key(self) -> Path:
        return self.folder / "issuer-key.json"

    @property
    def _public(self) -> Path:
        return self.folder / "issuer-jwks.json"

    def prepare(self) -> None:
        """Make the key where there is none, and the file of its public half."""
        if not self._key.exists():
            write_private(self._key, _jwk(Ed25519PrivateKey.generate()))
        key = json.loads(self._key.read_text())
        public = {name: value for name, value in key.items() if name not in ("d", "key_ops")}
        write_private(self._public, {"keys": [public]})

    def settings(self) -> dict[str, str]:
        """Return what the query service is told of this issuer, as own settings of it."""
        path = str(self._public.resolve())
        return {"JWKS": path, "JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE}

    def token(self, tenant: str, employee: str, *, now_s: int, hours: float) -> str:
        """Return a token that says that an employee of a tenant asks.

        Errors: FileNotFoundError where no stack made a key in this folder.
        """
        key = json.loads(self._key.read_text())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now_s,
            "exp": now_s + int(hours * 3600),
            "tenant": tenant,
            "employee": employee,
        }
        return jwt.encode(claims, jwt.PyJWK(key), algorithm="EdDSA", headers={"kid": key["kid"]})


def _jwk(key: Ed25519PrivateKey) -> dict[str, Any]:
    written = dict(OKPAlgorithm.to_jwk(key, as_dict=True))
    name = hashlib.sha256(written["x"].encode()).hexdigest()[:16]
    return written | {"kid": name, "alg": "EdDSA", "use": "sig"}
