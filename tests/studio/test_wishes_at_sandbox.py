"""What was promised is what arrives at Astria, for every kind of model: the real sandbox took it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from accounts.models import User
from packs.models import Pack
from packs.sync import take_in
from studio.astria_client import astria_client
from studio.generation import callback_url, take_in_tune
from studio.models import Prompt, Shoot, Tune
from studio.ordering_more import order_more_like, order_pack_on, order_prompt, order_theme
from studio.training import advance
from studio.wishes import Look, takes_negative
from tests.factories import TrainedTuneFactory
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

KINDS: dict[str, dict[str, Any]] = {
    "checkpoint": {"base_tune_id": 690204},
    "face": {"base_tune_id": 690204, "model_type": "faceid"},
    "sdxl": {"branch": "sdxl1"},
    "flux": {"base_tune_id": 1504944, "model_type": "lora"},
}
# Where each kind's prompts go, how they name the model, and the size of 4:5.
BASES = {"checkpoint": None, "face": 690204, "sdxl": 666678, "flux": 1504944}
NAMED = {"checkpoint": "", "face": "<faceid:{}:1.0> ", "sdxl": "<lora:{}:1.0> ", "flux": "<lora:{}:1.0> "}
SIZES = {"checkpoint": (512, 640), "face": (512, 640), "sdxl": (896, 1120), "flux": (896, 1120)}
LOOK = Look(
    aspect="4:5",
    style="Cinematic",
    color_grading="Film Velvia",
    film_grain=True,
    super_resolution=True,
    face_correct=True,
    inpaint_faces=True,
)


@pytest.fixture(scope="module")
def trained(sandbox: Sandbox) -> dict[str, Any]:
    """A model of each kind, as the sandbox trained it."""
    photos = sandbox.order()["orig_images"][:1]
    made = {}
    for kind, given in KINDS.items():
        body = {"title": f"wish {kind}", "name": "woman", "image_urls": photos} | given
        made[kind] = sandbox.post("/tunes", json={"tune": body}).json()
    sandbox.advance(3600)
    return {kind: sandbox.get(f"/tunes/{tune['id']}").json() for kind, tune in made.items()}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def model(astria_at_sandbox: Sandbox, trained: dict[str, Any], user: User, kind: str) -> Tune:
    """The model of this kind, of which the studio knows what Astria says."""
    tune: Tune = TrainedTuneFactory.create(account=user.account, astria_id=trained[kind]["id"])
    take_in_tune(tune, astria_client(tune=tune).tunes.get(trained[kind]["id"]))
    return tune


def arrived(sandbox: Sandbox, order: Callable[[], Shoot]) -> tuple[str, dict[str, Any], Shoot]:
    """Return where the order was posted and with what, as the sandbox took it down."""
    shoot = order()
    advance(shoot.pk)
    shoot.refresh_from_db()
    assert shoot.status in Shoot.AT_ASTRIA, shoot.error
    post = next(call for call in sandbox.requests() if call["method"] == "POST")
    assert post["status"] == 201
    return post["path"], post["parameters"], shoot


def test_own_words_arrive_with_the_model_named_and_every_setting(
    sandbox: Sandbox, model: Tune, kind: str
) -> None:
    look = replace(LOOK, negative_prompt="hat, glasses") if takes_negative(model) else LOOK

    path, sent, shoot = arrived(
        sandbox, lambda: order_prompt(model, "by the sea", key="a", seed=7, num_images=3, look=look)
    )

    who = f"{model.token} woman".strip()
    width, height = SIZES[kind]
    settings = {name: value for name, value in asdict(look).items() if value and name != "aspect"}
    assert path == f"/tunes/{BASES[kind] or model.astria_id}/prompts"
    assert sent == {
        "prompt": {
            "text": f"{NAMED[kind].format(model.astria_id)}{who}, by the sea",
            "seed": 7,
            "num_images": 3,
            "callback": callback_url(shoot),
            "w": width,
            "h": height,
            **settings,
        }
    }
    assert takes_negative(model) == (kind != "flux")


def test_a_theme_arrives_with_number_and_shape(sandbox: Sandbox, model: Tune, kind: str) -> None:
    path, sent, _ = arrived(
        sandbox, lambda: order_theme(model, "autumn in town", key="a", num_images=2, aspect="4:5")
    )

    width, height = SIZES[kind]
    asked = {"num_images": 2, "w": width, "h": height}
    assert path == "/themes"
    assert sent == {
        "theme": {"theme": "autumn in town", "tune_ids": [model.astria_id], "prompt_attributes": asked}
    }


def test_chosen_shots_of_a_pack_arrive_for_the_model_alone(sandbox: Sandbox, model: Tune) -> None:
    packs = astria_client().packs
    theirs = next(pack for pack in packs.list() if pack.slug == "black-and-white")
    pack: Pack = take_in(theirs, packs.get(theirs.id))[0]
    pack.publish()
    shots = list(pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2])

    path, sent, shoot = arrived(sandbox, lambda: order_pack_on(model, pack, key="a", prompt_ids=shots))

    url = callback_url(shoot)
    assert path == f"/p/{pack.astria_id}/tunes"
    assert sent == {
        "tune": {
            "tune_ids": [model.astria_id],
            "prompt_ids": shots,
            "prompt_attributes": {"callback": url},
            "prompts_callback": url,
        }
    }


def test_more_like_a_shot_arrives_with_another_seed_alone(sandbox: Sandbox, model: Tune) -> None:
    _path, _sent, first = arrived(sandbox, lambda: order_prompt(model, "by the sea", key="b", seed=7))
    shot = Prompt.objects.get(shoot=first)
    Prompt.objects.update(status=Prompt.Status.READY, finished_at=first.submitted_at)
    shot.refresh_from_db()

    path, sent, shoot = arrived(sandbox, lambda: order_more_like(shot, key="a", num_images=2))

    seed = shoot.wish["seed"]
    assert path == f"/prompts/{shot.astria_id}/duplicate"
    assert sent == {"prompt": {"seed": seed, "num_images": 2, "callback": callback_url(shoot)}}
    assert seed != 7
    made = sandbox.get(f"/prompts/{Prompt.objects.get(shoot=shoot).astria_id}").json()
    assert (made["text"], made["seed"]) == (shot.text, seed)
