"""The account that the key belongs to."""

from __future__ import annotations

from astria.endpoints import endpoint
from astria.transport import Transport
from astria.types import User


class Users:
    """The account."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("GET", "/users", source="docs/api/0-overview")
    def get(self) -> User:
        """Return the account and its balance. The API's pages do not mention this call.

        Raises Unauthorized, and AstriaError as the call ends. Source: docs/api/0-overview (Billing)
        """
        return self._transport.get("/users", User.from_json)
