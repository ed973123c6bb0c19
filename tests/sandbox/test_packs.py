"""Packs: what lists and details show."""

from __future__ import annotations

import io

import pytest
import requests
from PIL import Image

from tests.sandbox.process import Sandbox

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


def test_samples_are_small_pictures_for_everybody(sandbox: Sandbox) -> None:
    pack = sandbox.get("/p/black-and-white").json()

    answer = requests.get(pack["prompts_per_class"]["man"][0]["images"][0], timeout=30)

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (416, 544)


def test_every_pack_has_a_cover(sandbox: Sandbox) -> None:
    packs = sandbox.get("/gallery/packs").json()
    covers = {pack["cover_url"] for pack in packs}

    answer = requests.get(packs[0]["cover_url"], timeout=30)

    assert len(covers) == len(packs)
    assert Image.open(io.BytesIO(answer.content)).size == (832, 1088)
