"""The account setting of that name: what is the same is made once. Source: docs/api/0-overview"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.astria.docs.extraction import DOCUMENTATION
from tests.sandbox.process import Sandbox, uploads

# Every attribute that the documentation lists, with another value than the one in WISH.
OTHERS: dict[str, Any] = {
    "text": "ohwx twice", "tune_id": 666678, "cfg_scale": 4.5, "steps": 31, "seed": 2, "num_images": 2,
    "callback": "http://127.0.0.1:1/other", "negative_prompt": "old", "super_resolution": False,
    "face_correct": True, "ar": "portrait", "controlnet": "pose", "denoising_strength": 0.6, "use_lpw": True,
    "controlnet_conditioning_scale": 0.6, "w": 520, "h": 520, "hires_fix": True, "scheduler": "euler",
    "controlnet_txt2img": True, "inpaint_faces": True,
}  # fmt: skip
WISH: dict[str, Any] = {
    "text": "ohwx once", "tune_id": 690204, "cfg_scale": 4, "steps": 30, "seed": 1, "num_images": 1,
    "callback": "http://127.0.0.1:1/", "super_resolution": True, "controlnet": "canny", "w": 512, "h": 512,
    "denoising_strength": 0.5, "controlnet_conditioning_scale": 0.5, "scheduler": "lcm",
}  # fmt: skip
# What is not in the list makes no difference.
REST: dict[str, Any] = {
    "style": "Cinematic", "face_swap": True, "color_grading": "Ektar", "film_grain": True, "theme": "autumn",
    "aspect_ratio": "3:4", "resolution": "2K",
}  # fmt: skip


@pytest.fixture
def idempotent(sandbox: Sandbox) -> Iterator[Sandbox]:
    with sandbox.changed(idempotent=True, callbacks="none"):
        yield sandbox


@pytest.fixture(scope="module")
def picture(sandbox: Sandbox) -> str:
    pack = sandbox.get("/p/260").json()
    return str(pack["prompts_per_class"]["man"][0]["images"][0])


def prompt_id(sandbox: Sandbox, picture: str, **other: Any) -> Any:
    wish = {**WISH, "input_image_url": picture, **other}
    if not wish["super_resolution"]:
        wish |= {"hires_fix": False, "inpaint_faces": False}
    answer = sandbox.post("/prompts", json={"prompt": wish})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_the_attributes_are_those_of_the_documentation() -> None:
    found = re.search(r"considered for the idempotency are `([^`]+)`", DOCUMENTATION.read_text())

    assert found and set(found[1].split(", ")) == set(OTHERS)


def test_the_same_attributes_are_the_same_prompt(idempotent: Sandbox, picture: str) -> None:
    assert prompt_id(idempotent, picture) == prompt_id(idempotent, picture)


@pytest.mark.parametrize("name", OTHERS)
def test_another_value_of_one_of_them_is_another_prompt(idempotent: Sandbox, picture: str, name: str) -> None:
    known = prompt_id(idempotent, picture)

    assert prompt_id(idempotent, picture, **{name: OTHERS[name]}) != known


@pytest.mark.parametrize("name", [*REST, "mask_image_url", "input_image_url"])
def test_anything_else_makes_no_difference(idempotent: Sandbox, picture: str, name: str) -> None:
    known = prompt_id(idempotent, picture)

    assert prompt_id(idempotent, picture, **{name: REST.get(name, picture + "?again")}) == known


def test_a_duplicate_is_another_prompt_all_the_same(idempotent: Sandbox, picture: str) -> None:
    known = prompt_id(idempotent, picture)

    assert idempotent.post(f"/prompts/{known}/duplicate").json()["id"] != known


def test_the_same_title_is_the_same_tune_with_its_prompts(idempotent: Sandbox) -> None:
    data = {"tune[title]": "idem", "tune[name]": "man", "tune[prompts_attributes][0][text]": "ohwx man"}

    first, second = (
        idempotent.post("/tunes", data=data, files=uploads(["person-1.jpg"])).json() for _ in range(2)
    )

    assert (first["id"], first["prompts"][0]["id"]) == (second["id"], second["prompts"][0]["id"])


def test_without_it_everything_is_made_again(sandbox: Sandbox, picture: str) -> None:
    with sandbox.changed(callbacks="none"):
        assert prompt_id(sandbox, picture) != prompt_id(sandbox, picture)
