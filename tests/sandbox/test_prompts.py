"""Prompts: create, show, list, delete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import Sandbox, eventually

KEYS = [
    "id", "callback", "trained_at", "started_training_at", "created_at", "updated_at", "tune_id", "text",
    "negative_prompt", "cfg_scale", "steps", "super_resolution", "ar", "num_images", "seed",
    "controlnet_conditioning_scale", "controlnet_txt2img", "denoising_strength", "style", "url", "images",
    "orig_prompt_id", "cost_mc",
]  # fmt: skip
FLUX = "/tunes/1504944/prompts"


def test_a_prompt_shows_its_keys_in_astrias_order(sandbox: Sandbox, tune: Any) -> None:
    shown = sandbox.prompts(tune["id"])[0]

    assert set(shown) == set(KEYS)
    assert shown["ar"] == "1:1"
    assert shown["trained_at"] > shown["started_training_at"]


def test_a_prompt_is_found_under_either_path(sandbox: Sandbox, tune: Any) -> None:
    prompt = sandbox.prompts(tune["id"])[0]["id"]

    alone = sandbox.get(f"/prompts/{prompt}").json()

    assert alone == sandbox.get(f"{FLUX}/{prompt}.json").json()
    assert alone == sandbox.get(f"/tunes/{tune['id']}/prompts/{prompt}").json()
    assert sandbox.get(f"/tunes/690204/prompts/{prompt}").status_code == 404


def test_one_prompt_can_be_ordered(sandbox: Sandbox, busy_tune: Any) -> None:
    text = f"<lora:{busy_tune['id']}:0.9> ohwx woman by the sea"

    made = sandbox.post(FLUX, json={"prompt": {"text": text, "num_images": 3, "cfg_scale": 3}})

    assert made.status_code == 201
    assert (made.json()["cfg_scale"], made.json()["text"]) == ("3.0", text)
    done = eventually(lambda: _done(sandbox, made.json()["id"]))
    assert len(done["images"]) == 3


def test_the_bare_path_takes_the_tune_from_the_body(sandbox: Sandbox) -> None:
    made = sandbox.post("/prompts", data={"prompt[tune_id]": "690204", "prompt[text]": "a hat"})

    assert made.status_code == 201
    assert made.json()["tune_id"] == 690204


def test_attributes_may_come_without_the_wrapper(sandbox: Sandbox) -> None:
    made = sandbox.post("/prompts", json={"tune_id": 690204, "text": "a hat"})

    assert made.json()["text"] == "a hat"


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("text", "", "can't be blank"),
        ("text", "<lora:tune_id:strength> ohwx", "<lora:tune_id:strength> is not a valid reference"),
        ("text", "<lora:99:1> ohwx", "refers to a tune that was not found"),
        ("num_images", 9, "must be less than or equal to 8"),
        ("num_images", "many", "is not a number"),
        ("seed", -1, "must be greater than or equal to 0"),
        ("w", 513, "must be a multiple of 8"),
        ("cfg_scale", 7, "must be less than 5"),
        ("negative_prompt", "old", "is not supported on Flux"),
        ("scheduler", "fast", "is not included in the list"),
        ("inpaint_faces", True, "requires super_resolution"),
    ],
)
def test_broken_rules_are_named(sandbox: Sandbox, attribute: str, value: object, message: str) -> None:
    answer = sandbox.post(FLUX, json={"prompt": {"text": "ohwx", attribute: value}})

    assert answer.status_code == 422
    assert answer.json() == {attribute: [message]}


def test_a_lora_itself_takes_no_prompts(sandbox: Sandbox, tune: Any) -> None:
    answer = sandbox.post(f"/tunes/{tune['id']}/prompts", json={"prompt": {"text": "ohwx"}})

    assert answer.status_code == 422
    assert answer.json()["base"] == ["model_type=lora is not supported. Use a checkpoint instead"]


def test_the_global_list_is_newest_first_without_templates(sandbox: Sandbox, tune: Any) -> None:
    ids = [prompt["id"] for prompt in sandbox.get("/prompts?limit=120").json()]

    assert ids == sorted(ids, reverse=True)
    assert not [pk for pk in ids if pk in _templates(sandbox)]


def test_lists_can_be_narrowed(sandbox: Sandbox, tune: Any) -> None:
    one = sandbox.prompts(tune["id"])[3]

    found = sandbox.get(
        f"/tunes/{tune['id']}/prompts", params={"orig_prompt_id": one["orig_prompt_id"]}
    ).json()

    assert [prompt["id"] for prompt in found] == [one["id"]]


def test_a_deep_offset_is_told_of_before_id(sandbox: Sandbox) -> None:
    answer = sandbox.get("/prompts?offset=10001")

    assert answer.status_code == 400
    assert "before_id" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/prompts/{}", FLUX + "/{}"])
def test_a_deleted_prompt_is_gone_with_its_pictures(sandbox: Sandbox, busy_tune: Any, path: str) -> None:
    text = f"<lora:{busy_tune['id']}:1> ohwx"
    made = sandbox.post(FLUX, json={"prompt": {"text": text, "num_images": 1}}).json()
    picture = eventually(lambda: _done(sandbox, made["id"]))["images"][0]

    answer = sandbox.delete(path.format(made["id"]))

    assert answer.json() == {"message": "Prompt successfully deleted"}
    assert sandbox.get(f"/prompts/{made['id']}").status_code == 404
    assert sandbox.get(picture).status_code == 404


def _done(sandbox: Sandbox, prompt_id: int) -> Any:
    prompt = sandbox.get(f"/prompts/{prompt_id}").json()
    return prompt if prompt["images"] else None


def _templates(sandbox: Sandbox) -> set[int]:
    classes = sandbox.get("/p/260").json()["prompts_per_class"].values()
    return {prompt["id"] for prompts in classes for prompt in prompts}
