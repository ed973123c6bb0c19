"""Other addresses for the hosts that the sandbox itself calls: those of callbacks and of picture urls."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit


def parse_reroutes(text: str) -> dict[str, str]:
    """Read `HOST=URL,…` into a dict; ValueError when a host is empty or a url is not http(s)."""
    pairs = [piece.strip().partition("=") for piece in text.split(",") if piece.strip()]
    return checked_reroutes({host: url for host, _, url in pairs})


def checked_reroutes(reroutes: Mapping[str, object]) -> dict[str, str]:
    """Return the same with host names in lower case; ValueError when one makes no sense."""
    for host, url in reroutes.items():
        parts = urlsplit(url if isinstance(url, str) else "")
        if not host or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not HOST=URL: {host}")
    return {host.lower(): str(url).rstrip("/") for host, url in reroutes.items()}


def rerouted(url: str, reroutes: Mapping[str, str]) -> str:
    """Return where to call instead of `url`: its path and query at the other address, or itself."""
    parts = urlsplit(url)
    instead = reroutes.get(parts.hostname or "")
    return instead + urlunsplit(("", "", parts.path, parts.query, "")) if instead else url
