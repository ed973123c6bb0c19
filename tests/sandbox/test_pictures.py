"""Pictures: public, JPEG, of the people in the photos, and the same for the same seed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from tests.sandbox.process import Sandbox, eventually, running

QUICK = ("--speed", "50", "--pictures", "small")
SEEDED = {"text": "portrait of ohwx, soft grey backdrop", "num_images": 1, "seed": 7}


def test_pictures_are_public_jpegs_named_by_28_characters(sandbox: Sandbox, tune: Any) -> None:
    url = sandbox.prompts(tune["id"])[0]["images"][0]

    answer = requests.get(url, timeout=30)

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert len(url.rpartition("/")[2]) == 28
    assert Image.open(io.BytesIO(answer.content)).format == "JPEG"


def test_a_picture_stays_the_same(sandbox: Sandbox, tune: Any) -> None:
    url = sandbox.prompts(tune["id"])[0]["images"][0]

    assert sandbox.get(url).content == sandbox.get(url).content


def test_pictures_of_one_prompt_differ(sandbox: Sandbox, tune: Any) -> None:
    first, second = sandbox.prompts(tune["id"])[0]["images"]

    assert sandbox.get(first).content != sandbox.get(second).content


@pytest.mark.long
def test_the_same_seeds_draw_the_same_bytes_in_another_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    here = _one(sandbox, SEEDED)
    with running(tmp_path / "same", *QUICK) as same:
        there = _one(same, SEEDED)
    with running(tmp_path / "other", *QUICK, "--seed", "6") as other:
        elsewhere = _one(other, SEEDED)

    assert here == there
    assert here != elsewhere


def test_a_full_picture_is_832_by_1088_unless_asked_otherwise(sandbox: Sandbox) -> None:
    with sandbox.changed(pictures="full"):
        plain = _one(sandbox, {"text": "ohwx in an office", "num_images": 1})
        wide = _one(sandbox, {"text": "ohwx in an office", "num_images": 1, "w": 640, "h": 512})

    assert Image.open(io.BytesIO(plain)).size == (832, 1088)
    assert Image.open(io.BytesIO(wide)).size == (640, 512)


def test_photos_without_a_face_still_make_pictures(sandbox: Sandbox) -> None:
    tune = sandbox.trained(pack="1342", photos=["coffee-no-face.jpg"])

    picture = sandbox.get(sandbox.prompts(tune["id"])[0]["images"][0])

    assert Image.open(io.BytesIO(picture.content)).format == "JPEG"


def _one(sandbox: Sandbox, prompt: Mapping[str, object]) -> bytes:
    made = sandbox.post("/tunes/1504944/prompts", json={"prompt": dict(prompt)}).json()["id"]
    images = eventually(lambda: sandbox.get(f"/prompts/{made}").json()["images"])
    return sandbox.get(images[0]).content
