"""Every documented parameter of a prompt and a tune: cast, kept, shown again; or refused in Rails' words."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sandbox.process import PHOTOS, Sandbox, uploads

SD15 = "/tunes/690204/prompts"
PHOTO = (PHOTOS / "person-1.jpg").read_bytes()
GIVEN = {
    "negative_prompt": "old", "num_images": 2, "seed": 4294967296, "steps": 50, "w": 512, "h": 768,
    "super_resolution": True, "inpaint_faces": True, "hires_fix": False, "face_correct": True,
    "face_swap": False, "use_lpw": True, "film_grain": True, "controlnet_txt2img": True,
    "scheduler": "dpm++2m_karras", "style": "Cinematic", "color_grading": "Ektar", "ar": "portrait",
    "backend_version": "1", "denoising_strength": 0.25, "controlnet_conditioning_scale": 1.0,
    "aspect_ratio": "9:16", "resolution": "2K", "prompt_expansion": True, "theme": "winter",
    "base_pack_id": 260, "workspace_id": 7, "community": False, "video_model": "kling25",
    "video_prompt": "he turns", "video_duration": 5, "video_audio": True, "video_upscale_model": "seedvr2",
    "video_upscale_target_resolution": "1080p", "video_fps_model": "video_fps_increaser",
}  # fmt: skip


def test_whatever_is_given_is_shown_again(sandbox: Sandbox) -> None:
    made = sandbox.post(SD15, json={"prompt": GIVEN | {"text": "ohwx", "cfg_scale": 7}}).json()
    shown = sandbox.get(f"/prompts/{made['id']}").json()

    assert {name: shown[name] for name in GIVEN} == GIVEN
    assert shown["cfg_scale"] == "7.0"
    assert list(shown)[:21][-1] == "images"


def test_a_form_is_cast_as_rails_casts(sandbox: Sandbox) -> None:
    fields = {"text": "ohwx", "steps": "30", "face_swap": "False", "film_grain": "false", "w": "512"}

    made = sandbox.post(SD15, data={f"prompt[{name}]": value for name, value in fields.items()}).json()

    assert (made["steps"], made["w"], made["face_swap"], made["film_grain"]) == (30, 512, True, False)


def test_unknown_parameters_are_dropped(sandbox: Sandbox) -> None:
    given = {"text": "ohwx", "preet": "x", "lora_scale": 0.5, "id": 5, "user_error": "x", "images": ["x"]}

    made = sandbox.post(SD15, json={"prompt": given})

    assert made.status_code == 201
    assert "preet" not in made.json() and "lora_scale" not in made.json()
    assert made.json()["id"] != 5


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"num_images": 9}, "num_images", "must be less than or equal to 8"),
        ({"num_images": 0}, "num_images", "must be greater than or equal to 1"),
        ({"num_images": 1.5}, "num_images", "must be an integer"),
        ({"seed": 2**32 + 1}, "seed", "must be less than or equal to 4294967296"),
        ({"steps": 51}, "steps", "must be less than or equal to 50"),
        ({"cfg_scale": 15.1}, "cfg_scale", "must be less than or equal to 15"),
        ({"cfg_scale": "much"}, "cfg_scale", "is not a number"),
        ({"w": 513}, "w", "must be a multiple of 8"),
        ({"h": 10**400}, "h", "must be less than or equal to 2147483647"),
        ({"denoising_strength": -0.1}, "denoising_strength", "must be greater than or equal to 0"),
        ({"scheduler": "fast"}, "scheduler", "is not included in the list"),
        ({"style": "Baroque"}, "style", "is not included in the list"),
        ({"aspect_ratio": "1:9"}, "aspect_ratio", "is not included in the list"),
        ({"inpaint_faces": True}, "inpaint_faces", "requires super_resolution"),
        ({"hires_fix": "1", "super_resolution": "0"}, "hires_fix", "requires super_resolution"),
        ({"controlnet": "pose"}, "controlnet", "requires input_image"),
        ({"input_image": "text"}, "input_image", "is not a file"),
        ({"input_image_base64": "bm90IGEgcGljdHVyZQ=="}, "input_image_base64", "is not an image"),
        ({"text": " "}, "text", "can't be blank"),
    ],
)
def test_what_breaks_a_rule_is_refused(
    sandbox: Sandbox, given: dict[str, Any], field: str, message: str
) -> None:
    answer = sandbox.post(SD15, json={"prompt": {"text": "ohwx"} | given})

    assert answer.status_code == 422
    assert answer.json() == {field: [message]}


def test_a_lenient_sandbox_moves_numbers_into_their_range(sandbox: Sandbox) -> None:
    given = {"text": "ohwx", "num_images": 123, "w": 513, "cfg_scale": -1}
    with sandbox.changed(lenient=True):
        made = sandbox.post(SD15, json={"prompt": given}).json()

    assert (made["num_images"], made["w"], made["cfg_scale"]) == (8, 512, "0.0")


def test_a_file_is_shown_as_a_url_of_the_same_bytes(sandbox: Sandbox) -> None:
    files = [("prompt[input_image]", ("a.jpg", PHOTO)), ("prompt[mask_image]", ("b.jpg", PHOTO))]

    made = sandbox.post(SD15, data={"prompt[text]": "ohwx", "prompt[controlnet]": "pose"}, files=files).json()

    assert sandbox.get(made["input_image"]).content == PHOTO
    assert sandbox.get(made["mask_image"]).content == PHOTO
    assert made["controlnet"] == "pose"


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,"])
def test_a_picture_can_come_as_base64(sandbox: Sandbox, prefix: str) -> None:
    encoded = prefix + base64.b64encode(PHOTO).decode()

    made = sandbox.post(SD15, json={"prompt": {"text": "ohwx", "input_image_base64": encoded}}).json()

    assert sandbox.get(made["input_image"]).content == PHOTO


def test_a_picture_can_come_from_a_url(sandbox: Sandbox, tune: Any) -> None:
    given = {
        "text": "ohwx",
        "input_image_url": tune["orig_images"][0],
        "mask_image_url": tune["orig_images"][1],
    }

    made = sandbox.post(SD15, json={"prompt": given}).json()

    assert sandbox.get(made["input_image"]).content == PHOTO
    assert sandbox.get(made["mask_image"]).content != PHOTO


def test_a_url_without_a_picture_is_refused(sandbox: Sandbox) -> None:
    given = {"text": "ohwx", "input_image_url": f"{sandbox.url}/tunes"}

    answer = sandbox.post(SD15, json={"prompt": given})

    assert answer.status_code == 422
    assert "could not download" in answer.json()["input_image_url"][0]


def test_a_mask_needs_an_input_image(sandbox: Sandbox) -> None:
    files = [("prompt[mask_image]", ("mask.jpg", PHOTO))]

    answer = sandbox.post(SD15, data={"prompt[text]": "ohwx"}, files=files)

    assert answer.json() == {"mask_image": ["requires input_image"]}


def test_image_references_keep_their_order(sandbox: Sandbox) -> None:
    names = ["person-2.jpg", "person-1.jpg"]
    files = [("prompt[image_references][]", (name, (PHOTOS / name).read_bytes())) for name in names]

    made = sandbox.post(SD15, data={"prompt[text]": "ohwx"}, files=files).json()

    contents = [sandbox.get(url).content for url in made["image_references"]]
    assert contents == [(PHOTOS / name).read_bytes() for name in names]


def test_a_first_frame_stands_in_for_the_text(sandbox: Sandbox) -> None:
    files = [("prompt[video_first_frame]", ("a.jpg", PHOTO))]

    made = sandbox.post(SD15, data={"prompt[video_model]": "kling25"}, files=files)

    assert made.status_code == 201
    assert made.json()["text"] == ""


def test_a_deleted_prompt_takes_its_files_along(sandbox: Sandbox) -> None:
    files = [("prompt[input_image]", ("a.jpg", PHOTO))]
    made = sandbox.post(SD15, data={"prompt[text]": "ohwx"}, files=files).json()

    sandbox.delete(f"/prompts/{made['id']}")

    assert sandbox.get(made["input_image"]).status_code == 404


def test_a_tune_shows_all_it_was_given(sandbox: Sandbox) -> None:
    given = {
        "title": "all", "name": "man", "base_tune_id": "1504944", "model_type": "lora", "steps": "300",
        "face_crop": "true", "training_face_correct": "true", "auto_extend": "true", "token": "zwx",
        "preset": "flux-lora-portrait", "characteristics": '{"eye_color": "blue eyes", "blurry": false}',
        "callback": "http://127.0.0.1:1/",
    }  # fmt: skip

    fields = {f"tune[{name}]": value for name, value in given.items()}
    shown = sandbox.post("/tunes", data=fields, files=uploads(["person-1.jpg"])).json()

    assert (shown["steps"], shown["face_crop"], shown["training_face_correct"]) == (300, True, True)
    assert (shown["auto_extend"], shown["token"], shown["branch"]) == (True, "zwx", "flux1")
    assert (shown["preset"], shown["args"]) == ("flux-lora-portrait", "preset=flux-lora-portrait")
    assert shown["characteristics"] == {"eye_color": "blue eyes", "blurry": "false"}


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"preset": "x"}, "preset", "is not included in the list"),
        ({"branch": "sd9"}, "branch", "is not included in the list"),
        ({"model_type": "dora"}, "model_type", "is not included in the list"),
        ({"steps": -1}, "steps", "must be greater than or equal to 0"),
        ({"name": "it's"}, "name", "only English letters, numbers and spaces allowed"),
        ({"prompts_attributes": [{"seed": 1}]}, "prompts.text", "can't be blank"),
        (
            {"prompts_attributes": [{"text": "x", "steps": 99}]},
            "prompts.steps",
            "must be less than or equal to 50",
        ),
    ],
)
def test_a_tune_that_breaks_a_rule_is_refused(
    sandbox: Sandbox, tune: Any, given: dict[str, Any], field: str, message: str
) -> None:
    body = {"title": "x", "name": "man", "image_urls": tune["orig_images"][:1]} | given

    answer = sandbox.post("/tunes", json={"tune": body})

    assert answer.status_code == 422
    assert answer.json() == {field: [message]}


def test_nested_prompts_are_read_from_racks_form(sandbox: Sandbox) -> None:
    fields = [
        ("tune[title]", "rack"), ("tune[name]", "man"), ("tune[branch]", "fast"),
        ("tune[prompts_attributes][][text]", "one"), ("tune[prompts_attributes][][seed]", "1"),
        ("tune[prompts_attributes][][text]", "two"), ("tune[prompts_attributes][][controlnet]", "pose"),
    ]  # fmt: skip
    files = [*uploads(["person-1.jpg"]), ("tune[prompts_attributes][][input_image]", ("pose.jpg", PHOTO))]

    answer = sandbox.post("/tunes", data=fields, files=files)

    first, second = answer.json()["prompts"]
    assert (first["text"], first["seed"], second["text"]) == ("one", 1, "two")
    assert sandbox.get(second["input_image"]).content == PHOTO
