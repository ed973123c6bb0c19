"""POST /themes: ten prompts for each tune, in the background."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.receiver import Receiver
from tests.sandbox.process import Sandbox, eventually


@pytest.fixture
def own_tune(sandbox: Sandbox, tune: Any) -> Any:
    return _tune(sandbox, tune, "woman")


def _tune(sandbox: Sandbox, tune: Any, name: str) -> Any:
    body = {"title": "theme", "name": name, "branch": "fast", "image_urls": tune["orig_images"][:1]}
    return sandbox.post("/tunes", json={"tune": body}).json()


def test_ten_prompts_appear_in_the_background(sandbox: Sandbox, own_tune: Any) -> None:
    with sandbox.changed(speed=0.01):
        answer = sandbox.post("/themes", json={"theme": {"theme": "Winter", "tune_ids": [own_tune["id"]]}})
        at_once = sandbox.prompts(own_tune["id"])

    assert (answer.status_code, answer.content, at_once) == (201, b"", [])
    prompts = eventually(lambda: sandbox.prompts(own_tune["id"]))
    assert len({prompt["text"] for prompt in prompts}) == 10
    assert {prompt["theme"] for prompt in prompts} == {"Winter"}


def test_the_parameters_may_stand_at_the_top(sandbox: Sandbox, own_tune: Any) -> None:
    attributes = {"num_images": 2, "w": 512, "h": 640, "callback": "http://127.0.0.1:1/", "seed": 4}

    body = {"theme": "Winter", "tune_ids": [own_tune["id"]], "prompt_attributes": attributes}
    sandbox.post("/themes", json=body)

    shown = eventually(lambda: sandbox.prompts(own_tune["id"]))[0]
    assert (shown["num_images"], shown["w"], shown["h"]) == (2, 512, 640)
    assert (shown["callback"], shown["seed"]) == (None, None)


def test_a_form_will_do(sandbox: Sandbox, own_tune: Any) -> None:
    fields = {"theme[theme]": "Corporate headshots", "theme[tune_ids][]": str(own_tune["id"])}

    assert (
        sandbox.post("/themes", files={name: (None, value) for name, value in fields.items()}).status_code
        == 201
    )


def test_each_of_several_tunes_gets_ten(sandbox: Sandbox, tune: Any) -> None:
    ids = [_tune(sandbox, tune, name)["id"] for name in ("man", "woman")]

    sandbox.post("/themes", json={"theme": "Winter", "tune_ids": ids})

    assert [len(eventually(lambda pk=pk: sandbox.prompts(pk))) for pk in ids] == [10, 10]


def test_only_men_and_women_have_themes(sandbox: Sandbox, tune: Any) -> None:
    cat = _tune(sandbox, tune, "cat")

    answer = sandbox.post("/themes", json={"theme": "Winter", "tune_ids": [cat["id"]]})

    assert answer.status_code == 422
    assert list(answer.json()) == ["tune_ids"]


@pytest.mark.parametrize(
    "body", [{}, {"theme": "x"}, {"theme": "x", "tune_ids": [1504944]}, {"tune_ids": [5]}]
)
def test_a_theme_without_theme_or_tunes_is_refused(sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert sandbox.post("/themes", json=body).status_code == 422


def test_too_many_images_are_refused_or_with_lenient_clamped(sandbox: Sandbox, own_tune: Any) -> None:
    body = {"theme": "x", "tune_ids": [own_tune["id"]], "prompt_attributes": {"num_images": 123}}

    strict = sandbox.post("/themes", json=body)
    with sandbox.changed(lenient=True):
        lenient = sandbox.post("/themes", json=body)

    assert strict.json() == {"num_images": ["must be less than or equal to 8"]}
    assert lenient.status_code == 201
    assert eventually(lambda: sandbox.prompts(own_tune["id"]))[0]["num_images"] == 8


def test_themes_send_no_callbacks(sandbox: Sandbox, own_tune: Any, receiver: Receiver) -> None:
    attributes = {"callback": receiver.url}
    body = {"theme": "x", "tune_ids": [own_tune["id"]], "prompt_attributes": attributes}
    sandbox.post("/themes", json=body)

    eventually(lambda: _all_done(sandbox, own_tune["id"]))

    assert receiver.arrived == []


def _all_done(sandbox: Sandbox, tune_id: int) -> bool:
    prompts = sandbox.prompts(tune_id)
    return bool(prompts) and all(prompt["images"] for prompt in prompts)
