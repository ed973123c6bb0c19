"""Answers have every key that the documentation prints for them, and values of the printed kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from tests.astria.docs.extraction import printed_answers
from tests.sandbox.process import PHOTOS, Sandbox, uploads

PRINTED = printed_answers()
NAMED = {"tune[title]": "John Doe", "tune[name]": "woman"}
SEEN = (
    "20-yo-caucasian-brown-eyes-no-beard-funny-no-glasses-brunette-medium-hair-wavy-hair-bald-selfie-hat-"
    "sunglasses.jpg"
)
PROMPT = {"prompt[text]": "a painting of ohwx man in the style of Van Gogh", "prompt[num_images]": "1"}


def make_tune(sandbox: Sandbox) -> requests.Response:
    return sandbox.post("/tunes", data=NAMED, files=uploads(["person-1.jpg"]))


def make_pack_tune(sandbox: Sandbox) -> requests.Response:
    return sandbox.post("/p/260/tunes", data=NAMED, files=uploads(["person-1.jpg"]))


def make_prompt(sandbox: Sandbox) -> requests.Response:
    return sandbox.post("/tunes/690204/prompts", data=PROMPT)


def inspect(sandbox: Sandbox) -> requests.Response:
    photo = (SEEN, (PHOTOS / "person-1.jpg").read_bytes(), "image/jpeg")
    return sandbox.post("/images/inspect", data={"name": "woman"}, files={"file": photo})


def one(path: str, make: Callable[[Sandbox], requests.Response]) -> Callable[[Sandbox], requests.Response]:
    return lambda sandbox: sandbox.get(path.format(make(sandbox).json()["id"]))


def listed(path: str, make: Callable[[Sandbox], requests.Response]) -> Callable[[Sandbox], requests.Response]:
    def ask(sandbox: Sandbox) -> requests.Response:
        make(sandbox)
        return sandbox.get(path)

    return ask


def delete_prompt(sandbox: Sandbox) -> requests.Response:
    return sandbox.delete(f"/tunes/690204/prompts/{make_prompt(sandbox).json()['id']}")


ASKED: Mapping[str, tuple[int, Callable[[Sandbox], requests.Response]]] = {
    "0-tune/1-create": (201, make_tune),
    "0-tune/2-retrieve": (200, one("/tunes/{}", make_tune)),
    "0-tune/4-list": (200, listed("/tunes", make_tune)),
    "1-prompt/1-create": (201, make_prompt),
    "1-prompt/2-retrieve": (200, one("/tunes/690204/prompts/{}", make_prompt)),
    "1-prompt/4-list": (200, listed("/tunes/690204/prompts", make_prompt)),
    "1-prompt/5-delete": (200, delete_prompt),
    "2-pack/1-list": (200, lambda sandbox: sandbox.get("/gallery/packs")),
    "2-pack/2-tunes/0-create": (201, make_pack_tune),
    "4-images/1-inspect": (200, inspect),
}


def test_every_page_that_prints_an_answer_is_asked() -> None:
    assert set(ASKED) == set(PRINTED)


@pytest.mark.parametrize("page", ASKED)
def test_an_answer_is_like_the_one_printed(sandbox: Sandbox, page: str) -> None:
    status, ask = ASKED[page]

    answer = ask(sandbox)

    assert answer.status_code == status
    printed, answered = PRINTED[page], answer.json()
    assert isinstance(answered, type(printed))
    for like in printed if isinstance(printed, list) else [printed]:
        assert differences(like, answered[0] if isinstance(printed, list) else answered) == {}


@pytest.mark.parametrize("method, path", [("POST", "likes"), ("POST", "like"), ("DELETE", "likes")])
def test_likes_are_answered_without_content(sandbox: Sandbox, method: str, path: str) -> None:
    prompt = make_prompt(sandbox).json()

    answer = sandbox.session.request(method, f"{sandbox.url}/prompts/{prompt['id']}/{path}", timeout=10)

    assert (answer.status_code, answer.content) == (201, b"")


def test_what_is_printed_as_a_status_alone_has_no_content(sandbox: Sandbox) -> None:
    tune = make_tune(sandbox).json()

    theme = sandbox.post("/themes", data={"theme[theme]": "Corporate", "theme[tune_ids][]": tune["id"]})
    deleted = sandbox.delete(f"/tunes/{tune['id']}")

    assert (theme.status_code, theme.content) == (201, b"")
    assert (deleted.status_code, deleted.content) == (200, b"")


def differences(printed: Mapping[str, Any], answered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that are missing or of another kind; either side may be null."""
    missing = {name: "missing" for name in printed if name not in answered}
    other = {
        name: answered[name]
        for name, value in printed.items()
        if name in answered and None not in (value, answered[name]) and kind(value) != kind(answered[name])
    }
    return missing | other


def kind(value: object) -> type:
    """Return what JSON calls it: all numbers are of one kind."""
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
