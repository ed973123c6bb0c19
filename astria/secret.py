"""The API key: sent, never shown."""

from __future__ import annotations

import re
from urllib.parse import quote

from requests import PreparedRequest
from requests.auth import AuthBase

from astria.errors import InvalidParameter

# What a bearer token may consist of. Reference: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
BEARER_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
MASK = "[key]"


class Secret(AuthBase):
    """An API key. Raises InvalidParameter, which does not repeat it.

    Given as `auth`, it also keeps requests from replacing the header by what a .netrc file says.
    Source: docs/api/0-overview (Authorization)
    """

    def __init__(self, api_key: str) -> None:
        if not isinstance(api_key, str) or not BEARER_TOKEN.fullmatch(api_key):
            raise InvalidParameter(
                "the API key may hold only letters, digits and ._~+/-= (no space, no line end)",
                parameter="api_key",
            )
        self._key = api_key
        self._spellings = {api_key, quote(api_key, safe=""), api_key.replace("/", "\\/")}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request

    def __repr__(self) -> str:
        return MASK

    def scrub(self, text: str) -> str:
        """Return the text with the key masked, however it is spelled there."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return text
