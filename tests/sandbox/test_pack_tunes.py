"""POST /p/:id/tunes: a tune from a pack, or a pack's prompts on tunes there are."""

from __future__ import annotations

from typing import Any

from sandbox.receiver import Receiver
from tests.sandbox.process import PHOTOS, Sandbox, eventually, uploads

NARROW = {
    "id", "title", "name", "eta", "trained_at", "started_training_at", "expires_at", "created_at",
    "updated_at", "url", "orig_images",
}  # fmt: skip


def test_the_answer_is_the_narrow_form(sandbox: Sandbox) -> None:
    answer = sandbox.order(title="narrow", photos=["person-1.jpg", "person-2.jpg"])

    assert set(answer) == NARROW
    assert answer["trained_at"] is None
    assert answer["eta"] > answer["created_at"]
    assert len(answer["orig_images"]) == 2


def test_prompts_are_listed_before_the_training_ends(sandbox: Sandbox) -> None:
    with sandbox.changed(speed=0.01):
        tune = sandbox.order()
        prompts = sandbox.prompts(tune["id"])
        sandbox.delete(f"/tunes/{tune['id']}")

    assert len(prompts) == 8
    assert not any(prompt["images"] for prompt in prompts)


def test_prompts_of_a_lora_pack_live_under_the_base_tune(sandbox: Sandbox, tune: Any) -> None:
    prompts = sandbox.prompts(tune["id"])
    templates = {prompt["id"] for prompt in sandbox.get("/p/260").json()["prompts_per_class"]["woman"]}

    assert {prompt["tune_id"] for prompt in prompts} == {1504944}
    assert all(prompt["text"].startswith(f"<lora:{tune['id']}:1.0> ") for prompt in prompts)
    assert {prompt["orig_prompt_id"] for prompt in prompts} == templates


def test_prompts_of_a_checkpoint_pack_live_under_the_tune(sandbox: Sandbox) -> None:
    tune = sandbox.trained(pack="founder-casual")

    prompts = sandbox.prompts(tune["id"])

    assert tune["model_type"] is None
    assert {prompt["tune_id"] for prompt in prompts} == {tune["id"]}
    assert not any("<lora" in prompt["text"] for prompt in prompts)


def test_characteristics_stay_unfilled_in_the_stored_text(sandbox: Sandbox) -> None:
    fields = {"tune[title]": "traits", "tune[name]": "woman", "tune[characteristics][eye_color]": "blue eyes"}

    answer = sandbox.post("/p/260/tunes", data=fields, files=uploads(["person-1.jpg"]))

    texts = [prompt["text"] for prompt in sandbox.prompts(answer.json()["id"])]
    assert texts and all("{{name}}" in text for text in texts)


def test_a_tune_is_trained_and_expires_thirty_days_later(tune: Any) -> None:
    assert tune["started_training_at"] < tune["trained_at"]
    assert tune["expires_at"][10:] == tune["trained_at"][10:]
    assert tune["branch"] == "flux1"


def test_a_class_the_pack_lacks_is_refused(sandbox: Sandbox) -> None:
    fields = {"tune[title]": "cat", "tune[name]": "cat"}

    answer = sandbox.post("/p/260/tunes", data=fields, files=uploads(["cat.jpg"]))

    assert answer.status_code == 422
    assert list(answer.json()) == ["name"]


def test_missing_fields_are_named(sandbox: Sandbox) -> None:
    answer = sandbox.post("/p/260/tunes", json={"tune": {"name": "wo-man"}})

    assert answer.status_code == 422
    assert answer.json() == {
        "title": ["can't be blank"],
        "name": ["only English letters, numbers and spaces allowed"],
        "images": ["must contain at least one image"],
    }


def test_a_file_that_is_no_picture_is_refused(sandbox: Sandbox) -> None:
    fields = {"tune[title]": "text", "tune[name]": "man"}

    answer = sandbox.post("/p/260/tunes", data=fields, files=uploads(["not-an-image.jpg"]))

    assert answer.status_code == 422
    assert list(answer.json()) == ["images"]


def test_image_urls_are_fetched(sandbox: Sandbox, tune: Any) -> None:
    body = {"title": "urls", "name": "woman", "image_urls": tune["orig_images"]}

    answer = sandbox.post("/p/260/tunes", json={"tune": body})

    copy = sandbox.get(answer.json()["orig_images"][0]).content
    assert copy == (PHOTOS / "person-1.jpg").read_bytes()


def test_image_urls_that_give_no_picture_are_refused(sandbox: Sandbox) -> None:
    for url in (f"{sandbox.url}/tunes", "file:///etc/passwd", "http://127.0.0.1:1/a.jpg", "http://[", "ü"):
        body = {"title": "urls", "name": "woman", "image_urls": [url]}
        answer = sandbox.post("/p/260/tunes", json={"tune": body})
        assert answer.status_code == 422
        assert "could not download" in answer.json()["image_urls"][0]


def test_tune_ids_give_prompts_and_no_tune(sandbox: Sandbox) -> None:
    tune = sandbox.trained()

    answer = sandbox.post("/p/creative-studio/tunes", json={"tune": {"tune_ids": [tune["id"]]}})

    assert answer.status_code == 201
    assert answer.json() == {"status": 201, "message": "Prompts created"}
    assert len(eventually(lambda: _done(sandbox, tune["id"], 16))) == 16


def test_prompt_ids_choose_from_the_pack(sandbox: Sandbox) -> None:
    tune = sandbox.trained()
    chosen = sandbox.get("/p/1187").json()["prompts_per_class"]["woman"][2]["id"]
    body = {"tune_ids": [tune["id"]], "prompt_ids": [chosen], "prompt_attributes": {"num_images": 3}}

    sandbox.post("/p/1187/tunes", json={"tune": body})

    newest = eventually(lambda: _done(sandbox, tune["id"], 9))[0]
    assert newest["orig_prompt_id"] == chosen
    assert len(newest["images"]) == 3


def test_prompt_ids_choose_from_the_pack_that_trains_too(sandbox: Sandbox) -> None:
    chosen = [shot["id"] for shot in sandbox.get("/p/1187").json()["prompts_per_class"]["woman"][1:3]]

    tune = sandbox.order(pack="1187", **{"prompt_ids][": chosen})

    assert {prompt["orig_prompt_id"] for prompt in sandbox.prompts(tune["id"])} == set(chosen)


def test_tune_ids_that_are_unknown_are_refused(sandbox: Sandbox) -> None:
    answer = sandbox.post("/p/260/tunes", json={"tune": {"tune_ids": [1]}})

    assert answer.status_code == 422
    assert list(answer.json()) == ["tune_ids"]


def test_a_tune_ids_run_takes_callbacks_too(sandbox: Sandbox, receiver: Receiver) -> None:
    tune = sandbox.trained()
    attributes = {"callback": f"{receiver.url}/each?token=1"}
    body = {"tune_ids": [tune["id"]], "prompt_attributes": attributes, "prompts_callback": receiver.url}

    sandbox.post("/p/260/tunes", json={"tune": body})

    eventually(lambda: len(receiver.arrived) == 9)
    assert len(receiver.bodies("/each?token=1")) == 8


def _done(sandbox: Sandbox, tune_id: int, count: int) -> Any:
    prompts = sandbox.prompts(tune_id)
    return len(prompts) == count and all(prompt["images"] for prompt in prompts) and prompts
