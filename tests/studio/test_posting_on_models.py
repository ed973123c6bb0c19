"""What is posted for a theme, a person's own words, more like a shot, some shots; and how each can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from responses import RequestsMock
from time_machine import Traveller

from studio.generation import callback_url
from studio.models import Pause, Prompt, Shoot, Tune
from studio.ordering import order_pack
from studio.ordering_more import order_more_like, order_pack_on, order_prompt, order_theme
from studio.training import advance
from studio.wishes import Look
from tests.factories import PackFactory, PromptFactory, ShootFactory
from tests.studio.conftest import API, connection_refused
from tests.studio.posted import calls, form_of, json_of

pytestmark = pytest.mark.django_db

Orders = dict[str, Callable[[], Shoot]]


@pytest.fixture
def orders(api: RequestsMock, tune: Tune) -> Orders:
    """An order of each kind on a checkpoint, of which Astria lists one prompt, 41."""
    Tune.objects.update(branch="sd15", token="ohwx")
    tune.refresh_from_db()
    api.get(f"{API}/tunes/{tune.astria_id}/prompts", json=[{"id": 41}])
    ended = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    shot = PromptFactory.create(shoot=ended, astria_id=41, text="ohwx woman")
    return {
        "theme": lambda: order_theme(tune, "autumn", key="a", num_images=2),
        "prompt": lambda: order_prompt(tune, "by the sea", key="a", seed=7, num_images=3),
        "more": lambda: order_more_like(shot, key="a"),
    }


def address(kind: str, tune: Tune) -> str:
    paths = {
        "theme": "/themes",
        "prompt": f"/tunes/{tune.astria_id}/prompts",
        "more": "/prompts/41/duplicate",
    }
    return API + paths[kind]


def advanced(shoot: Shoot) -> Shoot:
    """Do what is due as a queue may: the same task, started twice."""
    advance(shoot.pk)
    advance(shoot.pk)
    shoot.refresh_from_db()
    return shoot


def test_a_theme_goes_out_with_its_number_of_pictures(api: RequestsMock, orders: Orders, tune: Tune) -> None:
    api.post(address("theme", tune), status=201)

    shoot = advanced(orders["theme"]())

    assert [json_of(post) for post in calls(api, "POST")] == [
        {"theme": {"theme": "autumn", "tune_ids": [tune.astria_id], "prompt_attributes": {"num_images": 2}}}
    ]
    assert (shoot.status, shoot.prompt_watermark) == (Shoot.Status.GENERATING, 41)


def test_own_words_name_the_subject_and_carry_seed_and_callback(
    api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    api.post(address("prompt", tune), status=201, json={"id": 42, "text": "t"})

    shoot = advanced(orders["prompt"]())

    sent = {"text": "ohwx woman, by the sea", "seed": 7, "num_images": 3, "callback": callback_url(shoot)}
    assert [json_of(post) for post in calls(api, "POST")] == [{"prompt": sent}]
    assert Prompt.objects.get(astria_id=42).shoot == shoot


@pytest.mark.parametrize(
    ("model", "base", "text"),
    [
        ({"branch": "flux1", "model_type": "lora"}, 1504944, "<lora:5:1.0> ohwx woman, by the sea"),
        (
            {"branch": "sdxl1", "model_type": "pti", "base_tune_id": 9},
            9,
            "<lora:5:1.0> ohwx woman, by the sea",
        ),
        ({"branch": "sd15", "model_type": "faceid"}, 690204, "<faceid:5:1.0> ohwx woman, by the sea"),
    ],
)
def test_own_words_go_to_the_base_of_a_model_that_is_no_checkpoint(
    api: RequestsMock, orders: Orders, tune: Tune, model: dict[str, Any], base: int, text: str
) -> None:
    Tune.objects.update(astria_id=5, **model)
    tune.refresh_from_db()
    api.get(f"{API}/tunes/5/prompts", json=[])
    api.post(f"{API}/tunes/{base}/prompts", status=201, json={"id": 42})

    advanced(orders["prompt"]())

    assert [json_of(post)["prompt"]["text"] for post in calls(api, "POST")] == [text]


def test_a_model_of_unknown_kind_is_asked_for_first(api: RequestsMock, orders: Orders, tune: Tune) -> None:
    Tune.objects.update(branch="", token="")
    said = {"id": tune.astria_id, "branch": "sd15", "token": "sks"}
    api.get(f"{API}/tunes/{tune.astria_id}", json=said)
    api.post(address("prompt", tune), status=201, json={"id": 42})

    advanced(orders["prompt"]())

    assert [json_of(post)["prompt"]["text"] for post in calls(api, "POST")] == ["sks woman, by the sea"]


def test_a_model_of_a_kind_that_has_no_base_gives_the_order_back(
    api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    Tune.objects.update(branch="unheard-of", model_type="lora")

    shoot = advanced(orders["prompt"]())

    assert (shoot.status, shoot.refunded) == (Shoot.Status.FAILED, 3)
    assert calls(api, "POST") == []


def test_more_like_a_shot_overrides_seed_number_and_above_all_the_callback(
    api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    api.post(address("more", tune), status=201, json={"id": 42})

    shoot = advanced(orders["more"]())

    sent = {"seed": shoot.wish["seed"], "num_images": 2, "callback": callback_url(shoot)}
    assert [json_of(post) for post in calls(api, "POST")] == [{"prompt": sent}]
    assert Prompt.objects.get(astria_id=42).shoot == shoot


def test_chosen_shots_are_named_on_a_new_model_and_on_one_that_exists(
    api: RequestsMock, photo_set: Any
) -> None:
    pack = PackFactory.create()
    shots = pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2]
    api.post(f"{API}/p/{pack.astria_id}/tunes", status=201, json={"id": 77})
    api.get(f"{API}/tunes/77/prompts", json=[])
    first, second = (order_pack(photo_set, pack, number=n, prompt_ids=shots) for n in (0, 1))

    advance(first.pk)
    advance(second.pk)

    trained, run = calls(api, "POST")
    assert form_of(trained).texts["tune[prompt_ids][]"] == str(shots[1])  # the last of two
    assert json_of(run)["tune"]["prompt_ids"] == list(shots)


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"status": 429}, Shoot.Status.QUEUED),
        ({"body": connection_refused()}, Shoot.Status.QUEUED),
        ({"status": 401}, Shoot.Status.QUEUED),
        ({"status": 402}, Shoot.Status.QUEUED),
        ({"status": 403}, Shoot.Status.QUEUED),
        ({"status": 422, "json": {"base": ["no"]}}, Shoot.Status.FAILED),
        ({"status": 404}, Shoot.Status.FAILED),
        ({"status": 500}, Shoot.Status.UNCONFIRMED),
        ({"status": 504}, Shoot.Status.UNCONFIRMED),
        ({"status": 200, "body": "<html>"}, Shoot.Status.UNCONFIRMED),
    ],
    ids=lambda value: str(value.get("status", "refused")) if isinstance(value, dict) else "",
)
def test_every_end_of_a_post_is_one_of_four(
    noon: Traveller,
    api: RequestsMock,
    orders: Orders,
    tune: Tune,
    kind: str,
    answer: dict[str, Any],
    status: str,
) -> None:
    api.post(address(kind, tune), **answer)
    # A shot that cannot be duplicated is posted by its text.
    is_twice = kind == "more" and answer.get("status") == 404
    if is_twice:
        api.post(address("prompt", tune), **answer)
    shoot = orders[kind]()

    advance(shoot.pk)

    shoot.refresh_from_db()
    assert (shoot.status, len(calls(api, "POST"))) == (status, 1 + is_twice)
    assert shoot.refunded == (shoot.price if status == Shoot.Status.FAILED else 0)
    assert Pause.objects.count() == (answer.get("status") in (401, 402, 403))


def test_a_shot_that_is_gone_is_said_to_be(api: RequestsMock, orders: Orders, tune: Tune) -> None:
    api.post(address("more", tune), status=404)
    api.post(address("prompt", tune), status=404)

    assert advanced(orders["more"]()).error == "The shot to make more of is no longer available."


def test_where_nothing_can_be_duplicated_the_text_is_posted_with_another_seed(
    api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    api.post(address("more", tune), status=404)
    api.post(address("prompt", tune), status=201, json={"id": 42, "text": "ohwx woman"})

    shoot = advanced(orders["more"]())

    sent = {
        "text": "ohwx woman",
        "seed": shoot.wish["seed"],
        "num_images": 2,
        "callback": callback_url(shoot),
    }
    assert json_of(calls(api, "POST")[1]) == {"prompt": sent}
    assert Prompt.objects.get(astria_id=42).shoot == shoot


LOOK = Look(
    aspect="4:5",
    style="Cinematic",
    color_grading="Ektar",
    film_grain=True,
    super_resolution=True,
    face_correct=True,
    inpaint_faces=True,
)
SAID = {
    "style": "Cinematic",
    "color_grading": "Ektar",
    "film_grain": True,
    "super_resolution": True,
    "face_correct": True,
    "inpaint_faces": True,
}


@pytest.mark.parametrize(
    ("model", "base", "reference", "size"),
    [
        ({"branch": "sd15", "model_type": ""}, 5, "", (512, 640)),
        ({"branch": "sd15", "model_type": "faceid"}, 690204, "<faceid:5:1.0> ", (512, 640)),
        ({"branch": "sdxl1", "model_type": "pti"}, 666678, "<lora:5:1.0> ", (896, 1120)),
        ({"branch": "flux1", "model_type": "lora"}, 1504944, "<lora:5:1.0> ", (896, 1120)),
    ],
    ids=["checkpoint", "face", "sdxl", "flux"],
)
def test_a_look_goes_out_as_it_was_chosen_for_every_kind_of_model(
    api: RequestsMock, orders: Orders, tune: Tune, model: dict[str, Any], base: int, reference: str, size: Any
) -> None:
    Tune.objects.update(astria_id=5, **model)
    tune.refresh_from_db()
    is_flux = tune.branch == "flux1"
    negative = {} if is_flux else {"negative_prompt": "hats, glasses"}
    api.get(f"{API}/tunes/5/prompts", json=[])
    api.post(f"{API}/tunes/{base}/prompts", status=201, json={"id": 42})
    look = replace(LOOK, **negative)

    shoot = order_prompt(tune, "by the sea", key="a", seed=7, num_images=3, look=look)
    advanced(shoot)

    (sent,) = [json_of(post)["prompt"] for post in calls(api, "POST")]
    words = {"text": f"{reference}ohwx woman, by the sea", "seed": 7, "num_images": 3}
    assert sent == {
        **words,
        **SAID,
        **negative,
        "w": size[0],
        "h": size[1],
        "callback": callback_url(shoot),
    }


def test_a_theme_in_a_shape_asks_of_which_kind_the_model_is(
    api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    Tune.objects.update(branch="")
    api.get(f"{API}/tunes/{tune.astria_id}", json={"id": tune.astria_id, "branch": "flux1"})
    api.post(address("theme", tune), status=201)

    advanced(order_theme(tune, "autumn walk", key="a", aspect="3:2"))

    (sent,) = [json_of(post)["theme"] for post in calls(api, "POST")]
    assert sent["prompt_attributes"] == {"num_images": 1, "w": 1248, "h": 832}


def test_another_pack_is_posted_for_the_model_with_the_chosen_shots(
    api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    pack = PackFactory.create()
    shots = list(pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2])
    api.post(f"{API}/p/{pack.astria_id}/tunes", status=201, json={"status": 201})

    shoot = advanced(order_pack_on(tune, pack, key="a", prompt_ids=shots))

    (sent,) = [json_of(post)["tune"] for post in calls(api, "POST")]
    url = callback_url(shoot)
    assert sent == {
        "tune_ids": [tune.astria_id],
        "prompt_ids": shots,
        "prompt_attributes": {"callback": url},
        "prompts_callback": url,
    }


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_an_order_waits_until_its_model_is_at_astria(
    noon: Traveller, api: RequestsMock, orders: Orders, tune: Tune, kind: str
) -> None:
    shoot = orders[kind]()
    Tune.objects.update(status="submitting", astria_id=None, trained_at=None, expires_at=None)

    assert advanced(shoot).status == Shoot.Status.QUEUED
    assert len(api.calls) == 0


def test_a_theme_waits_for_one_of_which_prompts_are_still_to_come(
    noon: Traveller, api: RequestsMock, orders: Orders, tune: Tune
) -> None:
    api.post(address("theme", tune), status=201)
    first = advanced(orders["theme"]())
    noon.shift(60)
    second = advanced(order_theme(tune, "winter", key="b"))
    before = second.status
    PromptFactory.create_batch(10, shoot=first)
    noon.shift(60)

    assert (before, advanced(second).status) == (Shoot.Status.QUEUED, Shoot.Status.GENERATING)
