"""Tunes: create, show, list, delete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import Sandbox, eventually, uploads

WIDE = {
    "id", "title", "name", "is_api", "token", "base_tune_id", "args", "steps", "face_crop", "callback",
    "ckpt_url", "ckpt_urls", "eta", "trained_at", "started_training_at", "expires_at", "created_at",
    "branch", "model_type", "updated_at", "url", "orig_images",
}  # fmt: skip


@pytest.fixture(scope="module")
def many(sandbox: Sandbox, tune: Any) -> list[int]:
    """Twenty-two tunes of one class name, oldest first."""
    body = {"name": "paged", "title": "page", "branch": "fast", "image_urls": tune["orig_images"][:1]}
    answers = [sandbox.post("/tunes", json={"tune": body}).json() for _ in range(22)]
    return [answer["id"] for answer in answers]


def test_a_tune_shows_the_wide_form(sandbox: Sandbox, tune: Any) -> None:
    assert set(tune) >= WIDE
    assert tune["url"] == f"{sandbox.url}/tunes/{tune['id']}.json"


def test_the_documented_form_makes_a_tune_with_prompts(sandbox: Sandbox) -> None:
    fields = {
        "tune[title]": "John Doe - UUID - 1234-6789-1234-56789",
        "tune[name]": "man",
        "tune[branch]": "fast",
        "tune[base_tune_id]": "690204",
        "tune[token]": "ohwx",
        "tune[prompts_attributes][0][text]": "ohwx man on cover of time magazine",
        "tune[prompts_attributes][0][callback]": "http://127.0.0.1:1/webhooks?user_id=1&prompt_id=1",
    }

    answer = sandbox.post("/tunes", data=fields, files=uploads(["person-1.jpg"]))

    assert answer.status_code == 201
    assert answer.json()["prompts"][0]["text"] == "ohwx man on cover of time magazine"
    assert (answer.json()["token"], answer.json()["branch"]) == ("ohwx", "fast")


def test_prompts_of_a_new_lora_refer_to_it(sandbox: Sandbox, tune: Any) -> None:
    body = {"title": "lora", "name": "woman", "base_tune_id": 1504944, "model_type": "lora"}
    body |= {"image_urls": tune["orig_images"], "prompts_attributes": [{"text": "ohwx", "lora_scale": 0.8}]}

    answer = sandbox.post("/tunes", json={"tune": body}).json()

    assert answer["prompts"][0]["text"] == f"<lora:{answer['id']}:0.8> ohwx"
    assert answer["prompts"][0]["tune_id"] == 1504944


def test_a_strength_beyond_all_numbers_is_refused(sandbox: Sandbox, tune: Any) -> None:
    body = {"title": "lora", "name": "woman", "base_tune_id": 1504944, "model_type": "lora"}
    body |= {"image_urls": tune["orig_images"], "prompts_attributes": [{"text": "x", "lora_scale": 10**400}]}

    answer = sandbox.post("/tunes", json={"tune": body})

    assert answer.status_code == 422
    assert list(answer.json()) == ["prompts.lora_scale"]


def test_a_base_that_does_not_exist_is_refused(sandbox: Sandbox, tune: Any) -> None:
    body = {"title": "x", "name": "man", "base_tune_id": 5, "image_urls": tune["orig_images"]}

    answer = sandbox.post("/tunes", json={"tune": body})

    assert answer.status_code == 422
    assert answer.json() == {"base_tune": ["must exist"]}


def test_gallery_tunes_can_be_seen_but_not_deleted(sandbox: Sandbox) -> None:
    assert sandbox.get("/tunes/1504944").json()["title"] == "Flux1.dev"
    assert sandbox.delete("/tunes/1504944").status_code == 404


def test_a_page_holds_twenty_newest_first(sandbox: Sandbox, many: list[int]) -> None:
    page = sandbox.get("/tunes?name=paged").json()

    assert [tune["id"] for tune in page] == many[:1:-1]


def test_before_id_and_offset_reach_what_is_older(sandbox: Sandbox, many: list[int]) -> None:
    before = sandbox.get(f"/tunes?name=paged&before_id={many[2]}").json()
    offset = sandbox.get("/tunes?name=paged&offset=20").json()

    assert [tune["id"] for tune in before] == [many[1], many[0]]
    assert [tune["id"] for tune in offset] == [many[1], many[0]]


def test_limit_is_at_most_120(sandbox: Sandbox, many: list[int]) -> None:
    assert len(sandbox.get("/tunes?name=paged&limit=22").json()) == 22
    assert len(sandbox.get("/tunes?name=paged&limit=3").json()) == 3
    assert len(sandbox.get("/tunes?limit=1000").json()) <= 120


def test_a_deep_offset_is_told_of_before_id(sandbox: Sandbox) -> None:
    answer = sandbox.get("/tunes?offset=201")

    assert answer.status_code == 400
    assert "before_id" in answer.json()["error"]
    assert sandbox.get("/tunes?offset=200").status_code == 200


@pytest.mark.parametrize("part", ["5a1c-unique", "5a1c", "C-UNI"])
def test_a_part_of_the_title_finds_its_tunes(sandbox: Sandbox, part: str) -> None:
    made = sandbox.order(title=f"5a1c-unique {part}")

    found = sandbox.get("/tunes", params={"title": part}).json()

    assert made["id"] in [tune["id"] for tune in found]
    assert all(part.lower() in tune["title"].lower() for tune in found)


def test_several_names_narrow_the_list(sandbox: Sandbox) -> None:
    man, woman = (sandbox.order(name=name)["id"] for name in ("man", "woman"))

    both = sandbox.get("/tunes?name[]=man&name[]=woman").json()
    men = sandbox.get("/tunes?name=man").json()

    assert {man, woman} <= {tune["id"] for tune in both}
    assert man in {tune["id"] for tune in men}
    assert {tune["name"] for tune in men} == {"man"}


def test_a_title_too_long_to_look_for_finds_nothing(sandbox: Sandbox) -> None:
    assert sandbox.get("/tunes", params={"title": "x" * 60_000}).json() == []


def test_deleting_a_lora_leaves_its_prompts(sandbox: Sandbox) -> None:
    tune = sandbox.trained()
    prompt = sandbox.prompts(tune["id"])[0]

    answer = sandbox.delete(f"/tunes/{tune['id']}")

    assert answer.status_code == 200
    assert sandbox.get(f"/tunes/{tune['id']}").status_code == 404
    assert sandbox.get(f"/prompts/{prompt['id']}").status_code == 200
    assert sandbox.get(prompt["images"][0]).status_code == 200


def test_deleting_a_checkpoint_takes_its_prompts_along(sandbox: Sandbox) -> None:
    tune = sandbox.trained(pack="founder-casual")
    prompt = sandbox.prompts(tune["id"])[0]

    sandbox.delete(f"/tunes/{tune['id']}")

    assert sandbox.get(f"/prompts/{prompt['id']}").status_code == 404
    assert sandbox.get(prompt["images"][0]).status_code == 404
    assert sandbox.get(tune["orig_images"][0]).status_code == 404


def test_deleting_a_tune_in_training_ends_its_prompts(sandbox: Sandbox) -> None:
    with sandbox.changed(speed=0.01):
        tune = sandbox.order()
        prompt = sandbox.prompts(tune["id"])[0]
        sandbox.delete(f"/tunes/{tune['id']}")

    found = eventually(lambda: sandbox.get(f"/prompts/{prompt['id']}").json())
    assert found["user_error"] == "The tune was deleted"


def test_idempotency_gives_the_same_tune_for_the_same_title(sandbox: Sandbox) -> None:
    with sandbox.changed(idempotent=True):
        first = sandbox.order(title="only one")
        second = sandbox.order(title="only one")

    assert first["id"] == second["id"]
