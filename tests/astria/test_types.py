"""Objects: tolerant of what is new, missing or odd, strict about the id."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest

from astria import ClassCost, Inspection, InvalidResponse, Pack, PackDetail, PackPrompt, PackRun, Prompt, Tune
from astria.prompt_attributes import PROMPT_RULES
from tests.astria.samples import PACK_DETAIL, PICTURE, PROMPT, TUNE

WITH_ID = [Tune, Prompt, Pack, PackDetail, PackPrompt]


@pytest.mark.parametrize("kind", WITH_ID)
def test_id_alone_is_enough(kind: type[Tune]) -> None:
    assert kind.from_json({"id": 3}) == kind(id=3)


@pytest.mark.parametrize("kind", WITH_ID)
@pytest.mark.parametrize("data", [{}, {"id": None}, {"id": "3"}, {"id": True}, {"id": 3.5}, [], None, "text"])
def test_object_without_id_is_unreadable(kind: type[Tune], data: object) -> None:
    with pytest.raises(InvalidResponse):
        kind.from_json(data)


@pytest.mark.parametrize("kind", [Inspection, PackRun, ClassCost])
@pytest.mark.parametrize("data", [[], None, "text", 1])
def test_what_is_no_object_is_unreadable(kind: type[PackRun], data: object) -> None:
    with pytest.raises(InvalidResponse):
        kind.from_json(data)


def test_whatever_a_prompt_can_be_told_can_be_read_from_it() -> None:
    frames = ("video_first_frame", "video_last_frame", "audio_reference")
    # Addresses and data come back as the address of the picture.
    sent_only = {name for name in PROMPT_RULES if name.startswith(frames) or name.endswith(("_url", "_urls"))}
    sent_only |= {"input_image_base64"}

    assert set(PROMPT_RULES) - sent_only <= {field.name for field in fields(Prompt)}


@pytest.mark.parametrize("kind", WITH_ID)
def test_unknown_fields_are_kept(kind: type[Tune]) -> None:
    found = kind.from_json({"id": 3, "brand_new": {"a": [1]}})

    assert found.extra == {"brand_new": {"a": [1]}}


def test_reading_changes_nothing_of_what_is_read() -> None:
    data = dict(PACK_DETAIL)

    PackDetail.from_json(data)

    assert data == PACK_DETAIL


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("3.0", 3.0),
        (3, 3.0),
        (2.5, 2.5),
        (None, None),
        ("high", None),
        ("nan", None),
        (True, None),
        (10**400, None),
    ],
)
def test_cfg_scale_may_be_number_or_string(raw: object, number: float | None) -> None:
    assert Prompt.from_json({"id": 1, "cfg_scale": raw}).cfg_scale == number


@pytest.mark.parametrize(
    ("raw", "number"), [(4, 4), ("4", 4), (4.0, 4), (4.5, None), (False, None), ([], None)]
)
def test_whole_numbers_are_read_leniently(raw: object, number: int | None) -> None:
    assert Prompt.from_json({"id": 1, "num_images": raw}).num_images == number


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2023-10-02T14:32:40.363Z", datetime(2023, 10, 2, 14, 32, 40, 363000, tzinfo=UTC)),
        ("2023-10-02T14:32:40", datetime(2023, 10, 2, 14, 32, 40, tzinfo=UTC)),
        ("2023-10-02T14:32:40+03:00", datetime(2023, 10, 2, 14, 32, 40, tzinfo=timezone(timedelta(hours=3)))),
        (None, None),
        ("soon", None),
        (1696257160, None),
    ],
)
def test_moments_are_aware(raw: object, moment: datetime | None) -> None:
    assert Tune.from_json({"id": 1, "trained_at": raw}).trained_at == moment


def test_unreadable_values_are_kept() -> None:
    odd: dict[str, object] = {
        "trained_at": "soon",
        "cfg_scale": "high",
        "text": 5,
        "liked": "yes",
        "images": "none",
    }

    prompt = Prompt.from_json({"id": 1, **odd})

    assert prompt == Prompt(id=1, extra=odd)


@pytest.mark.parametrize(
    ("raw", "urls"),
    [
        ([PICTURE], (PICTURE,)),
        ([{"url": PICTURE, "id": 4}], (PICTURE,)),
        ([PICTURE, None, {}, {"url": 1}, 7], (PICTURE,)),
        ([], ()),
        (None, ()),
        ({"url": PICTURE}, ()),
    ],
)
def test_images_may_be_addresses_or_objects(raw: object, urls: tuple[str, ...]) -> None:
    assert Prompt.from_json({"id": 1, "images": raw}).images == urls


@pytest.mark.parametrize(
    ("fields", "final"),
    [
        ({}, False),
        ({"images": []}, False),
        ({"trained_at": "2023-10-02T14:32:40Z"}, False),
        ({"images": [PICTURE]}, True),
        ({"user_error": "No face found"}, True),
        ({"user_error": ""}, False),
    ],
)
def test_prompt_is_final_with_pictures_or_error(fields: dict[str, object], final: bool) -> None:
    assert Prompt.from_json({"id": 1, **fields}).is_final is final


def test_created_tune_has_its_prompts() -> None:
    tune = Tune.from_json({**TUNE, "prompts": [PROMPT]})

    assert [prompt.id for prompt in tune.prompts] == [1]


def test_prompts_that_are_no_list_are_kept() -> None:
    assert Tune.from_json({"id": 1, "prompts": 12}) == Tune(id=1, extra={"prompts": 12})


def test_odd_costs_are_left_out() -> None:
    pack = Pack.from_json({"id": 1, "cost_mc_hash": {"man": 200000, "cat": None}})

    assert pack.cost_mc_hash == {"man": 200000}


def test_costs_that_are_no_object_are_kept() -> None:
    assert Pack.from_json({"id": 1, "cost_mc_hash": []}).extra == {"cost_mc_hash": []}


@pytest.mark.parametrize("raw", [{"man": [{"images": []}]}, {"man": 3}])
def test_pack_prompts_without_id_are_unreadable(raw: object) -> None:
    with pytest.raises(InvalidResponse):
        PackDetail.from_json({"id": 1, "prompts_per_class": raw})


def test_odd_prompt_ids_are_kept() -> None:
    assert PackRun.from_json({"prompt_ids": [1, "x"]}) == PackRun(extra={"prompt_ids": [1, "x"]})
    assert PackRun.from_json({"prompt_ids": 1}) == PackRun(extra={"prompt_ids": 1})


def test_objects_can_be_compared_and_hashed() -> None:
    one, same = Prompt.from_json({**PROMPT, "new": []}), Prompt.from_json({**PROMPT, "new": []})

    assert one == same
    assert len({one, same, Prompt(id=2)}) == 2


@pytest.mark.parametrize(
    "found",
    [
        Prompt.from_json({**PROMPT, "images": [PICTURE]}),
        Tune.from_json({**TUNE, "callback": "https://example.com/callbacks/token"}),
        Inspection.from_json({"eye_color": "blue eyes", "blurry": True}),
        PackDetail.from_json(PACK_DETAIL).prompts_per_class["woman"][0],
    ],
)
def test_representations_show_nothing_private(found: object) -> None:
    shown = repr(found)

    assert not any(
        word in shown for word in (PICTURE, "token/", "callbacks", "blue eyes", "blurry", "painting")
    )
