"""POST /prompts/:id/duplicate: the same once more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import PHOTOS, Sandbox, eventually

SD15 = "/tunes/690204/prompts"
CALLBACK = "http://127.0.0.1:1/done?prompt=1"
GIVEN = {"text": "ohwx", "callback": CALLBACK, "seed": 7, "num_images": 1, "cfg_scale": 3, "style": "Enhance"}


@pytest.fixture
def original(sandbox: Sandbox) -> Any:
    made = sandbox.post(SD15, json={"prompt": GIVEN}).json()
    return eventually(lambda: _done(sandbox, made["id"]))


def test_it_copies_the_attributes_and_the_old_callback(sandbox: Sandbox, original: Any) -> None:
    answer = sandbox.post(f"/prompts/{original['id']}/duplicate")

    assert answer.status_code == 201
    assert answer.json()["id"] > original["id"]
    for name in ("text", "callback", "seed", "num_images", "cfg_scale", "style", "tune_id"):
        assert answer.json()[name] == original[name]


def test_what_is_given_replaces_what_was(sandbox: Sandbox, original: Any) -> None:
    changes = {"prompt[seed]": "12345", "prompt[style]": "Lowpoly"}

    made = sandbox.post(f"/prompts/{original['id']}/duplicate", data=changes).json()

    assert (made["seed"], made["style"], made["callback"]) == (12345, "Lowpoly", CALLBACK)


def test_null_takes_the_old_callback_away(sandbox: Sandbox, original: Any) -> None:
    made = sandbox.post(f"/prompts/{original['id']}/duplicate", json={"prompt": {"callback": None}})

    assert made.json()["callback"] is None


def test_files_are_copied_and_outlive_the_original(sandbox: Sandbox) -> None:
    photo = (PHOTOS / "person-1.jpg").read_bytes()
    files = [("prompt[input_image]", ("a.jpg", photo))]
    fields = {"prompt[text]": "ohwx", "prompt[controlnet]": "pose"}
    first = sandbox.post(SD15, data=fields, files=files).json()

    second = sandbox.post(f"/prompts/{first['id']}/duplicate").json()
    sandbox.delete(f"/prompts/{first['id']}")

    assert second["controlnet"] == "pose"
    assert sandbox.get(second["input_image"]).content == photo


def test_an_original_that_is_being_deleted_is_not_found(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = [("prompt[input_image]", ("a.jpg", (PHOTOS / "person-1.jpg").read_bytes()))]
    first = sandbox.post(SD15, data={"prompt[text]": "ohwx"}, files=files).json()
    (kept,) = tmp_path_factory.getbasetemp().rglob(first["input_image"].rpartition("/")[2])
    kept.unlink()

    assert sandbox.post(f"/prompts/{first['id']}/duplicate").status_code == 404


def test_an_image_can_be_used_again(sandbox: Sandbox, original: Any) -> None:
    body = {"image_index": 0, "prompt": {"text": "something quite different", "seed": 1}}

    made = sandbox.post(f"/prompts/{original['id']}/duplicate", json=body).json()

    done = eventually(lambda: _done(sandbox, made["id"]))
    assert done["cost_mc"] == 0
    assert [sandbox.get(url).content for url in done["images"]] == [
        sandbox.get(original["images"][0]).content
    ]


@pytest.mark.parametrize("index", [1, -1, "x", [0], 10**30])
def test_an_image_that_is_not_there_is_refused(sandbox: Sandbox, original: Any, index: object) -> None:
    answer = sandbox.post(f"/prompts/{original['id']}/duplicate", json={"image_index": index})

    assert answer.status_code == 422
    assert answer.json() == {"image_index": ["is not an image of this prompt"]}


def test_rules_hold_for_the_duplicate_too(sandbox: Sandbox, original: Any) -> None:
    answer = sandbox.post(f"/prompts/{original['id']}/duplicate", json={"prompt": {"hires_fix": True}})

    assert answer.json() == {"hires_fix": ["requires super_resolution"]}


def test_what_does_not_exist_cannot_be_duplicated(sandbox: Sandbox) -> None:
    assert sandbox.post("/prompts/5/duplicate").status_code == 404


def _done(sandbox: Sandbox, prompt_id: int) -> Any:
    prompt = sandbox.get(f"/prompts/{prompt_id}").json()
    return prompt if prompt["images"] else None
