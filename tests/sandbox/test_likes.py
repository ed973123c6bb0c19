"""Likes: on a prompt, and on the template prompt it was made from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import Sandbox


@pytest.fixture
def prompt(sandbox: Sandbox, tune: Any) -> Any:
    return sandbox.prompts(tune["id"])[0]


def test_a_like_counts_for_the_template_too(sandbox: Sandbox, prompt: Any) -> None:
    answer = sandbox.post(f"/prompts/{prompt['id']}/likes")

    assert (answer.status_code, answer.content) == (201, b"")
    assert _likes(sandbox, prompt["id"]) == (1, True)
    assert _likes(sandbox, prompt["orig_prompt_id"]) == (1, False)


def test_liking_twice_counts_once(sandbox: Sandbox, prompt: Any) -> None:
    sandbox.post(f"/prompts/{prompt['id']}/likes")
    sandbox.post(f"/prompts/{prompt['id']}/likes")

    assert _likes(sandbox, prompt["id"]) == (1, True)


@pytest.mark.parametrize("path", ["likes", "like"])
def test_a_like_can_be_taken_back(sandbox: Sandbox, prompt: Any, path: str) -> None:
    sandbox.post(f"/prompts/{prompt['id']}/likes")

    answer = sandbox.delete(f"/prompts/{prompt['id']}/{path}")

    assert (answer.status_code, answer.content) == (201, b"")
    assert _likes(sandbox, prompt["id"]) == (0, False)
    assert _likes(sandbox, prompt["orig_prompt_id"]) == (0, False)


def test_the_singular_path_toggles(sandbox: Sandbox, prompt: Any) -> None:
    sandbox.delete(f"/prompts/{prompt['id']}/likes")

    sandbox.post(f"/prompts/{prompt['id']}/like")
    once = _likes(sandbox, prompt["id"])
    sandbox.post(f"/prompts/{prompt['id']}/like")

    assert once == (1, True)
    assert _likes(sandbox, prompt["id"]) == (0, False)


def test_liked_prompts_can_be_listed(sandbox: Sandbox, tune: Any, prompt: Any) -> None:
    sandbox.post(f"/prompts/{prompt['id']}/likes")

    liked = sandbox.get(f"/tunes/{tune['id']}/prompts?liked=true").json()

    assert [found["id"] for found in liked] == [prompt["id"]]


def test_what_does_not_exist_cannot_be_liked(sandbox: Sandbox) -> None:
    assert sandbox.post("/prompts/1/likes").status_code == 404
    assert sandbox.post("/prompts/:prompt_id/like").status_code == 404


def _likes(sandbox: Sandbox, prompt_id: int) -> tuple[int, bool]:
    prompt = sandbox.get(f"/prompts/{prompt_id}").json()
    return prompt["prompt_likes_count"], prompt["liked"]
