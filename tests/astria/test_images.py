"""Inspecting photos."""

from __future__ import annotations

import json
from typing import Any

import pytest

from astria import Astria, ImageFile, Inspection, InvalidParameter
from tests.astria.samples import INSPECTION, PICTURE
from tests.astria.server import Server

PHOTO = ImageFile("1.png", b"photo", "image/png")


def test_inspect_a_file(server: Server, client: Astria) -> None:
    server.answers(200, INSPECTION)

    seen = client.images.inspect(name="woman", file=PHOTO)

    assert seen.name == "woman"
    assert seen.characteristics == {"age": "20 yo", "facial_hair": "", "hair_color": "brunette"}
    assert seen.flags == {"blurry": False, "selfie": True}
    assert b'name="name"\r\n\r\nwoman\r\n' in server.received[0].body
    assert (
        b'name="file"; filename="1.png"\r\nContent-Type: image/png\r\n\r\nphoto\r\n'
        in server.received[0].body
    )


def test_inspect_an_address(server: Server, client: Astria) -> None:
    server.answers(200, {})

    seen = client.images.inspect(name="woman", file_url=PICTURE)

    assert seen == Inspection()
    assert server.received[0].path == "/images/inspect"
    assert json.loads(server.received[0].body) == {"name": "woman", "file_url": PICTURE}


@pytest.mark.parametrize("answer", [INSPECTION, {}, {"name": ""}, {"score": 0.5, "boxes": [1], "pose": None}])
def test_inspection_can_be_passed_on_as_it_came(answer: dict[str, object]) -> None:
    assert Inspection.from_json(answer).to_json() == answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "man"},
        {"name": "man", "file": PHOTO, "file_url": PICTURE},
        {"name": "man", "file_url": ""},
        {"name": "", "file": PHOTO},
        {"name": "män", "file": PHOTO},
    ],
)
def test_unusable_inspection_is_refused(wrong: dict[str, Any], server: Server, client: Astria) -> None:
    with pytest.raises(InvalidParameter):
        client.images.inspect(**wrong)

    assert server.received == []
