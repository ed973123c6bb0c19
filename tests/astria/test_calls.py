"""The calls that change something: method, path and body as they leave."""

from __future__ import annotations

import json
from typing import Any

import pytest

from astria import AspectRatio, Astria, Branch, ImageFile, ModelType, Preset, Style, User
from tests.astria.samples import PACK, PROMPT, TUNE
from tests.astria.server import Received, Server
from tests.astria.test_packs import form_of

PHOTO = ImageFile("1.jpg", b"one")
URL = "https://example.com/1.jpg"


def sent(request: Received) -> tuple[str, str, Any]:
    """Return method, path and JSON of a request."""
    return request.method, request.path, json.loads(request.body)


def test_create_tune_sends_what_was_given_only(server: Server, client: Astria) -> None:
    server.answers(201, {**TUNE, "prompts": [PROMPT]})

    tune = client.tunes.create(
        title="7a1",
        name="man",
        image_urls=[URL],
        branch=Branch.FAST,
        model_type=ModelType.LORA,
        preset=Preset.FLUX_LORA_PORTRAIT,
        base_tune_id=1504944,
        face_crop=False,
        characteristics={"eye_color": "blue eyes"},
        prompts_attributes=[{"text": "ohwx man", "lora_scale": 0.8}],
        extra={"brand_new": 1},
    )

    assert [prompt.id for prompt in tune.prompts] == [1]
    assert sent(server.received[0]) == (
        "POST",
        "/tunes",
        {
            "tune": {
                "title": "7a1",
                "name": "man",
                "image_urls": [URL],
                "branch": "fast",
                "model_type": "lora",
                "preset": "flux-lora-portrait",
                "base_tune_id": 1504944,
                "face_crop": False,
                "characteristics": {"eye_color": "blue eyes"},
                "prompts_attributes": [{"text": "ohwx man", "lora_scale": 0.8}],
                "brand_new": 1,
            }
        },
    )


def test_create_tune_with_files_is_a_form(server: Server, client: Astria) -> None:
    server.answers(201, TUNE)

    client.tunes.create(
        title="7a1",
        name="man",
        images=[PHOTO],
        auto_extend=True,
        model_type=None,
        prompts_attributes=[{"text": "a", "input_image": PHOTO}, {"text": "b", "super_resolution": True}],
    )

    [request] = server.received
    assert form_of(request.headers["Content-Type"], request.body) == [
        ("tune[title]", b"7a1"),
        ("tune[name]", b"man"),
        ("tune[auto_extend]", b"true"),
        ("tune[model_type]", b""),
        ("tune[prompts_attributes][0][text]", b"a"),
        ("tune[prompts_attributes][1][text]", b"b"),
        ("tune[prompts_attributes][1][super_resolution]", b"true"),
        ("tune[images][]", b"one"),
        ("tune[prompts_attributes][0][input_image]", b"one"),
    ]


def test_update_tune(server: Server, client: Astria) -> None:
    server.answers(200, TUNE)

    client.tunes.update(5, title="new", auto_extend=True)

    assert sent(server.received[0]) == (
        "PATCH",
        "/tunes/5",
        {"tune": {"title": "new", "auto_extend": True}},
    )


def test_create_prompt(server: Server, client: Astria) -> None:
    server.answers(201, PROMPT)

    prompt = client.prompts.create(
        1504944,
        text="<lora:7:1.0> ohwx man",
        style=Style.LINE_ART,
        aspect_ratio=AspectRatio.TALL_3_4,
        seed=None,
    )

    body = {"text": "<lora:7:1.0> ohwx man", "style": "Line art", "aspect_ratio": "3:4", "seed": None}
    assert prompt.id == 1
    assert sent(server.received[0]) == ("POST", "/tunes/1504944/prompts", {"prompt": body})


def test_create_prompt_with_an_image_is_a_form(server: Server, client: Astria) -> None:
    server.answers(201, PROMPT)

    client.prompts.create(1, text="a", input_image=PHOTO, controlnet="pose", denoising_strength=0.5)

    [request] = server.received
    assert form_of(request.headers["Content-Type"], request.body) == [
        ("prompt[text]", b"a"),
        ("prompt[controlnet]", b"pose"),
        ("prompt[denoising_strength]", b"0.5"),
        ("prompt[input_image]", b"one"),
    ]


@pytest.mark.parametrize(("tune_id", "also"), [(None, {}), (7, {"tune_id": 7})])
def test_create_bare_prompt(
    tune_id: int | None, also: dict[str, int], server: Server, client: Astria
) -> None:
    server.answers(201, PROMPT)

    client.prompts.create_bare(text="a", tune_id=tune_id)

    assert sent(server.received[0]) == ("POST", "/prompts", {"prompt": {"text": "a", **also}})


@pytest.mark.parametrize(("tune_id", "path"), [(None, "/prompts/1"), (2, "/tunes/2/prompts/1")])
def test_update_prompt(tune_id: int | None, path: str, server: Server, client: Astria) -> None:
    server.answers(200, PROMPT)

    client.prompts.update(1, tune_id=tune_id, pack_id=5, base_pack_id=None)

    assert sent(server.received[0]) == ("PATCH", path, {"prompt": {"pack_id": 5, "base_pack_id": None}})


def test_duplicate_prompt(server: Server, client: Astria) -> None:
    server.answers(201, PROMPT)
    server.answers(201, PROMPT)

    client.prompts.duplicate(1)
    client.prompts.duplicate(1, image_index=0, seed=12345, callback=None)

    assert sent(server.received[0]) == ("POST", "/prompts/1/duplicate", {})
    assert sent(server.received[1])[2] == {"prompt": {"seed": 12345, "callback": None}, "image_index": 0}


def test_create_theme(server: Server, client: Astria) -> None:
    server.answers(201)
    server.answers(200, b" ")

    client.themes.create("Corporate headshots", [123])
    client.themes.create("Corporate headshots", (123, 124), {"num_images": 1, "w": 512}, extra={"new": 1})

    assert sent(server.received[0])[1:] == (
        "/themes",
        {"theme": {"theme": "Corporate headshots", "tune_ids": [123]}},
    )
    assert sent(server.received[1])[2]["theme"] == {
        "theme": "Corporate headshots",
        "tune_ids": [123, 124],
        "prompt_attributes": {"num_images": 1, "w": 512},
        "new": 1,
    }


def test_create_pack(server: Server, client: Astria) -> None:
    server.answers(201, PACK)

    pack = client.packs.create(title="Suits", base_tune_id=1, model_type="lora")

    body = {"pack": {"title": "Suits", "base_tune_id": 1, "model_type": "lora"}}
    assert (pack.id, sent(server.received[0])) == (5, ("POST", "/packs", body))


def test_shelves_of_packs(server: Server, client: Astria) -> None:
    server.answers(200, [PACK])
    server.answers(200, [PACK])

    client.packs.list(public=True, listed=False)
    client.packs.gallery(listed=True)

    assert [request.query for request in server.received] == ["public=true&listed=false", "listed=true"]


def test_gallery_of_tunes(server: Server, client: Astria) -> None:
    server.answers(200, [TUNE])

    client.tunes.gallery(branch=Branch.SDXL1, model_type="lora", limit=5, offset=0)

    [request] = server.received
    assert (request.path, request.query) == (
        "/gallery/tunes",
        "branch=sdxl1&model_type=lora&offset=0&limit=5",
    )


def test_whole_gallery_of_tunes_is_paged_by_offset(server: Server, client: Astria) -> None:
    for page in ([{"id": 9}, {"id": 8}], [{"id": 7}], []):
        server.answers(200, page)

    assert [tune.id for tune in client.tunes.iterate_gallery(branch="flux1")] == [9, 8, 7]
    assert [request.query for request in server.received] == [
        "branch=flux1&offset=0",
        "branch=flux1&offset=2",
        "branch=flux1&offset=3",
    ]


def test_account(server: Server, client: Astria) -> None:
    server.answers(200, {"email": "me@example.com", "usd_balance_mc": 250000, "new": 1})

    user = client.users.get()

    assert user == User(email="me@example.com", usd_balance_mc=250000, extra={"new": 1})
    assert "example.com" not in repr(user)
