"""Bodies as Rails reads them: JSON, urlencoded, multipart, chunked; broken ones are 400."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.sandbox.process import PHOTOS, Sandbox

FLUX = "/tunes/1504944/prompts"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_parts_without_an_index_are_grouped_by_their_order(sandbox: Sandbox) -> None:
    parts: list[tuple[str, Any]] = [
        ("tune[title]", (None, "rack")),
        ("tune[name]", (None, "man")),
        ("tune[prompts_attributes][][text]", (None, "first")),
        ("tune[prompts_attributes][][text]", (None, "second")),
        ("tune[prompts_attributes][][seed]", (None, "7")),
        ("tune[images][]", ("a.jpg", (PHOTOS / "person-1.jpg").read_bytes())),
    ]

    prompts = sandbox.post("/tunes", files=parts).json()["prompts"]

    assert [(prompt["text"], prompt["seed"]) for prompt in prompts] == [("first", None), ("second", 7)]


def test_a_body_may_come_in_chunks(sandbox: Sandbox) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"prompt": {"text": '
        yield b'"in pieces"}}'

    answer = sandbox.post(FLUX, data=pieces(), headers=JSON)

    assert answer.json()["text"] == "in pieces"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        *((text, True) for text in ("true", "1", "on", "no", "null", "False", "Off", " false")),
        *((text, False) for text in ("false", "0", "f", "off", "FALSE", "F", "OFF", "")),
    ],
)
def test_booleans_are_read_as_rails_reads_them(sandbox: Sandbox, sent: str, stored: bool) -> None:
    data = {"prompt[text]": "ohwx", "prompt[super_resolution]": sent}

    answer = sandbox.post(FLUX, data=data)

    assert answer.json()["super_resolution"] is stored


def test_unknown_keys_are_dropped(sandbox: Sandbox) -> None:
    answer = sandbox.post(FLUX, json={"prompt": {"text": "ohwx", "preet": 1}, "authenticity_token": "x"})

    assert answer.status_code == 201
    assert "preet" not in answer.json()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{", JSON),
        (b"theme=Corporate", JSON),
        (b'{"prompt": NaN}', JSON),
        (b"[" * 100_000, JSON),
        (b"prompt=1&prompt[text]=x", FORM),
        (b"prompt[]=1&prompt[text]=x", FORM),
        (b"prompt" + b"[a]" * 99 + b"=1", FORM),
        (b"nothing", {"Content-Type": "multipart/form-data"}),
    ],
)
def test_what_cannot_be_read_is_400(sandbox: Sandbox, body: bytes, headers: dict[str, str]) -> None:
    answer = sandbox.post(FLUX, data=body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"[1]", b'"text"', b"null", b'{"prompt": [1]}', b'{"prompt": {"text": "\\ud800", "seed": 1e400}}'],
)
def test_odd_json_is_refused_and_not_fallen_over(sandbox: Sandbox, body: bytes) -> None:
    assert sandbox.post(FLUX, data=body, headers=JSON).status_code == 422


numbers = some.integers() | some.floats(allow_nan=False, allow_infinity=False)
values = some.recursive(
    some.none() | some.booleans() | numbers | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = (
    "title", "name", "images", "image_urls", "tune_ids", "prompt_ids", "prompt_attributes", "callback",
    "prompts_attributes", "characteristics", "steps", "base_tune_id", "branch", "text", "num_images", "file",
)  # fmt: skip
names = some.sampled_from(NAMES)
paths = some.sampled_from(["/tunes", "/p/260/tunes", FLUX, "/prompts", "/images/inspect"])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(path=paths, inner=some.dictionaries(names, values, max_size=5))
def test_no_json_makes_it_fall_over(sandbox: Sandbox, path: str, inner: dict[str, Any]) -> None:
    with_essentials = {"tune": {"title": "t", "name": "woman"} | inner, "prompt": inner} | inner

    answer = sandbox.post(path, json=with_essentials)

    assert answer.status_code in (201, 400, 422)


form_keys = some.lists(some.sampled_from(["[]", "[0]", "[text]", "[images]", "[", "]", "[a[b]]"]), max_size=5)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(pairs=some.lists(some.tuples(form_keys.map("".join), some.text(max_size=6)), max_size=6))
def test_no_form_makes_it_fall_over(sandbox: Sandbox, pairs: list[tuple[str, str]]) -> None:
    data = [(f"tune{name}", value) for name, value in pairs]

    answer = sandbox.post("/tunes", data=data)

    assert answer.status_code in (201, 400, 422)
