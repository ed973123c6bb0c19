"""Tunes: get, list, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from astria import Astria, InvalidParameter, InvalidResponse, NotFound
from tests.astria.conftest import API
from tests.astria.samples import PICTURE, TUNE
from tests.astria.server import Server


def test_get_tune(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.get(f"{API}/tunes/788416", json=TUNE)

    tune = astria.tunes.get(788416)

    assert (tune.id, tune.title, tune.name, tune.token) == (788416, "John Doe", "woman", "ohwx")
    assert (tune.branch, tune.model_type, tune.base_tune_id) == ("sdxl1", "lora", None)
    assert tune.orig_images == (PICTURE, PICTURE)
    assert tune.trained_at == datetime(2023, 10, 2, 14, 32, 40, 363000, tzinfo=UTC)
    assert (tune.is_api, tune.ckpt_url, tune.ckpt_urls, tune.extra) == (False, PICTURE, (PICTURE,), {})


def test_missing_tune_is_not_found(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.get(f"{API}/tunes/1", status=404)

    with pytest.raises(NotFound):
        astria.tunes.get(1)


def test_list_one_page_of_tunes(server: Server, client: Astria) -> None:
    server.answers(200, [TUNE, {"id": 775459, "name": None}])

    tunes = client.tunes.list(offset=0, before_id=8, limit=120)

    assert [tune.id for tune in tunes] == [788416, 775459]
    assert server.received[0].query == "offset=0&before_id=8&limit=120"


@pytest.mark.parametrize("page", [{"offset": -1}, {"before_id": 0}, {"limit": 0}, {"limit": 121}])
def test_unusable_page_is_refused(page: dict[str, int], server: Server, client: Astria) -> None:
    with pytest.raises(InvalidParameter):
        client.tunes.list(**page)

    assert server.received == []


@pytest.mark.parametrize(
    ("status", "body"), [(200, b'{"a": 1}'), (200, b""), (200, b" "), (201, b""), (204, b"")]
)
def test_delete_tune(status: int, body: bytes, server: Server, client: Astria) -> None:
    server.answers(status, body)

    client.tunes.delete(5)

    assert (server.received[0].method, server.received[0].path) == ("DELETE", "/tunes/5")


def test_deletion_answered_with_a_page_is_not_believed(server: Server, client: Astria) -> None:
    server.answers(200, b"<html>Welcome to the hotel's network</html>")

    with pytest.raises(InvalidResponse):
        client.tunes.delete(5)


@pytest.mark.parametrize("tune_id", [0, -5, True, "5", None])
@pytest.mark.parametrize("call", ["get", "delete"])
def test_unusable_tune_id_is_refused(call: str, tune_id: Any, server: Server, client: Astria) -> None:
    with pytest.raises(InvalidParameter, match="tune_id"):
        getattr(client.tunes, call)(tune_id)

    assert server.received == []
