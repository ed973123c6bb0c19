"""The HTTP server: Django's threaded one, reading each body to its end first, chunked ones too."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import tempfile
from typing import IO, Any

from django.core.servers.basehttp import ServerHandler, WSGIRequestHandler, WSGIServer
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import parse_header_parameters

LARGEST_BODY = 210_000_000
IN_MEMORY = 1_000_000
IDLE_SECONDS = 65
# Under this name a request's META says when its connection is to be closed.
HANG_UP = "sandbox.hang_up"


class BadBody(Exception):
    """The body is too large or cut short."""


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """A thread for each connection; all of them end with the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are part of the tests."""


def hang_up(request: HttpRequest) -> HttpResponse:
    """Close the connection of this request without any answer; returns one for show."""
    request.META[HANG_UP] = "silently"
    return HttpResponse(status=204)


def hang_up_after(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Send the response as it is, even if shorter than its Content-Length, and close the connection."""
    request.META[HANG_UP] = "afterwards"
    return response


def is_readable(content_type: str) -> bool:
    """Tell whether Django can read a Content-Type; one that it cannot would fail before any view."""
    try:
        parse_header_parameters(content_type)
    except ValueError:
        return False
    return True


def is_hung_up(request: HttpRequest) -> bool:
    """Tell whether this request gets no answer at all."""
    return request.META.get(HANG_UP) == "silently"


class Answer(ServerHandler):
    """Django's, with two ways to be interrupted."""

    environ: dict[str, Any]
    request_handler: Handler

    def finish_response(self) -> None:
        """Send the response, or hang up instead, or afterwards."""
        wish = self.environ.get(HANG_UP)
        if wish == "silently":
            self.close()
        else:
            super().finish_response()
        if wish:
            self.request_handler.hang_up()


class Handler(WSGIRequestHandler):
    """One connection, kept open between requests."""

    # django-stubs takes it for a request.
    connection: socket.socket  # type: ignore[assignment]

    timeout = IDLE_SECONDS
    # Head and body are written apart; waiting for the client's acknowledgement between them costs 40 ms.
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Read one request completely, then let Django answer it."""
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return
        if not self.parse_request():
            return
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                length = self._read_body(body)
            except (BadBody, ValueError):
                self.close_connection = True
                self.send_error(413)
                return
            self._answer(body, length)

    def _answer(self, body: IO[bytes], length: int) -> None:
        body.seek(0)
        environ = self.get_environ() | {"CONTENT_LENGTH": str(length)}
        if not is_readable(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = ""
        handler = Answer(body, self.wfile, self.get_stderr(), environ)
        handler.request_handler = self
        handler.run(self.server.get_app())  # type: ignore[attr-defined]

    def hang_up(self) -> None:
        """Close the connection as a failing network does."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _read_body(self, body: IO[bytes]) -> int:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline(1024).split(b";")[0], 16):
                self._copy(size, body)
                self.rfile.readline(1024)
            while self.rfile.readline(1024).strip():
                pass
        else:
            self._copy(int(self.headers.get("Content-Length") or 0), body)
        return body.tell()

    def _copy(self, size: int, body: IO[bytes]) -> None:
        if size < 0 or body.tell() + size > LARGEST_BODY:
            raise BadBody
        while size > 0:
            piece = self.rfile.read(min(size, 256 * 1024))
            if not piece:
                raise BadBody
            body.write(piece)
            size -= len(piece)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Say nothing: the console shows the requests."""
