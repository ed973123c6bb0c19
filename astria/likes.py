"""Likes of prompts."""

from __future__ import annotations

from astria.answer import nothing
from astria.endpoints import endpoint
from astria.parameters import checked_id
from astria.transport import Transport


class Likes:
    """Likes of prompts. A like of a pack's prompt also counts for the template prompt it was made from."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("POST", "/prompts/:prompt_id/likes", source="docs/api/3-like/0-create")
    def create(self, prompt_id: int) -> None:
        """Like a prompt. Raises NotFound, and AstriaError as the call ends.

        Source: docs/api/3-like/0-create
        """
        self._transport.post(_path(prompt_id), nothing)

    @endpoint("DELETE", "/prompts/:prompt_id/likes", source="docs/api/3-like/1-delete")
    def delete(self, prompt_id: int) -> None:
        """Take a like back. Raises NotFound, and AstriaError as the call ends.

        Source: docs/api/3-like/1-delete
        """
        self._transport.delete(_path(prompt_id))


def _path(prompt_id: int) -> str:
    # The documentation's samples post to /like instead, for both: that may add and remove by turns.
    return f"/prompts/{checked_id(prompt_id, 'prompt_id')}/likes"
