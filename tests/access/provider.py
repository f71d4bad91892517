"""An identity provider as a real HTTP server: discovery, authorize, token and keys.

It does what OpenID Connect asks of an honest provider; a test may have it lie, or stop it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.access.issuing import Private, pair, public, sign

CLIENT = "salespulse"
_METHODS = "token_endpoint_auth_methods_supported"
SECRET = "a-secret-of-the-client"


class Provider:
    """One provider, where one person is signed in.

    Shape:  `lies` changes the claims of the next id tokens, `says` the answers of discovery.
    """

    def __init__(self, now_ms: Callable[[], int], host: str = "127.0.0.1") -> None:
        self.now_ms = now_ms
        self.lies: dict[str, Any] = {}
        self.says: dict[str, Any] = {}
        self.person = {"tenant": "acme", "employee": "an"}
        self.keys: dict[str, Private] = {"k1": pair("RS256")}
        self.signs_with = "k1"
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://{host}:{self.server.server_port}/realms/acme"
        self.serving = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.serving.start()

    def stop(self) -> None:
        """Be away."""
        if self.serving.is_alive():
            self.server.shutdown()
            self.serving.join()
            self.server.server_close()

    def rotate(self) -> None:
        """Sign by a new key, and withdraw the old one."""
        self.signs_with = f"k{secrets.token_hex(4)}"
        self.keys = {self.signs_with: pair("ES256")}

    def authorized(self, address: str) -> str:
        """Let the person sign in at the address they were sent to; return where they go back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"].split()[0] == "openid"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        told = {"code": code, "state": asked["state"], "iss": self.url}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def discovery(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/logout",
            _METHODS: ["client_secret_basic"],
            **self.says,
        }

    def exchanged(self, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return the answer of the token endpoint (RFC 6749 section 5, RFC 7636 section 4.6)."""
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        posted = (form.get("client_id"), form.get("client_secret"))
        wants_post = "client_secret_basic" not in self.discovery()[_METHODS]
        expected = ("", (CLIENT, SECRET)) if wants_post else (basic, (None, None))
        if (authorization, posted) != expected:
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            begun is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != begun["redirect_uri"]
            or challenge != begun["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = self.now_ms() // 1000
        said = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "f3c1",
            "iat": now,
            "exp": now + 300,
            "nonce": begun["nonce"],
            **self.person,
            **self.lies,
        }
        said = {name: value for name, value in said.items() if value is not None}
        token = sign(self.keys[self.signs_with], self.signs_with, said)
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": token}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                if self.path.endswith("/.well-known/openid-configuration"):
                    self.answer(200, provider.discovery())
                elif self.path.endswith("/keys"):
                    keys = [public(key, name) for name, key in provider.keys.items()]
                    self.answer(200, {"keys": keys})
                elif "/auth?" in self.path:
                    self.send_response(302)
                    self.send_header("Location", provider.authorized(self.path))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self.answer(404, {})

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self.answer(*provider.exchanged(self.headers.get("Authorization", ""), form))

            def answer(self, status: int, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
