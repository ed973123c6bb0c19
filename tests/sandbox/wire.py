"""A bare connection to the sandbox: any bytes go out, and what comes back is read to its end."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 20.0
Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class Request:
    """A request as it is written, whatever stands in it."""

    method: bytes
    target: bytes
    headers: tuple[Header, ...] = ()
    body: bytes = b""

    def written(self) -> bytes:
        """Return the bytes: what is given, the length of the body, an empty line, the body."""
        lines = [b"%s %s HTTP/1.1" % (self.method, self.target), b"Host: 127.0.0.1"]
        lines += [b"%s: %s" % header for header in self.headers]
        lines += [b"Content-Length: %d" % len(self.body)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """A status, the body, and whether the connection is closed after it."""

    status: int
    body: bytes
    closes: bool


class Wire:
    """One connection, opened again when the other side has closed it."""

    def __init__(self, url: str) -> None:
        self._address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def ask(self, request: Request) -> Answer:
        """Send a request and return the answer; ConnectionError when there is none."""
        self._send(request.written())
        return self._answer(request.method.decode("latin-1"))

    def throw(self, raw: bytes) -> Answer | None:
        """Send bytes as they are, say that no more will come, and return the answer if there is one."""
        self.close()
        try:
            self._send(raw)
            self._connected().shutdown(socket.SHUT_WR)
            return self._answer("GET")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            self.close()

    def _send(self, raw: bytes) -> None:
        self._connected().sendall(raw)

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=PATIENCE)
        return self._socket

    def _answer(self, method: str) -> Answer:
        response = http.client.HTTPResponse(self._connected(), method=method)
        try:
            response.begin()
            answer = Answer(response.status, response.read(), response.will_close)
        finally:
            response.close()
        if answer.closes:
            self.close()
        return answer
