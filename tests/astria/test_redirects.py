"""Redirects: followed for GET on the same host, never elsewhere."""

from __future__ import annotations

import pytest

from astria import Astria, Call, InvalidResponse
from tests.astria.samples import TUNE
from tests.astria.server import Server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_get_is_redirected_on_the_same_host(
    status: int, server: Server, client: Astria, calls: list[Call]
) -> None:
    server.answers(status, None, Location="/tunes/2.json?a=1")
    server.answers(200, TUNE)

    tune = client.tunes.get(2)

    assert tune.id == TUNE["id"]
    assert (server.received[1].path, server.received[1].query) == ("/tunes/2.json", "a=1")
    assert "Authorization" in server.received[1].headers
    assert [(call.path, call.status, call.error) for call in calls] == [
        ("/tunes/2", status, ""),
        ("/tunes/2.json", 200, ""),
    ]


def test_get_is_not_redirected_elsewhere(server: Server, other_server: Server, client: Astria) -> None:
    server.answers(302, None, Location=f"{other_server.url}/tunes/2")

    with pytest.raises(InvalidResponse, match="redirect") as caught:
        client.tunes.get(2)

    assert caught.value.status == 302
    assert other_server.received == []


@pytest.mark.parametrize("location", ["https://127.0.0.1/a", "//evil.invalid/", "http://[", "mailto:a@b", ""])
def test_odd_location_is_not_followed(location: str, server: Server, client: Astria) -> None:
    server.answers(301, None, Location=location)

    with pytest.raises(InvalidResponse):
        client.tunes.get(2)

    assert len(server.received) == 1


def test_post_is_not_redirected(server: Server, client: Astria) -> None:
    server.answers(307, None, Location="/elsewhere")

    with pytest.raises(InvalidResponse):
        client.likes.create(1)

    assert len(server.received) == 1


def test_delete_is_not_redirected(server: Server, client: Astria) -> None:
    server.answers(302, None, Location="/elsewhere")

    with pytest.raises(InvalidResponse):
        client.tunes.delete(1)

    assert len(server.received) == 1


def test_redirects_end(server: Server, client: Astria) -> None:
    for _ in range(5):
        server.answers(302, None, Location="/tunes/2")

    with pytest.raises(InvalidResponse, match="too many"):
        client.tunes.get(2)

    assert len(server.received) == 5


def test_not_modified_is_unreadable(server: Server, client: Astria) -> None:
    server.answers(304)

    with pytest.raises(InvalidResponse):
        client.tunes.get(2)

    assert len(server.received) == 1
