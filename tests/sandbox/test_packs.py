"""Packs: what lists and details show."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import requests
from PIL import Image

from tests.sandbox.process import Sandbox, running

LIST_KEYS = {
    "id", "base_tune_id", "user_id", "slug", "title", "token", "created_at", "updated_at", "multiplier",
    "model_type", "public_at", "cost_mc_hash",
}  # fmt: skip
SLUGS = {
    "corporate-headshots", "outdoor-portraits", "black-and-white", "creative-studio", "editorial-magazine",
    "founder-casual",
}  # fmt: skip


def test_packs_have_the_documented_keys(sandbox: Sandbox) -> None:
    packs = {pack["slug"]: pack for pack in sandbox.get("/packs").json()}

    # Other tests make packs of their own, whose classes depend on their prompts.
    assert set(packs) >= SLUGS
    assert all(set(pack) >= LIST_KEYS for pack in packs.values())
    assert all(set(packs[slug]["cost_mc_hash"]) == {"man", "woman"} for slug in SLUGS)


def test_gallery_packs_need_no_key(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/gallery/packs", timeout=10)

    assert answer.status_code == 200
    assert {pack["slug"] for pack in answer.json()} >= SLUGS


def test_one_pack_is_a_checkpoint(sandbox: Sandbox) -> None:
    packs = {pack["slug"]: pack["model_type"] for pack in sandbox.get("/packs").json()}

    assert packs["founder-casual"] is None
    assert packs["corporate-headshots"] == "lora"


@pytest.mark.parametrize("name", ["260", "corporate-headshots"])
def test_a_pack_is_found_by_id_and_by_slug(sandbox: Sandbox, name: str) -> None:
    assert sandbox.get(f"/p/{name}").json()["id"] == 260


def test_an_unknown_pack_is_404(sandbox: Sandbox) -> None:
    assert sandbox.get("/p/nothing").status_code == 404


def test_detail_says_what_a_class_costs_and_holds(sandbox: Sandbox) -> None:
    pack = sandbox.get("/p/260").json()

    assert pack["costs"]["woman"] == {"cost": 360, "num_images": 16}
    assert len(pack["prompts_per_class"]["man"]) == 8
    assert all(len(prompt["images"]) == 2 for prompt in pack["prompts_per_class"]["man"])


def size_of(url: str) -> tuple[int, int]:
    """Return width and height of a picture that everybody may have."""
    answer = requests.get(url, timeout=30)
    assert answer.headers["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.content)).size


@pytest.mark.processes
@pytest.mark.parametrize(
    ("pictures", "sample", "cover"),
    [("full", (416, 544), (832, 1088)), ("small", (208, 272), (208, 272))],
)
def test_samples_are_smaller_than_covers_unless_all_is_small(
    tmp_path: Path, pictures: str, sample: tuple[int, int], cover: tuple[int, int]
) -> None:
    with running(tmp_path, "--pictures", pictures) as other:
        pack = other.get("/p/black-and-white").json()

        assert size_of(pack["prompts_per_class"]["man"][0]["images"][0]) == sample
        assert size_of(pack["cover_url"]) == cover


def test_every_pack_has_a_cover(sandbox: Sandbox) -> None:
    packs = sandbox.get("/gallery/packs").json()

    assert len({pack["cover_url"] for pack in packs}) == len(packs)
