"""Packs: lists, detail, and running them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from astria import Astria, ClassCost, ImageFile, InvalidParameter, InvalidResponse, PackRun
from tests.astria.conftest import API
from tests.astria.samples import PACK, PACK_DETAIL, PACK_TUNE, PICTURE
from tests.astria.server import Server

PHOTOS = [ImageFile("1.jpg", b"one"), ImageFile("2.jpg", b"two")]
ORDER_FORM = [
    ("tune[title]", b"7a1"),
    ("tune[name]", b"woman"),
    ("tune[callback]", b"https://example.com/t"),
    ("tune[characteristics][eye_color]", b"blue eyes"),
    ("tune[characteristics][glasses]", b""),
    ("tune[characteristics][is_bald]", b"NONE"),
    ("tune[prompt_attributes][callback]", b"https://example.com/p"),
    ("tune[prompt_attributes][film_grain]", b"true"),
    ("tune[prompts_callback]", b"https://example.com/ps"),
    ("tune[images][]", b"one"),
    ("tune[images][]", b"two"),
]


def sent(mocked: responses.RequestsMock) -> Any:
    """Return the JSON of the only call made."""
    [call] = mocked.calls
    return json.loads(call.request.body or b"")


def test_own_packs(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.get(f"{API}/packs", json=[PACK])

    [pack] = astria.packs.list()

    assert (pack.id, pack.slug, pack.token, pack.base_tune_id) == (5, "test-rv5-1-pack", "ohwx", 1)
    assert pack.cost_mc_hash == {"man": 200000, "woman": 100000}
    assert pack.created_at == datetime(2024, 1, 17, 12, 35, 13, 379000, tzinfo=UTC)
    assert (pack.multiplier, pack.public_at, pack.extra) == (10, None, {"user_id": 1})


def test_gallery_packs(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.get(f"{API}/gallery/packs", json=[{**PACK, "cover_url": PICTURE}, {"id": 6}])

    packs = astria.packs.gallery()

    assert [pack.id for pack in packs] == [5, 6]
    assert packs[0].cover_url == PICTURE


@pytest.mark.parametrize("pack_id", [260, "corporate-headshots"])
def test_pack_by_id_or_slug(pack_id: int | str, mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.get(f"{API}/p/{pack_id}", json=PACK_DETAIL)

    pack = astria.packs.get(pack_id)

    assert (pack.id, pack.slug, pack.unlisted_at) == (260, "corporate-headshots", None)
    assert pack.costs == {"woman": ClassCost(360, 35), "man": ClassCost(331, 28)}
    assert [(prompt.id, prompt.images) for prompt in pack.prompts_per_class["woman"]] == [
        (18771572, (PICTURE,))
    ]
    assert pack.prompts_per_class["man"] == ()
    assert pack.extra == {"logo": None}


def test_slug_stays_one_segment_of_the_path(server: Server, client: Astria) -> None:
    server.answers(200, PACK_DETAIL)

    client.packs.get("a/../b?c=ä")

    assert server.received[0].path == "/p/a%2F..%2Fb%3Fc%3D%C3%A4"


@pytest.mark.parametrize("pack_id", ["", ".", "..", 0, -1, True, None, 1.5])
def test_unusable_pack_id_is_refused(pack_id: Any, server: Server, client: Astria) -> None:
    with pytest.raises(InvalidParameter, match="pack_id"):
        client.packs.create_prompts(pack_id, tune_ids=[1])

    assert server.received == []


def test_create_tune_with_photos(server: Server, client: Astria) -> None:
    server.answers(201, PACK_TUNE)

    tune = client.packs.create_tune(
        260,
        title="7a1",
        name="woman",
        images=PHOTOS,
        callback="https://example.com/t",
        characteristics={"eye_color": "blue eyes", "glasses": "", "is_bald": "NONE"},
        prompt_attributes={"callback": "https://example.com/p", "film_grain": True},
        prompts_callback="https://example.com/ps",
    )

    assert (tune.id, tune.name, tune.branch) == (1, "woman", None)
    [request] = server.received
    assert (request.method, request.path) == ("POST", "/p/260/tunes")
    assert form_of(request.headers["Content-Type"], request.body) == ORDER_FORM


def form_of(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """Return names and contents of the parts of a multipart form."""
    boundary = content_type.partition("boundary=")[2].encode()
    parts = [part.partition(b"\r\n\r\n") for part in body.split(b"--" + boundary)[1:-1]]
    return [(head.split(b'"')[1].decode(), content.removesuffix(b"\r\n")) for head, _, content in parts]


def test_create_tune_with_addresses(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.post(f"{API}/p/260/tunes", json=PACK_TUNE, status=201)

    tune = astria.packs.create_tune(
        260, title="7a1", name="cat", image_urls=iter([PICTURE]), characteristics={}
    )

    assert tune.eta == datetime(2023, 10, 2, 14, 32, 40, 363000, tzinfo=UTC)
    assert sent(mocked) == {"tune": {"title": "7a1", "name": "cat", "image_urls": [PICTURE]}}


def test_existing_tune_answered_with_200_is_accepted(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.post(f"{API}/p/260/tunes", json=PACK_TUNE, status=200)

    assert astria.packs.create_tune(260, title="7a1", name="cat", image_urls=[PICTURE]).id == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": " "},
        {"title": None},
        {"name": ""},
        {"name": " "},
        {"name": "man!"},
        {"name": "män"},
        {"name": "man\n"},
        {"image_urls": []},
        {"image_urls": PICTURE},
        {"image_urls": [""]},
        {"images": [b"photo"]},
    ],
)
def test_unusable_order_is_refused_before_the_call(
    wrong: dict[str, Any], server: Server, client: Astria
) -> None:
    order: dict[str, Any] = {"title": "7a1", "name": "man", "image_urls": [PICTURE], **wrong}

    with pytest.raises(InvalidParameter):
        client.packs.create_tune(260, **order)

    assert server.received == []


def test_create_prompts(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.post(f"{API}/p/260/tunes", json={"status": 201, "message": "Prompts created"})

    run = astria.packs.create_prompts(260, tune_ids=[89])

    assert run == PackRun(status=201, message="Prompts created")
    assert sent(mocked) == {"tune": {"tune_ids": [89]}}


def test_create_some_prompts_of_a_pack(mocked: responses.RequestsMock, astria: Astria) -> None:
    answer = {"status": 201, "order": {"id": 3, "tune_ids": [89]}, "prompt_ids": [11, 12], "new": 1}
    mocked.post(f"{API}/p/multi/tunes", json=answer, status=201)

    run = astria.packs.create_prompts(
        "multi", tune_ids=[89, 90], prompt_ids=(5, 6), prompt_attributes={"seed": 1}, prompts_callback=PICTURE
    )

    assert (run.order, run.prompt_ids, run.extra) == ({"id": 3, "tune_ids": [89]}, (11, 12), {"new": 1})
    expected = {
        "tune_ids": [89, 90],
        "prompt_ids": [5, 6],
        "prompt_attributes": {"seed": 1},
        "prompts_callback": PICTURE,
    }
    assert sent(mocked) == {"tune": expected}


@pytest.mark.parametrize(
    "wrong", [{"tune_ids": []}, {"tune_ids": [0]}, {"tune_ids": [1], "prompt_ids": ["2"]}]
)
def test_unusable_run_is_refused_before_the_call(
    wrong: dict[str, Any], server: Server, client: Astria
) -> None:
    with pytest.raises(InvalidParameter):
        client.packs.create_prompts(260, **wrong)

    assert server.received == []


def test_run_that_names_a_failure_is_ambiguous(mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.post(f"{API}/p/260/tunes", json={"status": 422, "error": "No."})

    with pytest.raises(InvalidResponse, match="422"):
        astria.packs.create_prompts(260, tune_ids=[89])
