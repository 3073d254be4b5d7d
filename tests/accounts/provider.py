"""A small identity provider on this machine: OpenID Connect's code flow with PKCE and a signing key."""

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
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "consilium", "only between us"


@dataclass
class Provider:
    """Who is signed in there, and what it saw."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    refuse: str = ""  # answer the next request for a sign-in with this error
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def configuration(self, asked: dict[str, str]) -> dict[str, Any]:
        """What clients read first."""
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
        }
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{place}" for name, place in places.items()}

    def jwks(self, asked: dict[str, str]) -> dict[str, Any]:
        """The public key."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where to send the browser back: the person is signed in already and agrees at once."""
        answer = {"error": self.refuse} if self.refuse else {"code": secrets.token_urlsafe()}
        self.codes[answer.get("code", "")] = asked
        return f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        """Tokens for a code, once, for the client that began."""
        began = self.codes.pop(asked["code"])
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == began["code_challenge"]
        assert (asked["client_id"], asked["client_secret"]) == (CLIENT, SECRET)
        self.tokens.add(access := secrets.token_urlsafe())
        about = {"iss": self.issuer, "aud": CLIENT, "iat": time.time(), "exp": time.time() + 60}
        signed = jwt.encode(about | self.claims, self.key, "RS256", {"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "id_token": signed}

    def userinfo(self, asked: dict[str, str]) -> dict[str, Any]:
        """About the person."""
        assert asked["bearer"] in self.tokens
        return self.claims


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the block is left."""
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider)) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            bearer = {"bearer": self.headers.get("Authorization", "").removeprefix("Bearer ")}
            self._answer(place.path, {name: v[0] for name, v in parse_qs(place.query).items()} | bearer)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(self.path, {name: v[0] for name, v in parse_qs(body).items()})

        def _answer(self, path: str, asked: dict[str, str]) -> None:
            name = {"/.well-known/openid-configuration": "configuration"}.get(path, path.strip("/"))
            answer = getattr(provider, name)(asked)
            self.send_response(302 if isinstance(answer, str) else 200)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            if not isinstance(answer, str):
                self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *arguments: object) -> None:
            """Not into the output of the tests."""

    return Handler
