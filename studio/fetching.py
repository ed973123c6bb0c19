"""Fetching a picture from an address that somebody else chose. Knows nothing of Django's models.

The exact scheme, host and port of Astria's own base url is trusted. Everything else must be https on a
public address, and the socket is connected to the very address that was checked, again on each redirect:
a name that resolves to something else a moment later gains nothing.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import certifi
from django.conf import settings

MAX_BYTES = 40 * 1024 * 1024
MAX_REDIRECTS = 3
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
# For everything together, but that one look-up of a name may still be under way.
TOTAL_SECONDS = 60.0
_CHUNK = 64 * 1024
_MOVED = {301, 302, 303, 307, 308}
# What may stand in the target of a request as it is; all else is quoted.
_PLAIN = "%/?:@!$&'()*+,;=~"
# Behind a translator, addresses of this network lead to the IPv4 address in their last 32 bits.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchFailed(Exception):
    """The picture could not be had. `is_final`: trying again cannot help. Never names the address."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


def fetch_picture(url: str) -> bytes:
    """Return what lies at `url` from where this studio's settings allow. Raises FetchFailed."""
    origin, hosts = settings.ASTRIA_BASE_URL, settings.ASTRIA_IMAGE_HOSTS
    return fetch(url, trusted_origin=origin, allowed_hosts=hosts)


def fetch(url: str, *, trusted_origin: str, allowed_hosts: Collection[str] = ()) -> bytes:
    """Return what lies at `url`, at most MAX_BYTES, within TOTAL_SECONDS.

    `trusted_origin` is an url whose scheme, host and port may be fetched from as they are;
    `allowed_hosts`, if not empty, narrows all others. Raises FetchFailed.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        return _follow(url, trusted_origin, allowed_hosts, deadline)
    except TimeoutError:
        raise FetchFailed("too slow") from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise FetchFailed(f"broke off ({type(error).__name__})") from None


def _follow(url: str, trusted_origin: str, allowed_hosts: Collection[str], deadline: float) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        parts = _parsed(url)
        is_trusted = _origin(parts) == _origin(urlsplit(trusted_origin))
        address = parts.hostname or "" if is_trusted else _checked_address(parts, allowed_hosts)
        with _answer(parts, address, deadline) as answer:
            if answer.status not in _MOVED:
                return _picture_in(answer)
            url = urljoin(url, answer.headers.get("Location", ""))
    raise FetchFailed("too many redirects", is_final=True)


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _origin(parts)
    except ValueError:
        raise FetchFailed("not an address", is_final=True) from None
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _checked_address(parts: SplitResult, allowed_hosts: Collection[str]) -> str:
    """Return a public address of the host, if it may be fetched from at all."""
    _, host, port = _origin(parts)
    if parts.scheme != "https" or not host:
        raise FetchFailed("not https", is_final=True)
    if allowed_hosts and host not in allowed_hosts:
        raise FetchFailed("host not allowed", is_final=True)
    return public_address(host, port)


@contextmanager
def _answer(parts: SplitResult, address: str, deadline: float) -> Iterator[http.client.HTTPResponse]:
    """Ask `address` for what `parts` name; over https its certificate must be for that name."""
    _, host, port = _origin(parts)
    sock = socket.create_connection((address, port), timeout=_left(deadline, CONNECT_SECONDS))
    try:
        if parts.scheme == "https":
            sock = _tls().wrap_socket(sock, server_hostname=host)
        connection = http.client.HTTPConnection(address, port)
        connection.sock = _TimedSocket(sock, deadline)
        headers = {"Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity"}
        connection.request("GET", _target(parts), headers=headers)
        yield connection.getresponse()
    finally:
        sock.close()


def _target(parts: SplitResult) -> str:
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_PLAIN)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _left(deadline: float, most: float) -> float:
    """Return for how many seconds one wait may last. Raises TimeoutError when the time is over."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, most)


class _TimedSocket:
    """What http.client needs of a socket, only that it ends at `deadline`, however little comes how often."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._deadline, READ_SECONDS))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._deadline))

    def close(self) -> None:
        """Who opened the socket closes it: the answer may still be read."""


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline, READ_SECONDS))
        return self._sock.recv_into(buffer)


def public_address(host: str, port: int) -> str:
    """Return an address of `host`; raises FetchFailed if any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchFailed("host not found") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise FetchFailed("not a public address", is_final=True)
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or mapped.is_global)


def _picture_in(answer: http.client.HTTPResponse) -> bytes:
    """Return the body of an answer, which must be 200 and whole."""
    if answer.status != 200:
        raise FetchFailed(f"answered {answer.status}", is_final=answer.status == 410)
    body = bytearray()
    # read1 returns what is there: of a body that drips, a full block would take hours.
    while (answer.length or 0) <= MAX_BYTES and (chunk := answer.read1(_CHUNK)):
        body += chunk
        if len(body) > MAX_BYTES:
            break
    if len(body) > MAX_BYTES or (answer.length or 0) > MAX_BYTES:
        raise FetchFailed("too large", is_final=True)
    if answer.length:
        raise FetchFailed("cut short")
    return bytes(body)
