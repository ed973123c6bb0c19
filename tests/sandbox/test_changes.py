"""PATCH of tunes and prompts, and the settings for answers that are not known for sure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import Sandbox

SD15 = "/tunes/690204/prompts"


@pytest.fixture
def own_tune(sandbox: Sandbox, tune: Any) -> Any:
    body = {"title": "before", "name": "man", "branch": "fast", "image_urls": tune["orig_images"][:1]}
    return sandbox.post("/tunes", json={"tune": body}).json()


def test_a_tune_can_be_renamed(sandbox: Sandbox, own_tune: Any) -> None:
    traits = {"eye_color": "green eyes"}
    change = {"title": "after", "name": "woman", "auto_extend": True, "characteristics": traits}

    answer = sandbox.patch(f"/tunes/{own_tune['id']}", json={"tune": change | {"branch": "flux1"}})

    assert answer.status_code == 200
    shown = sandbox.get(f"/tunes/{own_tune['id']}").json()
    assert {name: shown[name] for name in change} == change
    assert shown["branch"] == "fast"


def test_only_what_is_given_changes(sandbox: Sandbox, own_tune: Any) -> None:
    shown = sandbox.patch(f"/tunes/{own_tune['id']}", data={"tune[title]": "after"}).json()

    assert (shown["title"], shown["name"]) == ("after", "man")


def test_a_tune_keeps_its_rules(sandbox: Sandbox, own_tune: Any) -> None:
    answer = sandbox.patch(f"/tunes/{own_tune['id']}", json={"tune": {"title": "", "name": "!"}})

    assert answer.status_code == 422
    assert set(answer.json()) == {"title", "name"}


def test_gallery_tunes_and_templates_cannot_be_changed(sandbox: Sandbox) -> None:
    template = sandbox.get("/p/260").json()["prompts_per_class"]["man"][0]["id"]

    assert sandbox.patch("/tunes/1504944", json={"tune": {"title": "mine"}}).status_code == 404
    assert sandbox.patch(f"/prompts/{template}", json={"prompt": {"workspace_id": 1}}).status_code == 404


@pytest.mark.parametrize("path", ["/prompts/{}", SD15 + "/{}"])
def test_a_prompt_can_be_moved(sandbox: Sandbox, path: str) -> None:
    made = sandbox.post(SD15, json={"prompt": {"text": "ohwx"}}).json()
    change = {"base_pack_id": 260, "workspace_id": 3, "orig_prompt_id": 17000000}

    answer = sandbox.patch(path.format(made["id"]), json={"prompt": change | {"text": "other"}})

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in change} == change
    assert sandbox.get(f"/prompts/{made['id']}").json()["text"] == "ohwx"
    assert made["id"] in [prompt["id"] for prompt in sandbox.get("/prompts?base_pack_id=260").json()]


def test_a_packs_template_must_show_a_tune_of_ones_own(sandbox: Sandbox) -> None:
    made = sandbox.post(SD15, json={"prompt": {"text": "ohwx"}}).json()

    answer = sandbox.patch(f"/prompts/{made['id']}", json={"prompt": {"pack_id": 5000}})

    assert answer.status_code == 422
    assert answer.json() == {"base": ["Prompt is not using a fine-tuned model"]}


def test_deleting_a_prompt_can_answer_without_content(sandbox: Sandbox) -> None:
    made = sandbox.post(SD15, json={"prompt": {"text": "ohwx"}}).json()
    with sandbox.changed(deleted_prompt=204):
        answer = sandbox.delete(f"/prompts/{made['id']}")

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("status", [201, 200, 204])
def test_deleting_a_like_answers_as_told(sandbox: Sandbox, status: int) -> None:
    made = sandbox.post(SD15, json={"prompt": {"text": "ohwx"}}).json()
    with sandbox.changed(deleted_like=status):
        answer = sandbox.delete(f"/prompts/{made['id']}/likes")

    assert (answer.status_code, answer.content) == (status, b"")


def test_settings_that_make_no_sense_are_refused(sandbox: Sandbox) -> None:
    for change in ({"deleted_like": 500}, {"callback_body": "wide"}, {"balance_mc": -1}):
        assert sandbox.post("/sandbox/settings", json=change).status_code == 422
