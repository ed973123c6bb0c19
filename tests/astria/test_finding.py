"""Finding a tune by its title after a create whose answer was lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from astria import Astria, InvalidParameter, ServerError
from tests.astria.server import Server

OTHERS = [{"id": 9, "title": "abcd", "created_at": "2026-01-02T00:00:00Z"}]
OLD = [{"id": 8, "title": "ab", "created_at": "2025-12-31T00:00:00Z"}, {"id": 7, "title": "abc"}]


def test_server_that_knows_titles_is_asked_once(server: Server, client: Astria) -> None:
    server.answers(200, [*OTHERS, {"id": 3, "title": "abc"}])

    tune = client.tunes.find("abc")

    assert tune and tune.id == 3
    assert [request.query for request in server.received] == ["title=abc"]


def test_server_that_does_not_is_walked_through(server: Server, client: Astria) -> None:
    server.answers(200, [])
    server.answers(200, [*OTHERS, *OLD])

    tune = client.tunes.find("abc")

    assert tune and tune.id == 7
    assert [request.query for request in server.received] == ["title=abc", "limit=120"]


def test_only_the_exact_title_counts(server: Server, client: Astria) -> None:
    server.answers(200, OTHERS)
    server.answers(200, OTHERS)

    assert client.tunes.find("ABCD") is None


def test_walk_goes_no_further_back_than_asked(server: Server, client: Astria) -> None:
    server.answers(200, [*OTHERS, *OLD])

    assert client.tunes.find("abc", created_after=datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert [request.query for request in server.received] == ["limit=120"]


def test_not_having_looked_is_no_answer(server: Server, client: Astria) -> None:
    server.answers(500)

    with pytest.raises(ServerError):
        client.tunes.find("abc")


def test_title_that_cannot_be_sent_is_refused(server: Server, client: Astria) -> None:
    with pytest.raises(InvalidParameter):
        client.tunes.find("\ud800")

    assert server.received == []
