"""How a call may end: never sent, refused, or ambiguous."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
import urllib3

from astria import (
    Astria,
    ConnectionLost,
    Invalid,
    InvalidResponse,
    NotSent,
    ServerError,
    TimedOut,
)
from astria.failures import explain
from tests.astria.conftest import KEY
from tests.astria.server import Server, break_off, drip, drop, hang, speak_nonsense


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """Return a port whose queue is full: connecting to it is never answered."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_refused_connection_is_not_sent(closed_port: int) -> None:
    client = Astria(KEY, base_url=f"http://127.0.0.1:{closed_port}")

    with pytest.raises(NotSent, match="Connection refused") as caught:
        client.likes.create(1)

    assert (caught.value.method, caught.value.path) == ("POST", "/prompts/1/likes")
    assert caught.value.status is None


def test_connect_timeout_is_not_sent(full_port: int) -> None:
    client = Astria(KEY, base_url=f"http://127.0.0.1:{full_port}", timeout=(0.2, 5.0))

    with pytest.raises(NotSent, match="timed out"):
        client.likes.create(1)


def test_unknown_host_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(NotSent, match="Name or service not known"):
        Astria(KEY, base_url="http://astria.invalid").likes.create(1)


def test_wrong_certificate_is_not_sent() -> None:
    pool = urllib3.HTTPSConnectionPool("127.0.0.1")
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
    failure = urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.SSLError(refused))

    kind, reason = explain(requests.exceptions.SSLError(failure))

    assert kind is NotSent
    assert "certificate verify failed" in reason


def test_an_unusable_proxy_address_is_not_sent(server: Server) -> None:
    session = requests.Session()
    session.proxies = {"http": "http://"}

    with pytest.raises(NotSent):
        Astria(KEY, base_url=server.url, session=session).likes.create(1)

    assert server.received == []


def test_dropped_connection_is_ambiguous(server: Server, client: Astria) -> None:
    server.plays_next(drop)

    with pytest.raises(ConnectionLost):
        client.likes.create(1)

    assert len(server.received) == 1


def test_dropped_connection_behind_a_proxy_is_ambiguous(server: Server) -> None:
    session = requests.Session()
    session.proxies = {"http": server.url}
    server.plays_next(drop)

    with pytest.raises(ConnectionLost):
        Astria(KEY, base_url="http://astria.invalid", session=session).likes.create(1)

    assert len(server.received) == 1


def test_missing_answer_times_out(server: Server) -> None:
    server.plays_next(hang)

    with pytest.raises(TimedOut):
        Astria(KEY, base_url=server.url, timeout=(2.0, 0.1)).likes.create(1)


def test_dripping_answer_times_out(server: Server) -> None:
    server.plays_next(drip)
    client = Astria(KEY, base_url=server.url, timeout=(2.0, 0.2))

    with client, pytest.raises(TimedOut):
        client.packs.create_prompts(1, tune_ids=[1])


def test_answer_that_breaks_off_is_ambiguous(server: Server, client: Astria) -> None:
    server.plays_next(break_off(201))

    with pytest.raises(ConnectionLost):
        client.packs.create_prompts(1, tune_ids=[1])


def test_refusal_that_breaks_off_is_a_refusal(server: Server, client: Astria) -> None:
    server.plays_next(break_off(422))

    with pytest.raises(Invalid):
        client.packs.create_prompts(1, tune_ids=[1])


def test_answer_that_is_no_http_is_unreadable(server: Server, client: Astria) -> None:
    server.plays_next(speak_nonsense)

    with pytest.raises(InvalidResponse):
        client.likes.create(1)


@pytest.mark.parametrize(
    "body", [b"<html>", b"\xff\xfe\xfa", b"[" * 100_000, b"", b"3", b'{"title": "no id"}']
)
def test_answer_of_another_shape_is_unreadable(body: bytes, server: Server, client: Astria) -> None:
    server.answers(201, body)

    with pytest.raises(InvalidResponse) as caught:
        client.packs.create_tune(1, title="a", name="man", image_urls=["https://example.com/1.jpg"])

    assert caught.value.status == 201
    assert caught.value.body == body.decode("utf-8", "replace")[:500]


def test_answer_with_broken_compression_is_unreadable(server: Server, client: Astria) -> None:
    server.answers(200, b"not gzip", Content_Encoding="gzip")

    with pytest.raises(InvalidResponse):
        client.tunes.get(1)


def test_answer_that_is_too_large_is_unreadable(
    server: Server, client: Astria, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("astria.answer.MAX_BYTES", 100_000)
    server.answers(200, b" " * 100_001)

    with pytest.raises(InvalidResponse, match="too large"):
        client.tunes.get(1)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_server_error_is_ambiguous(status: int, server: Server, client: Astria) -> None:
    server.answers(status, b"<html>upstream</html>")

    with pytest.raises(ServerError) as caught:
        client.likes.create(1)

    assert caught.value.status == status


def test_a_failure_is_not_taken_for_the_one_being_handled() -> None:
    pool = urllib3.HTTPConnectionPool("127.0.0.1")
    failure = requests.ConnectionError("Connection aborted.")
    failure.__context__ = urllib3.exceptions.NewConnectionError(pool, "Connection refused")  # type: ignore[arg-type]

    kind, _ = explain(failure)

    assert kind is ConnectionLost
