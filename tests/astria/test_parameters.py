"""What is refused before any call, and how the error says so."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astria import Astria, ImageFile, InvalidParameter
from astria.checks import checked_nested_prompts, checked_overrides, checked_prompt
from astria.prompt_attributes import NESTED_PROMPT_RULES, PROMPT_RULES, PromptAttributes
from astria.tune_attributes import TUNE_RULES, TuneAttributes
from tests.astria.server import Server

PHOTO = ImageFile("1.jpg", b"one")
URL = "https://example.com/1.jpg"

RANGES = [
    ("num_images", 0, 1, 8, 9),
    ("seed", -1, 0, 2**32, 2**32 + 1),
    ("cfg_scale", -0.1, 0, 15, 15.1),
    ("steps", -1, 0, 50, 51),
    ("denoising_strength", -0.01, 0.0, 1.0, 1.01),
    ("controlnet_conditioning_scale", -0.01, 0, 1, 1.01),
]
WRONG: list[tuple[str, object]] = [
    ("w", 0),
    ("w", 1020),
    ("h", -8),
    ("h", 512.0),
    ("num_images", True),
    ("num_images", "4"),
    ("num_images", 4.0),
    ("cfg_scale", True),
    ("cfg_scale", float("nan")),
    ("cfg_scale", float("inf")),
    ("cfg_scale", 10**400),
    ("steps", 10**5000),
    ("super_resolution", 1),
    ("super_resolution", "true"),
    ("scheduler", "dpm"),
    ("style", "cinematic"),
    ("color_grading", ""),
    ("controlnet", "sketch"),
    ("aspect_ratio", "1:2"),
    ("resolution", "8K"),
    ("backend_version", "2"),
    ("callback", "example.com"),
    ("callback", ""),
    ("text", " "),
    ("text", 5),
    ("negative_prompt", 5),
    ("input_image", b"bytes"),
    ("input_image_url", "ftp://example.com/1.jpg"),
    ("input_image_base64", "aGVsbG8="),
    ("pack_id", 0),
    ("image_references", PHOTO),
    ("image_references", [b"bytes"]),
    ("image_reference_urls", URL),
    ("video_upscale_target_resolution", "480p"),
]


def refused(**attributes: Any) -> InvalidParameter:
    """Return the error that these parameters of a prompt end with."""
    with pytest.raises(InvalidParameter) as caught:
        checked_prompt({"text": "ohwx man", "input_image_url": URL, **attributes})  # type: ignore[typeddict-item]
    return caught.value


@pytest.mark.parametrize(("name", "below", "lowest", "highest", "above"), RANGES)
def test_both_ends_of_a_range_pass_and_what_is_beyond_does_not(
    name: str, below: float, lowest: float, highest: float, above: float
) -> None:
    for value in (lowest, highest):
        assert checked_overrides({name: value}) == {name: value}
    for value in (below, above):
        assert refused(**{name: value}).parameter == name


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[name for name, _ in WRONG])
def test_what_breaks_a_rule_is_refused(name: str, value: object) -> None:
    error = refused(**{name: value})

    assert (error.parameter, error.value is value) == (name, True)
    assert PROMPT_RULES[name].words in str(error)


def test_error_names_parameter_value_and_range() -> None:
    assert str(refused(num_images=9)) == "num_images must be a whole number from 1 to 8, not 9"
    assert str(refused(w=1020)) == "w must be a multiple of 8 from 8, not 1020"
    assert str(refused(cfg_scale=15.5)) == "cfg_scale must be a number from 0 to 15, not 15.5"
    assert str(refused(color_grading="Kodak")).endswith("Film Velvia, Film Portra, Ektar, not 'Kodak'")


def test_error_keeps_texts_to_itself() -> None:
    error = refused(callback="a secret")

    assert "secret" not in str(error)
    assert str(error) == "callback must be an http or https address, not a text of 8 characters"
    assert str(refused(callback="x")).endswith("not a text of 1 character")


def test_error_survives_copies_and_pickles() -> None:
    error = refused(num_images=9)

    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (str(twin), twin.parameter, twin.value) == (str(error), "num_images", 9)


@pytest.mark.parametrize("name", ["inpaint_faces", "hires_fix"])
def test_some_corrections_need_super_resolution(name: str) -> None:
    for without in ({}, {"super_resolution": False}, {"super_resolution": None}):
        assert refused(**{name: True, **without}).parameter == name

    assert checked_prompt({"text": "a", name: True, "super_resolution": True})  # type: ignore[misc]
    assert checked_prompt({"text": "a", name: False})  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"), [("controlnet", "pose"), ("mask_image", PHOTO), ("mask_image_url", URL)]
)
def test_controlnet_and_masks_need_an_input_image(name: str, value: object) -> None:
    assert refused(**{name: value, "input_image_url": None}).parameter == name

    for given_image in (
        {"input_image": PHOTO},
        {"input_image_url": URL},
        {"input_image_base64": "data:image/png;base64,aGk="},
    ):
        assert checked_prompt({"text": "a", name: value, **given_image})  # type: ignore[typeddict-item]


def test_what_overrides_a_prompt_may_rely_on_what_the_prompt_has() -> None:
    assert checked_overrides({"inpaint_faces": True, "controlnet": "pose"})

    with pytest.raises(InvalidParameter, match="hires_fix must come with super_resolution"):
        checked_overrides({"hires_fix": True, "super_resolution": False})


def test_lora_scale_is_for_prompts_inside_a_new_tune() -> None:
    assert refused(lora_scale=0.5).parameter == "lora_scale"
    with pytest.raises(InvalidParameter, match="lora_scale is for prompts_attributes"):
        checked_overrides({"lora_scale": 0.5}, prefix="prompt_attributes.")
    assert checked_nested_prompts([{"text": "a", "lora_scale": 0.5}]) == [{"text": "a", "lora_scale": 0.5}]


def test_nested_prompts_are_named_by_their_number() -> None:
    with pytest.raises(InvalidParameter) as caught:
        checked_nested_prompts([{"text": "a"}, {"text": "a", "steps": 51}])

    assert caught.value.parameter == "prompts_attributes[1].steps"


@pytest.mark.parametrize("prompts", ["text", {"text": "a"}, ["text"], [{1: "a"}]])
def test_nested_prompts_must_be_a_list_of_mappings(prompts: Any) -> None:
    with pytest.raises(InvalidParameter, match="prompts_attributes"):
        checked_nested_prompts(prompts)


def test_prompt_needs_a_text_or_a_picture_that_moves() -> None:
    with pytest.raises(InvalidParameter, match="text must be given"):
        checked_prompt({"seed": 1})

    assert checked_prompt({"video_first_frame": PHOTO, "video_model": "kling25"})


def test_unknown_parameters_go_through_extra_only() -> None:
    assert refused(sharpness=3).parameter == "sharpness"
    assert checked_prompt({"text": "a"}, {"sharpness": 3, "steps": 80}) == {
        "text": "a",
        "sharpness": 3,
        "steps": 80,
    }

    with pytest.raises(InvalidParameter, match="steps is given twice"):
        checked_prompt({"text": "a", "steps": 5}, {"steps": 80})


def test_none_is_sent_and_what_is_not_given_is_not() -> None:
    assert checked_overrides({"seed": None, "callback": None}) == {"seed": None, "callback": None}
    assert checked_prompt({"text": "a"}) == {"text": "a"}


def test_each_parameter_has_its_rule() -> None:
    assert set(PROMPT_RULES) == set(PromptAttributes.__annotations__)
    assert set(TUNE_RULES) == set(TuneAttributes.__annotations__)
    assert set(NESTED_PROMPT_RULES) - set(PROMPT_RULES) == {"lora_scale"}


@settings(deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(sorted(NESTED_PROMPT_RULES)), st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.binary(max_size=5),
    st.lists(st.integers(), max_size=2),
)))  # fmt: skip
def test_any_value_is_accepted_unchanged_or_refused_by_name(attributes: dict[str, Any]) -> None:
    try:
        sent = checked_overrides(attributes)
    except InvalidParameter as error:
        assert error.parameter in attributes
        assert len(str(error)) < 500
    else:
        assert sent == attributes


def test_nothing_is_sent_when_a_parameter_is_refused(server: Server, client: Astria) -> None:
    calls: list[Any] = [
        lambda: client.prompts.create(1, text="a", num_images=9),
        lambda: client.prompts.create(0, text="a"),
        lambda: client.prompts.create_bare(text="a", tune_id=-1),
        lambda: client.prompts.duplicate(1, image_index=-1),
        lambda: client.prompts.update(1),
        lambda: client.tunes.create(title="t", name="man", image_urls=[URL], steps=0),
        lambda: client.tunes.create(title="t", name="man", image_urls=[URL], branch="sd3"),
        lambda: client.tunes.create(title="t", name="man"),
        lambda: client.tunes.update(1),
        lambda: client.tunes.update(1, name="män"),
        lambda: client.tunes.gallery(branch=" "),
        lambda: client.tunes.create(title="t", name="man", images=PHOTO),  # type: ignore[arg-type]
        lambda: client.tunes.create(title="t", name="man", image_urls=URL),
        lambda: client.themes.create("Corporate", 1),  # type: ignore[arg-type]
        lambda: client.prompts.create(1, text="a", extra=[1]),  # type: ignore[arg-type]
        lambda: client.themes.create("Corporate", [1], extra={"theme": "b"}),
        lambda: client.tunes.find(" "),
        lambda: client.tunes.find("t", created_after=datetime(2026, 1, 1)),
        lambda: client.packs.create(title=""),
        lambda: client.packs.list(public=1),  # type: ignore[arg-type]
        lambda: client.packs.create_prompts(1, tune_ids=[1], prompt_attributes={"steps": 51}),
        lambda: client.packs.create_prompts(1, tune_ids=[1], prompts_callback="nowhere"),
        lambda: client.packs.create_tune(1, title="t", name="man", image_urls=[URL], callback="nowhere"),
        lambda: client.themes.create("Corporate", []),
        lambda: client.themes.create("Corporate", [1], {"num_images": 123}),
        lambda: client.themes.create("Corporate", [1], {"seed": 1}),  # type: ignore[typeddict-unknown-key]
    ]

    for call in calls:
        with pytest.raises(InvalidParameter):
            call()

    assert server.received == []
