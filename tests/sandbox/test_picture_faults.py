"""Pictures that come late, wrong or not at all, because the call that ordered them asked for it."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
import requests
from PIL import Image, UnidentifiedImageError

from tests.sandbox.process import Sandbox, eventually, uploads

HUGE_BYTES = 100_000_000


def test_a_slow_picture_is_late(sandbox: Sandbox) -> None:
    url = _picture(sandbox, "picture-slow")

    with sandbox.changed(slow_seconds=0.3):
        started = time.monotonic()
        answer = requests.get(url, timeout=5)

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert time.monotonic() - started >= 0.3


def test_a_picture_can_be_missing_once(sandbox: Sandbox) -> None:
    url = _picture(sandbox, "picture-404-once")

    # The developer's page looks at it without using up the fault.
    assert sandbox.get(url.replace("/mp/", "/sandbox/pictures/")).status_code == 200
    assert [requests.get(url, timeout=5).status_code for _ in range(3)] == [404, 200, 200]


def test_a_picture_can_be_gone_for_good(sandbox: Sandbox) -> None:
    url = _picture(sandbox, "picture-gone")

    assert [requests.get(url, timeout=5).status_code for _ in range(3)] == [410, 410, 410]


def test_a_truncated_picture_stops_half_way(sandbox: Sandbox) -> None:
    url = _picture(sandbox, "picture-truncated")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        requests.get(url, timeout=5)


def test_what_is_not_an_image_says_that_it_is_one(sandbox: Sandbox) -> None:
    answer = requests.get(_picture(sandbox, "picture-not-an-image"), timeout=5)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(answer.content))


def test_a_huge_picture_is_huge_in_bytes_and_pixels(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with requests.get(_picture(sandbox, "picture-huge"), timeout=5, stream=True) as answer:
        beginning = next(answer.iter_content(200_000))

    assert int(answer.headers["Content-Length"]) == HUGE_BYTES
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert Image.open(io.BytesIO(beginning)).size == (30_000, 30_000)


def test_a_huge_picture_ends(sandbox: Sandbox) -> None:
    with requests.get(_picture(sandbox, "picture-huge"), timeout=5, stream=True) as answer:
        assert sum(map(len, answer.iter_content(1_000_000))) == HUGE_BYTES


def test_a_redirected_picture_leads_into_a_private_network(sandbox: Sandbox) -> None:
    answer = requests.get(_picture(sandbox, "picture-redirects"), timeout=5, allow_redirects=False)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://10.")


def test_a_single_request_for_a_picture_can_ask_for_a_fault(sandbox: Sandbox) -> None:
    url = _picture(sandbox, "")

    spoiled = requests.get(url, headers={"X-Sandbox-Fault": "picture-not-an-image"}, timeout=5)
    good = requests.get(url, timeout=5)

    assert spoiled.content.startswith(b"<!doctype")
    assert good.content.startswith(b"\xff\xd8")


def test_by_rate_some_pictures_are_spoiled_and_stay_so(sandbox: Sandbox) -> None:
    urls = [_picture(sandbox, "") for _ in range(12)]

    with sandbox.changed(faults={"picture-not-an-image": 0.5}):
        first, again = ([requests.get(url, timeout=5).content[:2] for url in urls] for _ in range(2))

    assert first == again
    assert {b"\xff\xd8", b"<!"} == set(first)


def test_a_tune_ordered_with_a_fault_gives_it_to_its_prompts_pictures(sandbox: Sandbox) -> None:
    fields = {"tune[title]": "spoiled", "tune[name]": "woman"}
    headers = {"X-Sandbox-Fault": "picture-redirects"}
    tune = sandbox.post("/p/260/tunes", data=fields, files=uploads(["person-1.jpg"]), headers=headers).json()

    images = eventually(lambda: [url for it in sandbox.prompts(tune["id"]) for url in it["images"]])

    assert requests.get(images[0], timeout=5, allow_redirects=False).status_code == 302


def _picture(sandbox: Sandbox, fault: str) -> str:
    prompt = {"tune_id": 690204, "text": "a portrait", "num_images": 1, "seed": 3}
    headers = {"X-Sandbox-Fault": fault} if fault else {}
    made: Any = sandbox.post("/prompts", json={"prompt": prompt}, headers=headers).json()
    images = eventually(lambda: sandbox.get(f"/prompts/{made['id']}").json()["images"])
    return str(images[0])
