"""A small local provider that speaks OpenID Connect: discovery, a page that agrees at once, tokens, keys.

It is as strict as a real one: a code is good once, for the client, address and PKCE challenge that it was
given for. Who sits before it is `person`; `PUT /person` changes that from another process.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "studio", "secret-of-the-studio"
KEY_ID = "the-only-one"


@dataclass(eq=False)
class Provider(ThreadingHTTPServer):
    """`person` is what it says of whoever comes; `lies` take the place of claims in its tokens."""

    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def discovery(self) -> dict[str, Any]:
        """Return what is read first: where everything is."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    def agree(self, asked: dict[str, str]) -> str:
        """Return where the person is sent back to, with a code that is good once."""
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, said: dict[str, str]) -> dict[str, Any] | None:
        """Return tokens for a code; None, and why in `refused`, for whom it was not given to."""
        asked = self.codes.pop(said.get("code", ""), {})
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = {
            "client_id": (said.get("client_id"), asked.get("client_id")),
            "client_secret": (said.get("client_secret"), CLIENT_SECRET),
            "redirect_uri": (said.get("redirect_uri"), asked.get("redirect_uri")),
            "code_verifier": (challenge, asked.get("code_challenge")),
        }
        wrong = [name for name, (given, expected) in right.items() if given != expected]
        self.refused += wrong
        return None if wrong else self._tokens()

    def _tokens(self) -> dict[str, Any]:
        access, now = secrets.token_urlsafe(), int(time.time())
        self.tokens[access] = dict(self.person)
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "jti": access[:16]}
        signed = jwt.encode(
            claims | self.person | self.lies, self.key, algorithm="RS256", headers={"kid": KEY_ID}
        )
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        if path == "/.well-known/openid-configuration":
            self._answer(self.server.discovery())
        elif path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.agree(query))
            self.end_headers()
        elif path == "/jwks":
            key = json.loads(RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._answer({"keys": [key | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]})
        elif path == "/userinfo":
            shown = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._answer(self.server.tokens.get(shown), refusal=401)
        else:
            self._answer(None, refusal=404)

    def do_POST(self) -> None:
        said = dict(parse_qsl(self._body()))
        self._answer(self.server.exchange(said) if self.path == "/token" else None, refusal=400)

    def do_PUT(self) -> None:
        said = json.loads(self._body())
        self.server.person, self.server.lies = said["person"], said["lies"]
        self._answer({})

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def _answer(self, said: dict[str, Any] | None, *, refusal: int = 404) -> None:
        body = json.dumps({"error": "invalid_grant"} if said is None else said).encode()
        self.send_response(refusal if said is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def provider_running() -> Iterator[Provider]:
    """A provider on a port of its own."""
    provider = Provider()
    threading.Thread(target=provider.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
