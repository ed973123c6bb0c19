"""What a photo and a set could do better, in words."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from studio.coach import Doubt, coach, doubts_about
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
        ({"sharpness": 9.9}, "blurry"),
        ({"width": 511}, "low_resolution"),
        ({"height": 400}, "low_resolution"),
    ],
)
def test_each_rule_of_our_own(values: dict[str, Any], kind: str) -> None:
    assert kinds(photo(**values)) == [kind]


@pytest.mark.parametrize(
    "values", [{"brightness": 45.0}, {"sharpness": 10.0}, {"width": 512}, {"faces": [[0.5, 0.2, 0.08, 0.06]]}]
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


def test_what_inspection_said_is_not_said_twice() -> None:
    assert kinds(photo(sharpness=1, faces=[]), {"name": "", "blurry": True}) == ["name", "blurry"]


@pytest.mark.parametrize(
    ("found", "words"),
    [("cat", "looks like a cat, not a woman"), ("", "No woman was found"), (None, "No woman")],
)
def test_another_subject_is_named(found: str | None, words: str) -> None:
    doubts = doubts_about(photo(), [], {"name": found}, "woman")

    assert words in doubts[0].text


def test_unknown_keys_and_missing_ones_do_no_harm() -> None:
    assert kinds(photo(), {"name": "woman", "aura": True, "selfie": True}) == []


def test_of_two_like_photos_the_later_one_is_doubted() -> None:
    first, second = photo(perceptual_hash="0" * 16), photo(perceptual_hash="0" * 15 + "f")

    assert doubts_about(first, [first, second], None, "woman") == []
    assert [it.kind for it in doubts_about(second, [first, second], None, "woman")] == ["duplicate"]


@pytest.mark.parametrize(
    ("good", "doubtful", "score", "advice"),
    [
        (0, 0, 0, ["Add 4 more photos: four are the minimum."]),
        (3, 0, 38, ["Add 1 more photo: four are the minimum."]),
        (4, 0, 50, ["Add photos from another day, in other light: 8 to 16 work best."]),
        (7, 1, 88, ["Replace the photo with a warning."]),
        (8, 0, 100, []),
        (9, 2, 100, ["Replace the 2 photos with a warning."]),
        (20, 0, 100, ["That is the most a set can hold."]),
    ],
)
def test_a_set_is_judged_by_its_good_photos(good: int, doubtful: int, score: int, advice: list[str]) -> None:
    photos = [photo() for _ in range(good + doubtful)]
    doubts = {one.pk: [Doubt("blurry", "Blurred.")] if n >= good else [] for n, one in enumerate(photos)}

    found = coach(photos, doubts)

    assert (found.count, found.score, found.advice) == (good + doubtful, score, advice)


def test_a_doubtful_photo_that_is_kept_counts_as_good() -> None:
    kept = photo(kept_anyway=True)

    assert coach([kept], {kept.pk: [Doubt("blurry", "Blurred.")]}).score == 12
