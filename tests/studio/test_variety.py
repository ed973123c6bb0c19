"""What a set could do better: its score, and what would raise it most; by numbers, then by photographs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from studio.coach import Doubt, doubts_about
from studio.models import Photo
from studio.photos import prepare
from studio.variety import Coaching, coach

PHOTOS = Path(__file__).parents[1] / "photos"
MEASURED = ("width", "height", "sharpness", "brightness", "faces", "perceptual_hash", "sha256", "scene")


def photo(number: int, **values: Any) -> Photo:
    """Return a good photo, from another day, place and distance than one of another `number`."""
    good = {
        "id": uuid4(), "width": 1080, "height": 1350, "sharpness": 90.0, "brightness": 150.0,
        "faces": [[0.3, 0.2, 0.2 + 0.2 * (number % 2), 0.25]],
        "perceptual_hash": f"{(number * 0x9E3779B97F4A7C15) % 2**64:016x}",
        "scene": {"around": colours(number * 40), "wear": colours(number * 40)},
    }  # fmt: skip
    return Photo(**good | values)


def colours(light: float) -> list[float]:
    return [light, 128.0, 128.0, 1.0, 1.0, 1.0]


def varied(count: int, **values: Any) -> list[Photo]:
    return [photo(number, **values) for number in range(count)]


def judge(photos: Sequence[Photo], doubts: dict[int, str] | None = None) -> Coaching:
    """Return the coaching of a set; `doubts` names one by a photo's place in it."""
    named = doubts or {}
    return coach(
        photos, {one.pk: [Doubt(named[n], "So.")] if n in named else [] for n, one in enumerate(photos)}
    )


def kinds(coaching: Coaching) -> list[str]:
    return [finding.kind for finding in coaching.findings]


@pytest.mark.parametrize(
    ("count", "score", "found"), [(0, 0, ["count"]), (3, 38, ["count"]), (4, 50, ["count"]), (8, 100, [])]
)
def test_varied_photos_count_towards_the_eight_that_one_should_have(
    count: int, score: int, found: list[str]
) -> None:
    judged = judge(varied(count))

    assert (judged.count, judged.score, kinds(judged)) == (count, score, found)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "4 photos are missing: four are the minimum."),
        (3, "1 photo is missing: four are the minimum."),
        (5, "Add 3 more photos."),
        (20, "That is the most a set can hold."),
    ],
)
def test_how_many_are_missing_is_said(count: int, words: str) -> None:
    assert words in [finding.text for finding in judge(varied(count)).findings]


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        ({"scene": {"around": None, "wear": colours(9)}}, "days", "Add two photos from another day."),
        ({"scene": {"around": colours(9), "wear": None}}, "places", "Add two taken elsewhere"),
        ({"faces": [[0.2, 0.2, 0.31, 0.3]]}, "distance", "Add one at arm's length or further."),
        ({"faces": [[0.2, 0.2, 0.14, 0.1]]}, "distance", "Add two of head and shoulders."),
        ({"perceptual_hash": "0" * 16}, "likeness", "Keep the best of them"),
    ],
)
def test_what_all_have_in_common_is_what_a_set_lacks(values: dict[str, Any], kind: str, words: str) -> None:
    judged = judge(varied(8, **values))

    assert kinds(judged) == [kind]
    assert words in judged.findings[0].todo
    assert judged.score == 100 - judged.findings[0].points


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("wearing_hat", "faces"), ("includes_multiple_people", "faces"), ("name", "faces"),
        ("low_quality", "light"), ("blurry", "sharpness"), ("low_resolution", "sharpness"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_photos_is_what_their_set_lacks(kind: str, found: str) -> None:
    assert kinds(judge(varied(9), {0: kind, 1: kind})) == [found]


def test_the_greatest_effect_comes_first() -> None:
    judged = judge(varied(5, scene={"around": None, "wear": colours(9)}), {0: "blurry"})

    points = [finding.points for finding in judged.findings]
    assert kinds(judged) == ["count", "sharpness", "days"]
    assert points == sorted(points, reverse=True)


def test_a_doubtful_photo_that_is_kept_counts_as_good() -> None:
    assert judge(varied(8, kept_kinds=["blurry"]), {0: "blurry"}).score == 100


def test_one_that_is_kept_in_spite_of_another_doubt_does_not() -> None:
    assert judge(varied(8, kept_kinds=["dark"]), {0: "blurry"}).score < 100


def test_a_hint_takes_nothing_from_the_score() -> None:
    photos = varied(8)
    hint = Doubt("selfie", "A selfie.", is_hint=True)

    assert coach(photos, {one.pk: [hint] for one in photos}).score == 100


def test_what_was_not_measured_is_not_held_against_anybody() -> None:
    cats = varied(8, scene=None, faces=[])

    assert judge(cats).score == 100


def test_three_photos_are_not_asked_for_variety_yet() -> None:
    assert kinds(judge(varied(3, scene={"around": colours(9), "wear": colours(9)}))) == ["count"]


# The photographs


@cache
def measured(name: str) -> dict[str, Any]:
    with (PHOTOS / name).open("rb") as file:
        prepared = prepare(file, max_bytes=50 << 20)
    return {field: getattr(prepared, field) for field in MEASURED}


def set_of(*names: str) -> Coaching:
    photos = [Photo(id=uuid4(), **measured(name)) for name in names]
    return coach(photos, {one.pk: doubts_about(one, photos, None, "woman") for one in photos})


PORTRAITS = [f"person-{number}.jpg" for number in range(1, 7)]


@pytest.mark.slow
def test_six_crops_of_one_portrait_come_from_one_day_before_one_wall() -> None:
    judged = set_of(*PORTRAITS)

    assert kinds(judged) == ["count", "days", "places"]
    assert 50 < judged.score < 60


@pytest.mark.slow
def test_another_person_in_other_clothes_is_another_day() -> None:
    assert "days" not in kinds(set_of(*PORTRAITS, "profile-grey.jpg"))


@pytest.mark.slow
def test_the_same_photo_in_other_forms_looks_alike() -> None:
    judged = set_of(
        "person-1.jpg", "phone.heic", "person.webp", "phone-12mp.jpg", "person-1-again-smaller.jpg"
    )

    alike = next(finding for finding in judged.findings if finding.kind == "likeness")
    assert alike.text == "5 look alike."


@pytest.mark.slow
def test_each_poor_photo_is_found_in_its_set() -> None:
    poor = set_of(*PORTRAITS, "blurry.jpg", "too-dark.jpg", "two-people.jpg", "coffee-no-face.jpg")

    assert {"faces", "light", "sharpness", "likeness"} <= set(kinds(poor))
    assert poor.score < set_of(*PORTRAITS, "profile-grey.jpg", "long-shot.jpg").score
