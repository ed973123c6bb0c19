"""Orders on a model whose answer was lost: found by what they asked for, by number, or held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import User
from studio.generation import callback_url
from studio.models import Event, Prompt, Shoot, Tune
from studio.ordering_more import order_more_like, order_prompt, order_theme
from studio.training import advance
from tests.factories import PromptFactory, ShootFactory
from tests.studio.conftest import API, NOON
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db

TEN = range(42, 52)


@pytest.fixture
def lists(noon: Traveller, api: RequestsMock, tune: Tune) -> Callable[..., None]:
    """Have Astria list these prompts of the model, newest first, besides one that was there before: 41."""
    Tune.objects.update(branch="sd15")
    tune.refresh_from_db()

    def say(*prompts: dict[str, Any]) -> None:
        url = f"{API}/tunes/{tune.astria_id}/prompts"
        api.remove("GET", url)
        api.get(url, json=[*sorted(prompts, key=lambda it: -it["id"]), {"id": 41}])

    say()
    return say


@pytest.fixture
def theme(api: RequestsMock, tune: Tune, lists: Callable[..., None]) -> Shoot:
    """A theme whose post was answered with 504 at noon."""
    api.post(f"{API}/themes", status=504)
    return lost(order_theme(tune, "autumn", key="a"))


def lost(shoot: Shoot) -> Shoot:
    advance(shoot.pk)
    shoot.refresh_from_db()
    assert (shoot.status, shoot.prompt_watermark) == (Shoot.Status.UNCONFIRMED, 41)
    return shoot


def look_at(noon: Traveller, shoot: Shoot, *minutes: float) -> Shoot:
    """Do what is due so many minutes after noon."""
    for after in minutes:
        noon.move_to(NOON + timedelta(minutes=after), tick=False)
        advance(shoot.pk)
    shoot.refresh_from_db()
    return shoot


def test_a_theme_is_found_when_all_its_prompts_are_there(
    noon: Traveller, api: RequestsMock, theme: Shoot, lists: Callable[..., None]
) -> None:
    lists(*({"id": number} for number in TEN))

    look_at(noon, theme, 1, 1)

    assert (theme.status, theme.prompts.count()) == (Shoot.Status.GENERATING, 10)
    assert len(calls(api, "POST")) == 1


@pytest.mark.parametrize("idempotent", [True, False])
def test_a_theme_that_is_partly_there_is_not_posted_again_but_waited_for_and_held(
    noon: Traveller, api: RequestsMock, theme: Shoot, lists: Callable[..., None], settings: Any, staff: User,
    idempotent: bool,
) -> None:  # fmt: skip
    settings.ASTRIA_IDEMPOTENT = idempotent
    lists(*({"id": number} for number in TEN[:9]))
    look_at(noon, theme, 1, 3, 10, 70)
    held = (theme.status, theme.prompts.count(), len(mail.outbox), len(calls(api, "POST")))

    lists(*({"id": number} for number in TEN))
    look_at(noon, theme, 130)

    assert held == (Shoot.Status.UNCONFIRMED, 0, 1, 1)
    assert (theme.status, theme.prompts.count()) == (Shoot.Status.GENERATING, 10)


def test_more_prompts_than_a_theme_has_are_not_taken_for_it(
    noon: Traveller, theme: Shoot, lists: Callable[..., None]
) -> None:
    lists(*({"id": number} for number in [*TEN, 99]))

    look_at(noon, theme, 1, 3, 10)

    assert (theme.status, theme.prompts.count()) == (Shoot.Status.UNCONFIRMED, 0)


def test_a_theme_that_is_not_there_is_posted_again_once_after_three_looks(
    noon: Traveller, api: RequestsMock, theme: Shoot, settings: Any
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    look_at(noon, theme, 1, 3)
    before = len(calls(api, "POST"))
    api.replace("POST", f"{API}/themes", status=201)

    look_at(noon, theme, 10, 10)

    assert (before, len(calls(api, "POST")), theme.status) == (1, 2, Shoot.Status.GENERATING)


def test_what_another_order_on_the_model_brought_is_not_taken_for_a_theme(
    noon: Traveller, tune: Tune, theme: Shoot, lists: Callable[..., None]
) -> None:
    other = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.GENERATING)
    lists(*({"id": number, "callback": callback_url(other)} for number in TEN[:4]))

    look_at(noon, theme, 1)

    assert (theme.status, theme.looks) == (Shoot.Status.UNCONFIRMED, 1)
    assert not theme.prompts.exists()


def test_a_look_at_another_order_takes_in_nothing_of_a_theme_that_is_partly_there(
    noon: Traveller, tune: Tune, theme: Shoot, lists: Callable[..., None]
) -> None:
    other = ShootFactory.create(account=tune.account, tune=tune, trains=False, status=Shoot.Status.GENERATING)
    lists(*({"id": number} for number in TEN[:9]))

    advance(other.pk)

    assert not Prompt.objects.exists()


@pytest.mark.parametrize("said", ["token", "words and seed"])
@pytest.mark.parametrize("kind", ["prompt", "more"])
def test_words_and_more_are_found_by_token_or_by_text_and_seed(
    noon: Traveller, api: RequestsMock, tune: Tune, lists: Callable[..., None], kind: str, said: str
) -> None:
    ended = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    shot = PromptFactory.create(shoot=ended, astria_id=41, text="by the sea")
    api.post(f"{API}/tunes/{tune.astria_id}/prompts", status=504)
    api.post(f"{API}/prompts/41/duplicate", status=504)
    made = order_more_like(shot, key="a") if kind == "more" else order_prompt(tune, "by the sea", key="a")
    shoot = lost(made)
    mine = {"token": {"callback": callback_url(shoot)},
            "words and seed": {"text": "ohwx woman, by the sea", "seed": shoot.wish["seed"]}}  # fmt: skip
    lists({"id": 43, "text": "ohwx woman, by the sea", "seed": 1}, {"id": 42, **mine[said]})

    look_at(noon, shoot, 1, 1)

    assert shoot.status == Shoot.Status.GENERATING
    assert list(shoot.prompts.values_list("astria_id", flat=True)) == [42]


def test_what_may_be_of_two_orders_is_left_alone_and_stands_on_the_timeline_once(
    noon: Traveller, tune: Tune, lists: Callable[..., None]
) -> None:
    one, other = (
        ShootFactory.create(
            account=tune.account, tune=tune, trains=False, kind="prompt", pack=None, expected_prompts=1,
            wish={"text": "by the sea", "seed": 7, "num_images": 1}, status=Shoot.Status.GENERATING,
        )
        for _ in range(2)
    )  # fmt: skip
    lists({"id": 42, "text": "by the sea", "seed": 7})

    look_at(noon, one, 1, 2)

    assert not Prompt.objects.exists()
    assert Event.objects.filter(kind=Event.Kind.TROUBLE, shoot=one).count() == 1
    assert not Event.objects.filter(kind=Event.Kind.TROUBLE, shoot=other).exists()
