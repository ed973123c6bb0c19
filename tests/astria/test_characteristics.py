"""Characteristics: agreed on over photos, written into texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astria import INSPECT_VALUES, Inspection, aggregate, render


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("ohwx woman, {{eye_color}}, smiling", "ohwx woman, blue eyes, smiling"),
        ("{{ eye_color }}{{eye_color}}", "blue eyesblue eyes"),
        ("{{is_bald}} ohwx man{{hair}}", " ohwx man"),
        ("{eye_color} {{}} {{eye color}}", "{eye_color} {{}} {{eye color}}"),
        ("{{blurry}} {{age}} {{none}}", "false 40 "),
    ],
)
def test_text_is_filled_in(text: str, rendered: str) -> None:
    traits = {"eye_color": "blue eyes", "is_bald": "", "blurry": False, "age": 40, "none": None}

    assert render(text, traits) == rendered


def test_values_are_not_filled_in_again() -> None:
    assert render("{{a}}", {"a": "{{b}}", "b": "c"}) == "{{b}}"


def test_most_common_value_is_taken() -> None:
    photos = [{"eye_color": color} for color in ("blue eyes", "brown eyes", "brown eyes")]

    assert aggregate(photos) == {"eye_color": "brown eyes"}


def test_first_of_equally_common_values_is_taken() -> None:
    assert aggregate([{"age": "30 yo"}, {"age": "20 yo"}]) == {"age": "30 yo"}


def test_what_fewer_than_half_show_is_dropped() -> None:
    photos: list[dict[str, object]] = [{"glasses": "glasses"}, {"glasses": ""}, {"glasses": "NONE"}]

    assert aggregate(photos) == {}
    assert aggregate(photos[:2]) == {"glasses": "glasses"}


def test_flags_and_class_names_are_no_characteristics() -> None:
    seen = Inspection.from_json({"name": "woman", "selfie": True, "hair_color": "brunette", "new": 3})

    assert aggregate([seen]) == {"hair_color": "brunette"}
    assert aggregate([]) == {}


WORDS = st.sampled_from(["blue eyes", "brown eyes", "", "NONE"])


@settings(deadline=None, database=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(INSPECT_VALUES)), WORDS, max_size=3), max_size=8))
def test_whatever_is_taken_was_seen_in_half_of_the_photos(photos: list[dict[str, str]]) -> None:
    for key, value in aggregate(photos).items():
        shown = [photo[key] for photo in photos if photo.get(key) not in (None, "", "NONE")]
        assert 2 * len(shown) >= len(photos)
        assert shown.count(value) == max(shown.count(other) for other in shown)
