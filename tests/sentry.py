"""A stand-in for Sentry: takes what is sent to it on loopback, and keeps it or never answers."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sentry:
    """What arrived: each envelope as it was sent, unpacked."""

    dsn: str
    envelopes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.envelopes)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return what each envelope reports: after its head and its item's head, the event."""
        return [json.loads(envelope.splitlines()[2]) for envelope in self.envelopes]

    def raised(self, name: str) -> dict[str, Any]:
        """Return the first event whose exception, or one that led to it, has this type."""
        return next(event for event in self.events if name in _types_of(event))


def _types_of(event: dict[str, Any]) -> set[str]:
    return {str(value.get("type", "")) for value in event.get("exception", {}).get("values") or ()}


@contextmanager
def sentry_listening(*, answers: bool = True) -> Iterator[Sentry]:
    """Listen on a free port; without `answers` every sender waits for as long as this lasts."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            sentry.envelopes.append((gzip.decompress(body) if packed else body).decode())
            if not answers:
                over.wait()
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sentry = Sentry(f"http://public@127.0.0.1:{server.server_port}/1")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield sentry
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
