"""The key goes to Astria and nowhere else."""

from __future__ import annotations

import logging
import pickle
import traceback
from pathlib import Path

import pytest

from astria import Astria, AstriaError, Call, InvalidParameter
from tests.astria.conftest import KEY
from tests.astria.server import Server, drop

SPELLINGS = [KEY, KEY.replace("/", "\\/"), "sd_0123456789abcdef%2B%2Fsecret%3D%3D"]


def test_key_is_sent_as_bearer(server: Server, client: Astria) -> None:
    server.answers(200, [])

    client.packs.list()

    assert server.received[0].headers["Authorization"] == f"Bearer {KEY}"
    assert server.received[0].headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    "key", ["", "sd_a\n", "sd_a\r\nX: y", "sd a", "sd_ä", "sd_\x00", '"sd_a"', None, b"sd_a"]
)
def test_unusable_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Astria(key)

    assert not key or str(key) not in "".join(traceback.format_exception(caught.value))
    assert "API key" in str(caught.value)


def test_representations_do_not_show_the_key() -> None:
    client = Astria(KEY, base_url="http://127.0.0.1:1/")

    shown = [repr(client), repr(vars(client)), repr(vars(client._transport))]

    assert shown[0] == "<Astria http://127.0.0.1:1>"
    assert not any("0123456789" in text for text in shown)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("status", [201, 404, 422, 500])
def test_echoed_key_is_masked(spelling: str, status: int, server: Server, client: Astria) -> None:
    server.answers(status, f'{{"error": "wrong key: {spelling}"}}'.encode())

    with pytest.raises(AstriaError) as caught:
        client.packs.create_tune(1, title="a", name="man", image_urls=["https://example.com/1.jpg"])

    shown = [
        *map(str, caught.value.messages),
        caught.value.body,
        "".join(traceback.format_exception(caught.value)),
    ]
    assert not any("0123456789" in text for text in shown)
    assert "[key]" in caught.value.body


def test_key_in_a_redirect_is_masked(server: Server, client: Astria, calls: list[Call]) -> None:
    server.answers(302, None, Location=f"/sign-in/{KEY}")
    server.answers(404)

    with pytest.raises(AstriaError) as caught:
        client.tunes.get(1)

    assert caught.value.path == calls[1].path == "/sign-in/[key]"
    assert "0123456789" not in str(caught.value)


def test_key_at_the_end_of_the_excerpt_is_masked(server: Server, client: Astria) -> None:
    server.answers(422, b"x" * 490 + KEY.encode())

    with pytest.raises(AstriaError) as caught:
        client.tunes.get(1)

    assert "sd_0" not in caught.value.body


@pytest.mark.parametrize("status", [None, 200, 422])
def test_chained_errors_do_not_hold_the_request(status: int | None, server: Server, client: Astria) -> None:
    server.plays_next(drop) if status is None else server.answers(status, b"{}")

    with pytest.raises(AstriaError) as caught:
        client.tunes.get(1)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert KEY.encode() not in pickle.dumps(caught.value)


def test_log_does_not_hold_the_key(server: Server, client: Astria, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers(200, [])

    client.tunes.list()

    assert "GET /tunes" in caplog.text
    assert "0123456789" not in caplog.text


def test_netrc_does_not_replace_the_key(
    server: Server, client: Astria, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answers(200, [])

    client.tunes.list()

    assert server.received[0].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.astria.ai",
        "ftp://a",
        "http://",
        "http://u:p@a",
        "http://a?b",
        "http://a#b",
        "http://a b",
        "http://a:x",
    ],
)
def test_unusable_address_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidParameter, match="base_url"):
        Astria(KEY, base_url=base_url)
