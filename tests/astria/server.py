"""A small HTTP server that can misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Received:
    """One request as the server saw it. `connection` tells connections apart."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    connection: int


Play = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Plays the next entry of the script for each request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def play(self) -> None:
        self.released = self.server.released
        reads_body = not self.server.plays or not getattr(self.server.plays[0], "reads_body_itself", False)
        size = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        received = Received(
            self.command,
            parts.path,
            parts.query,
            dict(self.headers),
            self.rfile.read(size) if reads_body else b"",
            self.client_address[1],
        )
        self.server.received.append(received)
        self.server.plays.pop(0)(self)

    do_GET = do_POST = do_PATCH = do_DELETE = play

    def answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@dataclass(eq=False)
class Server(ThreadingHTTPServer):
    """The server: `plays` is what it will do, `received` what it was asked, `released` ends what hangs."""

    plays: list[Play] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answers(self, status: int, body: object = None, **headers: str) -> None:
        """Answer the next request with JSON (None: nothing, bytes: as they are)."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.plays.append(lambda handler: handler.answer(status, content, named))

    def plays_next(self, play: Play) -> None:
        """Do this with the next request."""
        self.plays.append(play)

    def handle_error(self, *_args: object) -> None:
        """A client that went away is what some tests are about."""


def drop(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def hang(handler: Handler) -> None:
    """Answer nothing until the test is over."""
    handler.released.wait(30)
    handler.close_connection = True


def break_off(status: int) -> Play:
    """Return a play that promises more than it sends."""

    def play(handler: Handler) -> None:
        handler.answer(status, b'{"id": 1', {"Content-Length": "500"})
        handler.close_connection = True

    return play


def drip(handler: Handler) -> None:
    """Send a byte now and then, each well within the read time-out, for two seconds."""
    handler.answer(200, b"[", {"Content-Length": "100"})
    for _ in range(99):
        handler.released.wait(0.02)
        handler.wfile.write(b" ")


def speak_nonsense(handler: Handler) -> None:
    """Answer something that is no HTTP."""
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    handler.close_connection = True


def read_slowly(handler: Handler) -> None:
    """Take the body in over most of a second, then answer."""
    left = int(handler.headers["Content-Length"])
    while left:
        left -= len(handler.rfile.read(min(left, 262_144)))
        handler.released.wait(0.015)
    handler.answer(200, b"{}", {})


read_slowly.reads_body_itself = True  # type: ignore[attr-defined]


@contextmanager
def running() -> Iterator[Server]:
    """Run a server in a thread for as long as the context lasts."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
