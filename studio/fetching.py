"""Fetching a picture from an address that somebody else chose. Knows nothing of Django's models.

The exact scheme, host and port of Astria's own base url is trusted. Everything else must be https on a
public address, and the socket is connected to the very address that was checked, again on each redirect:
a name that resolves to something else a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Collection
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3

MAX_BYTES = 40 * 1024 * 1024
MAX_REDIRECTS = 3
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
TOTAL_SECONDS = 60.0
_CHUNK = 64 * 1024
# Behind a translator, addresses of this network lead to the IPv4 address in their last 32 bits.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchFailed(Exception):
    """The picture could not be had. `is_final`: trying again cannot help. Never names the address."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


def fetch(url: str, *, trusted_origin: str, allowed_hosts: Collection[str] = ()) -> bytes:
    """Return what lies at `url`, at most MAX_BYTES, within TOTAL_SECONDS.

    `trusted_origin` is an url whose scheme, host and port may be fetched from as they are;
    `allowed_hosts`, if not empty, narrows all others. Raises FetchFailed.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        response = _get(url, trusted_origin, allowed_hosts)
        try:
            if response.status in {301, 302, 303, 307, 308}:
                url = _moved(url, response.headers.get("Location", ""))
                continue
            _check_status(response.status)
            return _read(response, deadline)
        finally:
            response.close()
    raise FetchFailed("too many redirects", is_final=True)


def _moved(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchFailed("not an address", is_final=True) from None


def _check_status(status: int) -> None:
    if status != 200:
        raise FetchFailed(f"answered {status}", is_final=status == 410)


def _get(url: str, trusted_origin: str, allowed_hosts: Collection[str]) -> urllib3.BaseHTTPResponse:
    try:
        parts = urlsplit(url)
        origin = _origin(parts)
    except ValueError:
        raise FetchFailed("not an address", is_final=True) from None
    is_trusted = origin == _origin(urlsplit(trusted_origin))
    pool = _trusted_pool(parts) if is_trusted else _checked_pool(parts, allowed_hosts)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc.rpartition("@")[2]}
    try:
        return pool.urlopen("GET", target, headers=headers, redirect=False, preload_content=False)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise FetchFailed(f"no answer ({type(error).__name__})") from None


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _timeout() -> urllib3.Timeout:
    return urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)


def _trusted_pool(parts: SplitResult) -> urllib3.HTTPConnectionPool:
    kind = urllib3.HTTPSConnectionPool if parts.scheme == "https" else urllib3.HTTPConnectionPool
    return kind(parts.hostname or "", parts.port, timeout=_timeout(), retries=False)


def _checked_pool(parts: SplitResult, allowed_hosts: Collection[str]) -> urllib3.HTTPConnectionPool:
    """Return a pool bound to a public address of the host, with the certificate checked for its name."""
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        raise FetchFailed("not https", is_final=True)
    if allowed_hosts and host not in allowed_hosts:
        raise FetchFailed("host not allowed", is_final=True)
    port = parts.port or 443
    return urllib3.HTTPSConnectionPool(
        public_address(host, port),
        port,
        timeout=_timeout(),
        retries=False,
        ca_certs=certifi.where(),
        assert_hostname=host,
        server_hostname=host,
    )


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


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    try:
        # read1 returns what is there: of a body that drips, a full block would take hours.
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > MAX_BYTES:
                raise FetchFailed("too large", is_final=True)
            if time.monotonic() > deadline:
                raise FetchFailed("too slow")
    except urllib3.exceptions.HTTPError as error:
        raise FetchFailed(f"cut short ({type(error).__name__})") from None
    return bytes(body)
