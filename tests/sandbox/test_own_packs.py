"""POST /packs, prompts that join a pack, and orders from it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import Sandbox, eventually

FLUX = "/tunes/1504944/prompts"


@pytest.fixture
def pack(sandbox: Sandbox) -> Any:
    given = {"title": "Bürgermeister 1", "base_tune_id": 1504944, "model_type": "lora"}
    answer = sandbox.post("/packs", json={"pack": given})
    assert answer.status_code == 201
    return answer.json()


def test_a_pack_is_listed_among_ones_own_alone(sandbox: Sandbox, pack: Any) -> None:
    assert pack["title"] == "Bürgermeister 1"
    assert (pack["base_tune_id"], pack["model_type"], pack["cost_mc_hash"]) == (1504944, "lora", {})
    assert pack["id"] in ids(sandbox, "/packs") and pack["id"] in ids(sandbox, "/packs?listed=true")
    assert pack["id"] not in ids(sandbox, "/packs?public=true") + ids(sandbox, "/gallery/packs")


def test_it_is_found_by_id_and_slug(sandbox: Sandbox, pack: Any) -> None:
    assert sandbox.get(f"/p/{pack['id']}").json() == sandbox.get(f"/p/{pack['slug']}.json").json()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "title"),
        ({"title": "x"}, "tune"),
        ({"title": "x", "base_tune_id": 1504944, "model_type": "x"}, "model_type"),
    ],
)
def test_a_pack_without_title_or_base_is_refused(sandbox: Sandbox, given: Any, field: str) -> None:
    answer = sandbox.post("/packs", json={"pack": given})

    assert answer.status_code == 422
    assert list(answer.json()) == [field]


def test_prompts_join_it_and_are_ordered_from_it(sandbox: Sandbox, pack: Any, busy_tune: Any) -> None:
    text = f"<lora:{busy_tune['id']}:1> ohwx woman in a town hall"
    given = {"text": text, "num_images": 1, "seed": 5, "pack_id": pack["id"]}
    first = sandbox.post(FLUX, json={"prompt": given}).json()
    second = sandbox.post(FLUX, json={"prompt": {"text": text, "num_images": 2}}).json()
    sandbox.patch(f"/prompts/{second['id']}", json={"prompt": {"pack_id": pack["id"]}})

    detail = sandbox.get(f"/p/{pack['slug']}").json()
    tune = sandbox.trained(pack=pack["slug"])

    joined = [prompt["id"] for prompt in detail["prompts_per_class"]["woman"]]
    assert joined == [first["id"], second["id"]]
    assert detail["costs"]["woman"]["num_images"] == 3
    made = sandbox.prompts(tune["id"])
    assert {prompt["text"] for prompt in made} == {f"<lora:{tune['id']}:1.0> ohwx woman in a town hall"}
    assert sorted(len(prompt["images"]) for prompt in made) == [1, 2]


def test_a_prompt_of_nobody_cannot_join(sandbox: Sandbox, pack: Any) -> None:
    answer = sandbox.post(FLUX, json={"prompt": {"text": "ohwx", "pack_id": pack["id"]}})

    assert answer.json() == {"base": ["Prompt is not using a fine-tuned model"]}


def test_a_class_that_no_prompt_shows_is_refused(sandbox: Sandbox, pack: Any, tune: Any) -> None:
    body = {"title": "x", "name": "man", "image_urls": tune["orig_images"][:1]}

    answer = sandbox.post(f"/p/{pack['id']}/tunes", json={"tune": body})

    assert answer.json() == {"name": ["is not supported by this pack"]}


def ids(sandbox: Sandbox, path: str) -> list[int]:
    return [pack["id"] for pack in eventually(lambda: sandbox.get(path).json())]
