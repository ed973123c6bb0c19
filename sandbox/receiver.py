"""A server that keeps the callbacks it is sent, for tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Arrived:
    """One callback: when it came, its path with the query, its content type and its JSON."""

    at: datetime
    path: str
    content_type: str
    body: Any


@dataclass
class Receiver:
    """Where callbacks go, and what came."""

    url: str
    arrived: list[Arrived] = field(default_factory=list)

    def bodies(self, path: str) -> list[Any]:
        """Return the JSON of what came to this path (with its query), in the order it came."""
        return [arrived.body for arrived in self.arrived if arrived.path == path]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take one callback."""
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.arrived.append(Arrived(datetime.now(UTC), self.path, self.headers["Content-Type"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
