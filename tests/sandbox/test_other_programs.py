"""The calls of programs that others wrote for Astria, as these programs make them.

sandbox/README.md says which programs these are. Here are the calls that no test of ours had thought of.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.receiver import Receiver
from tests.sandbox.process import PHOTOS, Sandbox, eventually, uploads

PHOTO = (PHOTOS / "person-1.jpg").read_bytes()
GEMINI, FLUX = 3618064, 1504944
PUBLIC = "https://studio.example.com"


def path_of(hook: str) -> str:
    return f"/astria/{hook}?user_id=u1&model_id=1&webhook_secret=s3"


def cover(sandbox: Sandbox) -> str:
    url = str(sandbox.get("/gallery/packs").json()[0]["cover_url"])
    # Asked for once, so that it is drawn: who fetches it for a tune waits only so long.
    assert sandbox.get(url).status_code == 200
    return url


def test_a_form_with_empty_fields_takes_their_defaults(sandbox: Sandbox) -> None:
    data = {"tune[title]": "empty fields", "tune[branch]": "", "tune[name]": "man"}
    tune = sandbox.post("/tunes", data=data, files=uploads(["person-1.jpg"])).json()
    fields = {"prompt[text]": "sks man", "prompt[steps]": 50, "prompt[seed]": 7, "prompt[callback]": ""}

    prompt = sandbox.post(f"/tunes/{tune['id']}/prompts", data=fields).json()

    assert tune["branch"] == "sd15"
    assert (prompt["seed"], prompt["steps"], prompt["callback"]) == (7, 50, None)
    assert tune["id"] in [listed["id"] for listed in sandbox.get("/tunes/").json()]


def test_what_is_missing_says_so_under_error(sandbox: Sandbox) -> None:
    assert "error" in sandbox.get("/tunes/999/prompts", params={"offset": "0"}).json()


def test_a_tune_trains_on_the_command_line_programs_own_default(sandbox: Sandbox) -> None:
    data = {
        "tune[title]": "reference",
        "tune[name]": "woman",
        "tune[model_type]": "faceid",
        "tune[base_tune_id]": str(GEMINI),
        "tune[characteristics]": json.dumps({"short_description": "a friend"}),
    }

    answer = sandbox.post("/tunes", data=data, files=uploads(["person-1.jpg"]))

    assert (answer.status_code, answer.json()["branch"]) == (201, "gemini-2")


def test_a_model_that_the_program_is_offered_can_be_used(sandbox: Sandbox) -> None:
    offered = sandbox.get("/cli/models", headers={"Authorization": ""}).json()
    chosen = offered["models"][offered["default"]]["tune_id"]

    answer = sandbox.post(f"/tunes/{chosen}/prompts", data={"prompt[text]": "white studio"})

    assert answer.status_code == 201


def test_a_video_is_asked_for_without_a_text(sandbox: Sandbox) -> None:
    fields = {"video_model": "seedance2", "video_prompt": "a woman walks", "video_duration": "5"}

    answer = sandbox.post(
        f"/tunes/{FLUX}/prompts", data={f"prompt[{name}]": value for name, value in fields.items()}
    )

    assert answer.status_code == 201, answer.text


def test_a_call_scoped_to_a_workspace_is_answered(sandbox: Sandbox) -> None:
    assert sandbox.get("/users", headers={"X-Workspace-Id": "all"}).json()["email"]


@pytest.mark.parametrize("packs", [False, True])
def test_callbacks_reach_a_program_that_knows_only_its_public_address(
    sandbox: Sandbox, receiver: Receiver, packs: bool
) -> None:
    tune: dict[str, Any] = {"title": "my model", "name": "woman", "image_urls": [cover(sandbox)] * 4}
    tune |= {"callback": f"{PUBLIC}{path_of('train-webhook')}", "characteristics": {"eye_color": "blue eyes"}}
    prompt = {"callback": f"{PUBLIC}{path_of('prompt-webhook')}"}
    mock = {"base_tune_id": 690204, "branch": "fast", "token": "ohwx"}
    wanted = (
        {"prompt_attributes": prompt}
        if packs
        else mock | {"prompts_attributes": [prompt | {"text": "portrait of ohwx woman", "num_images": 8}]}
    )

    with sandbox.changed(reroutes={"studio.example.com": receiver.url}):
        path = "/p/corporate-headshots/tunes" if packs else "/tunes"
        answer = sandbox.post(path, json={"tune": tune | wanted})
        assert answer.status_code == 201, answer.text
        eventually(lambda: len(receiver.arrived) == (9 if packs else 2))

    pictures = [body["prompt"]["images"] for body in receiver.bodies(path_of("prompt-webhook"))]
    trained = receiver.bodies(path_of("train-webhook"))
    assert {len(images) for images in pictures} == {2 if packs else 8}
    assert [body["tune"]["id"] for body in trained] == [answer.json()["id"]]


def test_a_photo_without_a_type_is_inspected(sandbox: Sandbox) -> None:
    answer = sandbox.post("/images/inspect", files={"file": ("me.jpg", PHOTO)}, data={"name": "woman"})

    assert (answer.status_code, answer.json()["name"]) == (200, "woman")
