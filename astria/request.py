"""A request as this package sees it, and where an answer may send it on to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from astria.encoding import Encoded
from astria.errors import InvalidParameter

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Request:
    """One HTTP request. Its words name method and path, not the query."""

    method: str
    url: str = field(repr=False)
    body: Encoded | None = None

    @property
    def path(self) -> str:
        """Return the path of the address."""
        return urlsplit(self.url).path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def moved(self, status: int, headers: Mapping[str, str]) -> Request | None:
        """Return where a redirect leads, or None if it must not be followed.

        That is anything but a GET, and whatever would carry the key to another scheme, host or port.
        """
        location = headers.get("Location", "")
        if self.method != "GET" or status not in REDIRECTS or not location:
            return None
        try:
            target = urljoin(self.url, location)
            return Request("GET", target) if _origin(target) == _origin(self.url) else None
        except ValueError:
            return None


def checked_base_url(base_url: str) -> str:
    """Return an http or https address without query and user, without a slash at the end.

    Raises InvalidParameter.
    """
    try:
        parts = urlsplit(base_url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or "@" in parts.netloc or parts.query or parts.fragment or re.search(r"\s", base_url):
        raise InvalidParameter(
            "base_url must be an http or https address without user, query and fragment", parameter="base_url"
        )
    return base_url.rstrip("/")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
