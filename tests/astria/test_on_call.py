"""What on_call is told."""

from __future__ import annotations

import logging

import pytest

from astria import Astria, Call, ImageFile, InvalidResponse, NotSent, RateLimited
from tests.astria.conftest import KEY
from tests.astria.samples import INSPECTION
from tests.astria.server import Server


def test_call_is_reported(server: Server, client: Astria, calls: list[Call]) -> None:
    server.answers(200, INSPECTION)

    client.images.inspect(name="woman", file=ImageFile("1.jpg", b"photo"))

    [call] = calls
    assert (call.method, call.path, call.status, call.error) == ("POST", "/images/inspect", 200, "")
    assert 0 <= call.milliseconds < 5000


def test_path_has_no_query(server: Server, client: Astria, calls: list[Call]) -> None:
    server.answers(200, [])

    client.tunes.list(before_id=9)

    assert (server.received[0].query, calls[0].path) == ("before_id=9", "/tunes")


def test_refusal_is_reported(server: Server, client: Astria, calls: list[Call]) -> None:
    server.answers(429, None, Retry_After="99")

    with pytest.raises(RateLimited):
        client.tunes.get(1)

    assert [(call.status, call.error) for call in calls] == [(429, "RateLimited")]


def test_unreadable_answer_is_reported(server: Server, client: Astria, calls: list[Call]) -> None:
    server.answers(200, {"title": "no id"})

    with pytest.raises(InvalidResponse):
        client.tunes.get(1)

    assert [(call.status, call.error) for call in calls] == [(200, "InvalidResponse")]


def test_call_that_was_not_sent_is_reported(calls: list[Call]) -> None:
    client = Astria(KEY, base_url="http://127.0.0.1:1", on_call=calls.append)

    with pytest.raises(NotSent):
        client.likes.create(1)

    assert [(call.status, call.error) for call in calls] == [(None, "NotSent")]


def test_broken_hook_does_not_break_the_call(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_call: Call) -> None:
        raise RuntimeError("broken hook")

    server.answers(201)

    with Astria(KEY, base_url=server.url, on_call=fail) as client:
        client.likes.create(1)

    assert [(record.name, record.levelno) for record in caplog.records] == [("astria", logging.ERROR)]
    assert "broken hook" in caplog.text
    assert "0123456789" not in caplog.text
