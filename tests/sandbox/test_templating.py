"""{{characteristics}}: kept in the stored text, filled in when a prompt runs."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.templating import filled
from tests.sandbox.process import Sandbox, eventually

TEXT = "ohwx {{name}}, {{eye_color}}, {{ is_bald }}, {{unknown}} by the sea"


@pytest.mark.parametrize(
    ("text", "ran"),
    [
        ("{{a}} and {{ a }}", "x and x"),
        ("{{missing}} {{empty}}!", " !"),
        ("{a} {{{a}}} {{a", "{a} {x} {{a"),
        ("{{a}}{{b}}", "x{{a}}"),
    ],
)
def test_each_place_is_filled_once(text: str, ran: str) -> None:
    assert filled(text, {"a": "x", "b": "{{a}}", "empty": ""}) == ran


def test_the_text_stays_and_what_ran_is_filled_in(sandbox: Sandbox, tune: Any) -> None:
    traits = {"eye_color": "blue eyes", "is_bald": ""}
    body = {"title": "traits", "name": "woman", "branch": "fast", "characteristics": traits}
    body |= {"image_urls": tune["orig_images"][:1], "prompts_attributes": [{"text": TEXT}]}

    made = sandbox.post("/tunes", json={"tune": body}).json()["prompts"][0]

    done = eventually(lambda: _done(sandbox, made["id"]))
    assert done["text"] == TEXT
    ran = sandbox.get(f"/sandbox/prompts/{made['id']}").json()
    assert ran == {"id": made["id"], "text": TEXT, "run_text": "ohwx woman, blue eyes, ,  by the sea"}


def _done(sandbox: Sandbox, prompt_id: int) -> Any:
    prompt = sandbox.get(f"/prompts/{prompt_id}").json()
    return prompt if prompt["images"] else None
