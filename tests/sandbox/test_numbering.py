"""`X-Sandbox-Id`: what is created has the id that its caller wished for."""

from __future__ import annotations

import pytest

from tests.sandbox.process import Sandbox, uploads

TUNE = {"tune[title]": "numbered", "tune[name]": "man", "tune[prompts_attributes][0][text]": "ohwx man"}


def wishing(number: object) -> dict[str, str]:
    return {"X-Sandbox-Id": str(number)}


def test_a_tune_has_the_id_and_its_prompts_have_the_next_free_ones(sandbox: Sandbox) -> None:
    answer = sandbox.post("/tunes", data=TUNE, files=uploads(["person-1.jpg"]), headers=wishing(8_123))
    tune = answer.json()

    assert (answer.status_code, tune["id"]) == (201, 8_123)
    assert tune["prompts"][0]["id"] != 8_123
    assert tune["prompts"][0]["tune_id"] == 8_123


def test_a_tune_from_a_pack_has_the_id(sandbox: Sandbox) -> None:
    fields = {"tune[title]": "numbered", "tune[name]": "man"}

    answer = sandbox.post(
        "/p/260/tunes", data=fields, files=uploads(["person-1.jpg"]), headers=wishing(8_124)
    )

    assert (answer.status_code, answer.json()["id"]) == (201, 8_124)


def test_a_prompt_has_the_id_and_later_ones_go_on_as_before(sandbox: Sandbox) -> None:
    body = {"prompt": {"text": "a red door"}}

    numbered = sandbox.post("/tunes/690204/prompts", json=body, headers=wishing(8_125)).json()
    later = sandbox.post("/tunes/690204/prompts", json=body).json()

    assert numbered["id"] == 8_125
    assert later["id"] > 17_000_000


def test_a_taken_id_is_refused_and_nothing_is_created(sandbox: Sandbox) -> None:
    before = sandbox.get("/tunes").json()[0]["id"]

    answer = sandbox.post("/tunes", data=TUNE, files=uploads(["person-1.jpg"]), headers=wishing(690_204))

    assert (answer.status_code, answer.json()) == (422, {"id": ["has already been taken"]})
    assert sandbox.get("/tunes").json()[0]["id"] == before


@pytest.mark.parametrize("wish", ["0", "-1", "first", "1234567890123", "1.5"])
def test_what_cannot_be_an_id_is_refused(sandbox: Sandbox, wish: str) -> None:
    answer = sandbox.post("/tunes/690204/prompts", json={"prompt": {"text": "a"}}, headers=wishing(wish))

    assert (answer.status_code, list(answer.json())) == (422, ["id"])
