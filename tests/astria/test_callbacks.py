"""Bodies of callbacks."""

from __future__ import annotations

import json

import pytest

from astria import InvalidCallback, PromptsCallback, TuneCallback, parse_callback
from tests.astria.samples import PICTURE, PROMPT, TUNE


def test_tune_callback() -> None:
    found = parse_callback(json.dumps({"tune": TUNE}).encode())

    assert isinstance(found, TuneCallback)
    assert found.tune.id == 788416
    assert found.tune.trained_at is not None


def test_prompt_callback() -> None:
    found = parse_callback(json.dumps({"prompt": {**PROMPT, "images": [PICTURE]}}))

    assert isinstance(found, PromptsCallback)
    assert [(prompt.id, prompt.images) for prompt in found.prompts] == [(1, (PICTURE,))]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_prompts_callback(count: int) -> None:
    found = parse_callback([{**PROMPT, "id": number} for number in range(count)])

    assert isinstance(found, PromptsCallback)
    assert [prompt.id for prompt in found.prompts] == [*range(count)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\xfa",
        b"[" * 100_000,
        "null",
        b'"tune"',
        b"3",
        {},
        None,
        {"id": 1},
        {"tune": None},
        {"tune": {"title": "no id"}},
        {"prompt": []},
        {"prompts": [PROMPT]},
        [PROMPT, None],
        [{"text": "no id"}],
    ],
)
def test_other_bodies_are_invalid(body: object) -> None:
    with pytest.raises(InvalidCallback) as caught:
        parse_callback(body)

    assert isinstance(caught.value, ValueError)
    assert str(caught.value)
