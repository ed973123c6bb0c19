"""Likes."""

from __future__ import annotations

import pytest

from astria import Astria, NotFound
from tests.astria.server import Server


@pytest.mark.parametrize("status", [200, 201, 204])
@pytest.mark.parametrize(("call", "method"), [("create", "POST"), ("delete", "DELETE")])
def test_like(status: int, call: str, method: str, server: Server, client: Astria) -> None:
    server.answers(status)

    getattr(client.likes, call)(7)

    [request] = server.received
    assert (request.method, request.path, request.body) == (method, "/prompts/7/likes", b"")


def test_like_of_a_missing_prompt_is_not_found(server: Server, client: Astria) -> None:
    server.answers(404)

    with pytest.raises(NotFound):
        client.likes.create(7)
