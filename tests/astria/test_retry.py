"""What is tried again, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from astria import Ambiguous, Astria, Call, NotSent, RateLimited, Retry, ServerError
from astria.retry import parse_retry_after
from tests.astria.conftest import KEY
from tests.astria.samples import TUNE
from tests.astria.server import Server, drop


@pytest.mark.parametrize("status", [429, 502, 503])
def test_get_is_repeated(
    status: int, server: Server, client: Astria, naps: list[float], calls: list[Call]
) -> None:
    server.answers(status)
    server.answers(status)
    server.answers(200, TUNE)

    tune = client.tunes.get(1)

    assert tune.id == TUNE["id"]
    assert [call.status for call in calls] == [status, status, 200]
    assert 0.25 <= naps[0] <= 0.75
    assert 0.5 <= naps[1] <= 1.5


def test_get_is_tried_three_times(server: Server, client: Astria, naps: list[float]) -> None:
    for _ in range(3):
        server.answers(503)

    with pytest.raises(ServerError):
        client.tunes.get(1)

    assert (len(server.received), len(naps)) == (3, 2)


@pytest.mark.parametrize("status", [500, 504])
def test_get_is_not_repeated_after_other_errors(status: int, server: Server, client: Astria) -> None:
    server.answers(status)

    with pytest.raises(ServerError):
        client.tunes.get(1)

    assert len(server.received) == 1


def test_get_is_not_repeated_after_a_lost_connection(server: Server, client: Astria) -> None:
    server.plays_next(drop)

    with pytest.raises(Ambiguous):
        client.tunes.get(1)

    assert len(server.received) == 1


def test_get_that_was_not_sent_is_repeated() -> None:
    naps: list[float] = []
    client = Astria(KEY, base_url="http://127.0.0.1:1", retry=Retry(sleep=naps.append))

    with pytest.raises(NotSent):
        client.tunes.get(1)

    assert len(naps) == 2


@pytest.mark.parametrize("status", [429, 502, 503])
def test_post_and_delete_are_not_repeated(status: int, server: Server, client: Astria) -> None:
    server.answers(status)
    server.answers(status)

    with pytest.raises((RateLimited, ServerError)):
        client.likes.create(1)
    with pytest.raises((RateLimited, ServerError)):
        client.likes.delete(1)

    assert [request.method for request in server.received] == ["POST", "DELETE"]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(status: int, server: Server, client: Astria, naps: list[float]) -> None:
    server.answers(status, None, Retry_After="60")
    server.answers(200, TUNE)

    client.tunes.get(1)

    assert 60 <= naps[0] <= 61


def test_long_retry_after_is_left_to_the_caller(server: Server, client: Astria, naps: list[float]) -> None:
    server.answers(429, None, Retry_After="61")

    with pytest.raises(RateLimited) as caught:
        client.tunes.get(1)

    assert (caught.value.retry_after, naps) == (61.0, [])


def test_retry_can_be_switched_off(server: Server) -> None:
    server.answers(429)

    with Astria(KEY, base_url=server.url, retry=Retry(tries=1)) as client, pytest.raises(RateLimited):
        client.tunes.get(1)

    assert len(server.received) == 1


def test_retry_after_may_be_a_date() -> None:
    in_a_minute = datetime.now(UTC) + timedelta(seconds=60)

    seconds = parse_retry_after(format_datetime(in_a_minute, usegmt=True))

    assert seconds is not None
    assert 50 < seconds <= 60


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 -0000", 0.0),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("", None),
        (None, None),
        ("Thu, 99 Jan 1970 00:00:00 GMT", None),
    ],
)
def test_odd_retry_after_does_no_harm(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header) == seconds
