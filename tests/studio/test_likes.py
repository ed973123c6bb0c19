"""Likes: ours at once, and told to Astria in the background."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from packs.models import Pack, PackPrompt
from studio.likes import like, sync, unlike
from studio.models import Image, Prompt
from tests.factories import ImageFactory, PromptFactory
from tests.sandbox.process import Sandbox
from tests.studio.conftest import API, NOON
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def prompt(noon: Traveller) -> Prompt:
    """A prompt at Astria, of which we hold pictures."""
    return PromptFactory.create(astria_id=7)


@pytest.fixture
def image(prompt: Prompt) -> Image:
    return ImageFactory.create(prompt=prompt, shoot=prompt.shoot)


def answers(api: RequestsMock, *ends: dict[str, Any], method: str = "POST") -> None:
    for end in ends:
        api.add(method, f"{API}/prompts/7/likes", **end)


def test_a_like_is_ours_at_once_and_queued_once(image: Image) -> None:
    liked = [like(image), like(image)]

    assert liked == [True, False]
    assert Image.objects.get().liked_at == NOON
    assert (Prompt.objects.get().like_wanted, Prompt.objects.get().like_check_at) == (True, NOON)
    assert OrmQ.objects.count() == 1


def test_a_like_is_told_once_however_often_it_is_started(api: RequestsMock, image: Image) -> None:
    answers(api, {"status": 201})
    like(image)

    sync(image.prompt_id)
    sync(image.prompt_id)

    prompt = Prompt.objects.get()
    assert (prompt.like_confirmed, prompt.like_check_at) == (True, None)
    assert len(calls(api, "POST")) == 1


def test_two_workers_that_read_the_same_row_tell_once(image: Image) -> None:
    like(image)
    rows = [Prompt.objects.get(), Prompt.objects.get()]

    claims = [row.claim_like(until=NOON + timedelta(minutes=5)) for row in rows]

    assert claims == [True, False]


def test_a_worker_that_died_while_it_told_is_followed_by_another(
    api: RequestsMock, image: Image, noon: Traveller
) -> None:
    answers(api, {"status": 201})
    like(image)
    Prompt.objects.get().claim_like(until=NOON + timedelta(minutes=5))

    sync(image.prompt_id)
    meanwhile = len(calls(api, "POST"))
    noon.shift(timedelta(minutes=5))
    sync(image.prompt_id)

    assert (meanwhile, len(calls(api, "POST"))) == (0, 1)


def test_the_like_goes_when_the_last_liked_picture_of_its_prompt_is_unliked(
    api: RequestsMock, prompt: Prompt, image: Image
) -> None:
    second = ImageFactory.create(prompt=prompt, shoot=prompt.shoot)
    answers(api, {"status": 201})
    answers(api, {"status": 201}, method="DELETE")
    like(image)
    like(second)
    sync(prompt.pk)

    unlike(image)

    sync(prompt.pk)
    wanted = Prompt.objects.get().like_wanted
    unlike(second)
    sync(prompt.pk)

    assert wanted is True
    assert [call.request.method for call in api.calls] == ["POST", "DELETE"]
    assert Prompt.objects.get().like_confirmed is False


@pytest.mark.parametrize("end", [{"status": 404}, {"status": 422, "json": {"user": ["has already liked"]}}])
def test_what_is_gone_or_as_wanted_counts_as_told(
    api: RequestsMock, image: Image, end: dict[str, Any]
) -> None:
    answers(api, end)
    like(image)

    sync(image.prompt_id)

    assert Prompt.objects.get().like_check_at is None


@pytest.mark.parametrize("status", [401, 429, 500, 504])
def test_a_like_that_could_not_be_told_is_told_later_and_later(
    noon: Traveller, api: RequestsMock, image: Image, status: int
) -> None:
    answers(api, {"status": status})
    like(image)

    due = []
    for _ in range(3):
        sync(image.prompt_id)
        due.append(Prompt.objects.get().like_check_at)

    assert due == [NOON + timedelta(seconds=seconds) for seconds in (30, 60, 120)]


def test_the_wait_for_a_like_grows_to_six_hours_at_most(api: RequestsMock, image: Image) -> None:
    answers(api, {"status": 500})
    like(image)
    Prompt.objects.update(like_attempts=1000)

    sync(image.prompt_id)

    assert Prompt.objects.get().like_check_at == NOON + timedelta(hours=6)


def test_a_mind_changed_while_it_was_told_is_told_next(
    api: RequestsMock, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(api, {"status": 201}, method="DELETE")

    def change_mind(prompt: Prompt, wanted: bool) -> None:
        unlike(image)

    like(image)
    with monkeypatch.context() as while_telling:
        while_telling.setattr("studio.likes._tell", change_mind)
        sync(image.prompt_id)
    told = Prompt.objects.get()
    sync(image.prompt_id)

    assert (told.like_confirmed, told.like_wanted, told.like_check_at) == (True, False, NOON)
    assert len(calls(api, "DELETE")) == 1
    assert Prompt.objects.get().like_confirmed is False


def test_a_mind_changed_and_changed_back_is_told_all_the_same(api: RequestsMock, image: Image) -> None:
    answers(api, {"status": 404}, method="DELETE")
    like(image)
    unlike(image)

    sync(image.prompt_id)

    assert len(calls(api, "DELETE")) == 1
    assert Prompt.objects.get().like_check_at is None


def test_a_picture_that_is_not_here_cannot_be_liked(prompt: Prompt) -> None:
    lost = ImageFactory.create(prompt=prompt, shoot=prompt.shoot, status=Image.Status.LOST, error="no")

    assert like(lost) is False
    assert Prompt.objects.get().like_wanted is False


def test_a_like_counts_for_the_shot_once_per_prompt(prompt: Prompt, image: Image) -> None:
    shot = PackPrompt.objects.filter(pack_class__name="woman").first()
    assert shot
    Prompt.objects.update(orig_prompt_id=shot.astria_id)
    second = ImageFactory.create(prompt=prompt, shoot=prompt.shoot)

    like(image)

    like(second)

    unlike(image)

    shot.refresh_from_db()
    assert (shot.likes, Pack.objects.get().likes) == (1, 1)


def test_a_prompt_that_is_no_longer_there_is_nothing(api: RequestsMock) -> None:
    sync(404)

    assert len(api.calls) == 0


@pytest.mark.processes
def test_a_like_and_its_end_are_seen_at_the_sandbox(astria_at_sandbox: Sandbox) -> None:
    tune = astria_at_sandbox.order(pack="black-and-white")
    theirs = astria_at_sandbox.prompts(tune["id"])[0]
    prompt = PromptFactory.create(astria_id=theirs["id"])
    image = ImageFactory.create(prompt=prompt, shoot=prompt.shoot)

    like(image)

    sync(prompt.pk)
    liked = astria_at_sandbox.get(f"/prompts/{theirs['id']}").json()
    unlike(image)
    sync(prompt.pk)
    unliked = astria_at_sandbox.get(f"/prompts/{theirs['id']}").json()

    assert (liked["liked"], unliked["liked"]) == (True, False)
    assert liked["prompt_likes_count"] == unliked["prompt_likes_count"] + 1
