"""What the developer's page and its JSON leave out: keys, and of addresses the password and the query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ADDRESS = re.compile(r"\s*https?://", re.IGNORECASE)
USER = re.compile(r"(?<=//)[^/@]*(?:@[^/@]*)*@")
KEY = re.compile(r"\s*(?:bearer\s+)?sd_\S+\s*", re.IGNORECASE)


def shown_address(url: str) -> str:
    """Return host and path only: user, query and fragment of a callback often hold a secret."""
    return USER.sub("", re.split("[?#]", url, maxsplit=1)[0], count=1)


def shown_text(text: str) -> str:
    """Return a text as it is, but … for a key and for the query of an address."""
    if ADDRESS.match(text):
        return shown_address(text) + ("?…" if "?" in text else "")
    return "sd_…" if KEY.fullmatch(text) else text


def without_secrets(value: Any) -> Any:
    """Return a JSON value in which every text is fit to be shown."""
    if isinstance(value, Mapping):
        return {name: without_secrets(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return shown_text(value) if isinstance(value, str) else value
