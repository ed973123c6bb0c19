"""Which connection a call goes over, and what is sent on it."""

from __future__ import annotations

import gzip
import json

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from astria import Astria, ImageFile, ServerError
from tests.astria.conftest import KEY
from tests.astria.samples import TUNE
from tests.astria.server import Server, read_slowly


def test_get_and_delete_share_a_connection(server: Server, client: Astria) -> None:
    server.answers(200, TUNE)
    server.answers(200, {"message": "deleted"})

    client.tunes.get(1)
    client.tunes.delete(1)

    assert server.received[0].connection == server.received[1].connection


def test_each_post_has_a_fresh_connection(server: Server, client: Astria) -> None:
    server.answers(200, TUNE)
    server.answers(201)
    server.answers(201)

    client.tunes.get(1)
    client.likes.create(1)
    client.likes.create(1)

    assert len({request.connection for request in server.received}) == 3


def test_post_keeps_the_settings_of_a_given_session(server: Server) -> None:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=4))
    session.headers["X-Workspace-Id"] = "all"
    server.answers(201)

    with session, Astria(KEY, base_url=server.url, session=session) as client:
        client.likes.create(1)

    assert server.received[0].headers["X-Workspace-Id"] == "all"


def test_post_is_sent_once_whatever_a_given_session_repeats(server: Server) -> None:
    session = requests.Session()
    always = urllib3.Retry(3, status_forcelist=[503], allowed_methods=None, backoff_factor=0)
    session.mount("http://", HTTPAdapter(max_retries=always))
    server.answers(503)
    server.answers(201)

    with session, Astria(KEY, base_url=server.url, session=session) as client, pytest.raises(ServerError):
        client.likes.create(1)

    assert len(server.received) == 1


def test_given_session_stays_open(server: Server) -> None:
    session = requests.Session()
    server.answers(200, TUNE)
    server.answers(200, TUNE)

    with session:
        with Astria(KEY, base_url=server.url, session=session) as client:
            client.tunes.get(1)
        client.tunes.get(1)

    assert server.received[0].connection == server.received[1].connection


@pytest.mark.slow
def test_upload_may_take_longer_than_connecting(server: Server) -> None:
    server.plays_next(read_slowly)
    photos = [ImageFile("1.jpg", b"\xff" * 12_000_000)]
    client = Astria(KEY, base_url=server.url, timeout=(0.4, 5.0))

    client.images.inspect(name="man", file=photos[0])

    assert int(server.received[0].headers["Content-Length"]) > 12_000_000


def test_cookies_are_not_kept(server: Server, client: Astria) -> None:
    server.answers(200, TUNE, Set_Cookie="session=1; Path=/")
    server.answers(200, TUNE)

    client.tunes.get(1)
    client.tunes.get(1)

    assert "Cookie" not in server.received[1].headers


def test_base_url_may_have_a_path(server: Server) -> None:
    server.answers(200, [])

    with Astria(KEY, base_url=f"{server.url}/v1/") as client:
        client.tunes.list()

    assert server.received[0].path == "/v1/tunes"


@pytest.mark.parametrize("status", [200, 201])
def test_compressed_answer_is_read(status: int, server: Server, client: Astria) -> None:
    server.answers(status, gzip.compress(json.dumps(TUNE).encode()), Content_Encoding="gzip")

    assert client.tunes.get(1).id == TUNE["id"]
