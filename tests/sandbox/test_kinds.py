"""What differs between Flux, SDXL, SD1.5, FaceID and the mock branch."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.receiver import Receiver
from tests.sandbox.process import Sandbox, eventually

FLUX, SDXL, SD15 = "/tunes/1504944/prompts", "/tunes/666678/prompts", "/tunes/690204/prompts"


def make(sandbox: Sandbox, tune: Any, **given: Any) -> Any:
    body = {"title": "kind", "name": "woman", "image_urls": tune["orig_images"][:1]} | given
    answer = sandbox.post("/tunes", json={"tune": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, ("sd15", None, "sks")),
        ({"branch": "sdxl1"}, ("sdxl1", "pti", "ohwx")),
        ({"base_tune_id": 666678, "model_type": "lora"}, ("sdxl1", "pti", "ohwx")),
        ({"base_tune_id": 1504944, "model_type": "lora"}, ("flux1", "lora", "ohwx")),
        ({"branch": "fast", "base_tune_id": 690204, "model_type": "null"}, ("fast", None, "sks")),
        ({"base_tune_id": 690204, "model_type": "faceid", "token": "x"}, ("sd15", "faceid", None)),
        ({"branch": "sdxl1", "token": "zwx"}, ("sdxl1", "pti", "zwx")),
    ],
)
def test_branch_and_token_follow_from_what_is_given(
    sandbox: Sandbox, tune: Any, given: dict[str, Any], shown: tuple[str | None, ...]
) -> None:
    made = make(sandbox, tune, **given)

    assert (made["branch"], made["model_type"], made["token"]) == shown


def test_a_faceid_is_ready_in_the_answer_and_still_calls_back(
    sandbox: Sandbox, tune: Any, receiver: Receiver
) -> None:
    made = make(sandbox, tune, base_tune_id=690204, model_type="faceid", callback=receiver.url)

    assert made["trained_at"] == made["started_training_at"] is not None
    assert eventually(lambda: receiver.arrived)[0].body["tune"]["id"] == made["id"]


def test_a_mock_trains_while_others_have_hardly_begun(sandbox: Sandbox, tune: Any) -> None:
    with sandbox.changed(speed=1):
        slow = make(sandbox, tune)
        mock = make(sandbox, tune, branch="fast")

    assert mock["eta"] < slow["eta"]


def test_prompts_cannot_be_made_on_what_is_no_checkpoint(sandbox: Sandbox, tune: Any) -> None:
    made = make(sandbox, tune, branch="sdxl1")

    answer = sandbox.post(f"/tunes/{made['id']}/prompts", json={"prompt": {"text": "ohwx"}})

    assert answer.status_code == 422
    assert answer.json() == {"base": ["model_type=pti is not supported. Use a checkpoint instead"]}


def test_prompts_of_sdxl_run_on_its_base_and_are_listed_under_the_tune(sandbox: Sandbox, tune: Any) -> None:
    made = make(sandbox, tune, branch="sdxl1")
    text = f"<lora:{made['id']}:0.8> ohwx woman"

    prompt = sandbox.post(SDXL, json={"prompt": {"text": text, "negative_prompt": "old"}}).json()

    assert prompt["tune_id"] == 666678
    assert [item["id"] for item in sandbox.prompts(made["id"])] == [prompt["id"]]


def test_sdxl_takes_one_lora_only_flux_several(sandbox: Sandbox, tune: Any) -> None:
    text = "<lora:{0}:1> <lora:{1}:0.5> ohwx"
    flux = [make(sandbox, tune, base_tune_id=1504944, model_type="lora")["id"] for _ in range(2)]

    sdxl = sandbox.post(SDXL, json={"prompt": {"text": text.format(*flux)}})

    assert sdxl.json() == {"text": ["cannot combine multiple LoRAs with SDXL"]}
    assert sandbox.post(FLUX, json={"prompt": {"text": text.format(*flux)}}).status_code == 201


@pytest.mark.parametrize(
    "written",
    ["<lora:tune_id:strength>", "<lora:1>", "<faceid:me:1>", "<lora:1:x>", "<lora::1>", "<lora:999999999:1>"],
)
@pytest.mark.parametrize("path", [FLUX, SDXL])
def test_references_to_nothing_are_refused(sandbox: Sandbox, path: str, written: str) -> None:
    answer = sandbox.post(path, json={"prompt": {"text": f"{written} a painting"}})

    assert answer.status_code == 422
    assert list(answer.json()) == ["text"]


def test_loras_of_the_gallery_go_by_name(sandbox: Sandbox) -> None:
    made = sandbox.post(FLUX, json={"prompt": {"text": "<lora:CharFlux:0.85> ohwx"}})

    assert made.status_code == 201


def test_flux_has_limits(sandbox: Sandbox) -> None:
    given = {"text": "ohwx", "cfg_scale": 5, "negative_prompt": "old"}

    answer = sandbox.post(FLUX, json={"prompt": given})

    assert answer.json() == {
        "negative_prompt": ["is not supported on Flux"],
        "cfg_scale": ["must be less than 5"],
    }
    assert sandbox.post(SD15, json={"prompt": given}).status_code == 201


def test_flux_has_limits_for_nested_and_pack_prompts_too(sandbox: Sandbox, tune: Any) -> None:
    nested = {"text": "ohwx", "cfg_scale": 9}
    body = {"title": "x", "name": "man", "base_tune_id": 1504944, "model_type": "lora"}
    body |= {"image_urls": tune["orig_images"][:1]}

    answer = sandbox.post("/tunes", json={"tune": body | {"prompts_attributes": [nested]}})
    packed = sandbox.post("/p/260/tunes", json={"tune": body | {"prompt_attributes": nested}})

    assert answer.json() == {"prompts.cfg_scale": ["must be less than 5"]}
    assert packed.json() == {"cfg_scale": ["must be less than 5"]}


def test_the_gallery_of_tunes_needs_no_key(sandbox: Sandbox) -> None:
    flux = sandbox.get("/gallery/tunes?branch=flux1", headers={"Authorization": ""})

    assert [tune["id"] for tune in flux.json()] == [1504944]
    assert len(sandbox.get("/gallery/tunes?limit=1&offset=1").json()) == 1
    assert sandbox.get("/gallery/tunes?model_type=faceid").json() == []


def test_the_models_of_the_command_line_need_no_key(sandbox: Sandbox) -> None:
    answer = sandbox.get("/cli/models", headers={"Authorization": ""}).json()

    assert answer["models"][answer["default"]]["tune_id"] == 1504944


def test_a_workspace_makes_no_difference(sandbox: Sandbox, tune: Any) -> None:
    shown = sandbox.get(f"/tunes/{tune['id']}", headers={"X-Workspace-Id": "all"})

    assert shown.json() == tune
