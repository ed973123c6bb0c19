"""What a photo could do better, in words."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from studio.coach import doubts_about
from studio.models import Photo

FACE = [0.3, 0.2, 0.3, 0.25]


def photo(**values: Any) -> Photo:
    """Return a photo about which there is nothing to say, but for `values`."""
    number = uuid4().int % 2**64
    good = {
        "id": uuid4(), "width": 1080, "height": 1350, "sharpness": 90.0, "brightness": 150.0,
        "faces": [FACE], "perceptual_hash": f"{number:016x}",
    }  # fmt: skip
    return Photo(**good | values)


def kinds(one: Photo, answer: dict[str, object] | None = None, class_name: str = "woman") -> list[str]:
    return [doubt.kind for doubt in doubts_about(one, [one], answer, class_name)]


def test_a_good_photo_raises_no_doubt() -> None:
    assert kinds(photo()) == []
    assert kinds(photo(), {"name": "woman", "blurry": False}) == []


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"faces": []}, "name"),
        ({"faces": [FACE, FACE]}, "includes_multiple_people"),
        ({"faces": [[0.5, 0.2, 0.07, 0.06]]}, "full_body_image_or_longshot"),
        ({"brightness": 44.9}, "low_quality"),
        ({"brightness": 210.1}, "low_quality"),
        ({"sharpness": 9.9}, "blurry"),
        ({"width": 511}, "low_resolution"),
        ({"height": 400}, "low_resolution"),
    ],
)
def test_each_rule_of_our_own(values: dict[str, Any], kind: str) -> None:
    assert kinds(photo(**values)) == [kind]


@pytest.mark.parametrize(
    "values",
    [
        {"brightness": 45.0},
        {"brightness": 210.0},
        {"sharpness": 10.0},
        {"width": 512},
        {"faces": [[0.5, 0.2, 0.08, 0.06]]},
    ],
)
def test_what_lies_on_the_limit_is_good(values: dict[str, Any]) -> None:
    assert kinds(photo(**values)) == []


def test_a_dark_photo_is_not_called_blurred_too() -> None:
    assert kinds(photo(brightness=10, sharpness=1)) == ["low_quality"]


@pytest.mark.parametrize("values", [{"faces": []}, {"faces": [FACE, FACE]}])
def test_faces_are_counted_for_people_only(values: dict[str, Any]) -> None:
    assert kinds(photo(**values), class_name="cat") == []


@pytest.mark.parametrize(
    "flag",
    [
        "wearing_sunglasses", "wearing_hat", "funny_face", "blurry", "includes_multiple_people",
        "full_body_image_or_longshot", "low_resolution", "low_quality",
    ],
)  # fmt: skip
def test_each_flag_of_inspection_becomes_a_sentence(flag: str) -> None:
    doubts = doubts_about(photo(), [], {"name": "woman", flag: True}, "woman")

    assert [doubt.kind for doubt in doubts] == [flag]
    assert doubts[0].text.endswith(".")


@pytest.mark.parametrize("value", ["true", 1, None, [], "yes"])
def test_only_true_raises_a_flag(value: object) -> None:
    assert kinds(photo(), {"name": "woman", "blurry": value}) == []


def test_a_selfie_is_said_and_not_held_against_the_photo() -> None:
    [hint] = doubts_about(photo(), [], {"name": "woman", "selfie": True}, "woman")

    assert (hint.kind, hint.is_hint) == ("selfie", True)
    assert hint.text.startswith("A selfie:")


def test_what_inspection_said_is_not_said_twice() -> None:
    assert kinds(photo(sharpness=1, faces=[]), {"name": "", "blurry": True}) == ["name", "blurry"]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("man", "looks like a man, not a woman"),
        ("boy", "may show a child: one of us looks at it first"),
        ("NONE", "No woman was found"),
        ("cat", "looks like a cat, not a woman"),
        ("", "No woman was found"),
        (None, "No woman"),
    ],
)
def test_another_subject_is_named(found: str | None, words: str) -> None:
    doubts = doubts_about(photo(), [], {"name": found}, "woman")

    assert words in doubts[0].text


def test_unknown_keys_and_missing_ones_do_no_harm() -> None:
    assert kinds(photo(), {"name": "woman", "aura": True}) == []


def test_of_two_like_photos_the_later_one_is_doubted() -> None:
    first, second = photo(perceptual_hash="0" * 16), photo(perceptual_hash="0" * 15 + "f")

    assert doubts_about(first, [first, second], None, "woman") == []
    assert [it.kind for it in doubts_about(second, [first, second], None, "woman")] == ["duplicate"]
