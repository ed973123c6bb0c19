"""What is said of the subject: seen by inspection, agreed to by the person."""

from __future__ import annotations

import pytest

import astria
from studio.characteristic_words import WORDS
from studio.characteristics import VALUES, aggregate, agreed, traits


def values(answers: list[dict[str, object]], before: dict[str, str] | None = None) -> dict[str, str]:
    """Return what would be sent."""
    return {trait.key: trait.value for trait in traits(answers, before) if trait.send}


def test_the_most_common_value_is_taken() -> None:
    answers = [{"eye_color": "green eyes"}, {"eye_color": "green eyes"}, {"eye_color": "blue eyes"}]

    assert aggregate(answers) == {"eye_color": "green eyes"}


def test_what_fewer_than_half_of_the_photos_show_is_dropped() -> None:
    answers: list[dict[str, object]] = [{"glasses": "glasses"}, {}, {}]

    assert aggregate(answers) == {}
    assert aggregate(answers[:2]) == {"glasses": "glasses"}


@pytest.mark.parametrize("value", ["", "NONE", None, True, 3, ["blonde"]])
def test_what_says_nothing_is_dropped(value: object) -> None:
    assert aggregate([{"hair_color": value}]) == {}


def test_nothing_was_seen_where_nothing_was_inspected() -> None:
    assert aggregate([]) == {}
    assert values([]) == {}


def test_sensitive_traits_start_left_out() -> None:
    saw = {"ethnicity": "korean", "age": "30 yo", "hair_color": "black hair"}

    assert values([saw]) == {"hair_color": "black hair"}
    proposed = {trait.key: trait.value for trait in traits([saw]) if trait.is_sensitive}
    assert proposed == {"ethnicity": "korean", "age": "30 yo"}


@pytest.mark.parametrize("key", ["ethnicity", "age"])
def test_a_sensitive_trait_is_sent_only_with_its_switch(key: str) -> None:
    form = {f"trait-{key}": VALUES[key][0]}

    assert agreed(form) == {}
    assert agreed(form | {f"say-{key}": "on"}) == {key: VALUES[key][0]}


def test_what_was_switched_on_stays_on() -> None:
    switched = {trait.key: trait.is_on for trait in traits([], {"age": "30 yo"}) if trait.is_sensitive}

    assert switched == {"ethnicity": False, "age": True}


def test_what_was_agreed_to_before_goes_before_what_was_seen() -> None:
    assert values([{"hair_color": "blonde"}], {"age": "30 yo"}) == {"age": "30 yo"}
    assert values([{"hair_color": "blonde"}], {}) == {}


def test_every_trait_can_be_left_out() -> None:
    assert all(trait.choices[0] == ("", "leave out") for trait in traits([]))


def test_only_documented_values_can_be_agreed_to() -> None:
    form = {f"trait-{key}": "' OR 1=1" for key in VALUES}
    form |= {"trait-age": "30 yo", "say-age": "on", "trait-mood": "happy", "say-ethnicity": "on"}

    assert agreed(form) == {"age": "30 yo"}


@pytest.mark.parametrize("key", VALUES)
def test_whatever_astria_may_see_is_offered_and_can_be_agreed_to(key: str) -> None:
    for value in astria.INSPECT_VALUES[key]:
        offered = {trait.key: trait.choices for trait in traits([], {key: value})}[key]

        assert value in dict(offered)
        assert agreed({f"trait-{key}": value, f"say-{key}": "on"}) == {key: value}


@pytest.mark.parametrize("key", VALUES)
def test_every_value_is_said_in_words_of_its_own(key: str) -> None:
    assert set(WORDS[key]) == {str(value) for value in astria.INSPECT_VALUES[key]}
    offered = [words for trait in traits([]) if trait.key == key for value, words in trait.choices]
    assert len(offered) == len(set(offered))


def test_every_characteristic_that_astria_documents_is_shown() -> None:
    assert set(VALUES) == set(astria.INSPECT_VALUES)


def test_older_words_are_not_offered_beside_their_newer_ones() -> None:
    choices = {trait.key: [value for value, _ in trait.choices] for trait in traits([])}

    assert "blonde hair" in choices["hair_color"] and "blonde" not in choices["hair_color"]
    assert "bald head" in choices["hair_style"] and "bald" not in choices["hair_style"]
