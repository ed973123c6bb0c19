"""Taking in prompts: which shoot they belong to, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django_q.models import OrmQ

import astria
from studio.generation import callback_url, take_in_prompt, take_in_prompts
from studio.models import Event, Image, Prompt, Shoot
from tests.factories import PromptFactory, ShootFactory, TrainedTuneFactory

pytestmark = pytest.mark.django_db

ONE, TWO = "https://mp.astria.ai/one", "https://mp.astria.ai/two"


@pytest.fixture
def shoot() -> Shoot:
    """A shoot that trained its model and takes pictures; nothing has come."""
    tune = TrainedTuneFactory.create()
    return ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.GENERATING)


@pytest.fixture
def later(shoot: Shoot) -> Callable[..., Shoot]:
    """Return a maker of shoots of the same pack on the same model, by default above prompt 100."""

    def make(**fields: Any) -> Shoot:
        given = {"prompt_watermark": 100, "status": Shoot.Status.GENERATING, "pack": shoot.pack} | fields
        return ShootFactory.create(account=shoot.account, tune=shoot.tune, trains=False, **given)

    return make


def prompt(number: int, **more: Any) -> astria.Prompt:
    return astria.Prompt.from_json({"id": number, **more})


def shot(shoot: Shoot) -> int:
    return int(shoot.pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[0])


def test_pictures_are_written_down_and_queued_once_however_often_they_are_said(shoot: Shoot) -> None:
    said = prompt(7, images=[ONE, TWO], text="a portrait", seed=42)

    news = [take_in_prompt(shoot, said) for _ in range(3)]

    assert news == [True, False, False]
    assert set(Image.objects.values_list("source_url", "account")) == {
        (ONE, shoot.account_id),
        (TWO, shoot.account_id),
    }
    assert OrmQ.objects.count() == 2
    known = Prompt.objects.get()
    assert (known.status, known.text, known.seed) == (Prompt.Status.READY, "a portrait", 42)


def test_what_a_narrow_prompt_leaves_out_stays_known(shoot: Shoot) -> None:
    take_in_prompt(shoot, prompt(7, text="a portrait", seed=42, orig_prompt_id=shot(shoot)))

    take_in_prompt(shoot, prompt(7, images=[ONE]))

    known = Prompt.objects.get()
    assert (known.text, known.seed, known.orig_prompt_id) == ("a portrait", 42, shot(shoot))


def test_a_prompt_without_pictures_waits(shoot: Shoot) -> None:
    take_in_prompt(shoot, prompt(7))

    assert Prompt.objects.get().status == Prompt.Status.WAITING


def test_a_prompt_that_failed_says_why_on_the_timeline(shoot: Shoot) -> None:
    take_in_prompt(shoot, prompt(7, user_error="Too\x00 dark"))
    take_in_prompt(shoot, prompt(7, user_error="Too dark"))

    assert (Prompt.objects.get().status, Prompt.objects.get().error) == (Prompt.Status.FAILED, "Too dark")
    assert Event.objects.get(kind=Event.Kind.TROUBLE).text == "prompt 7 failed (Too dark)"


def test_pictures_outweigh_an_error(shoot: Shoot) -> None:
    take_in_prompt(shoot, prompt(7, user_error="no"))

    take_in_prompt(shoot, prompt(7, images=[ONE], user_error="no"))

    assert (Prompt.objects.get().status, Prompt.objects.get().error) == (Prompt.Status.READY, "")


def test_more_pictures_than_expected_are_kept(shoot: Shoot) -> None:
    urls = [f"https://mp.astria.ai/{number}" for number in range(9)]

    take_in_prompt(shoot, prompt(7, images=urls))

    assert Image.objects.count() == 9


@pytest.mark.parametrize("url", ["https://x.example/" + "a" * 1000, "https://x/\x00", "https://x/\ud800"])
def test_an_address_that_cannot_be_kept_is_left_out(shoot: Shoot, url: str) -> None:
    take_in_prompt(shoot, prompt(7, images=[url, ONE]))

    assert Image.objects.get().source_url == ONE


@pytest.mark.parametrize(
    "odd", [{"seed": 10**30}, {"orig_prompt_id": 10**30}, {"text": "\x00"}, {"num_images": -1}]
)
def test_what_no_column_can_hold_is_left_out(shoot: Shoot, odd: dict[str, Any]) -> None:
    take_in_prompt(shoot, prompt(7, images=[ONE], **odd))

    known = Prompt.objects.get()
    assert (known.seed, known.orig_prompt_id, known.text) == (None, None, "")
    assert known.status == Prompt.Status.READY


def test_a_prompt_whose_id_no_column_can_hold_is_left_out(shoot: Shoot) -> None:
    assert take_in_prompt(shoot, prompt(10**30, images=[ONE])) is False
    assert not Prompt.objects.exists()


def test_each_prompt_of_a_list_goes_to_its_shoot(shoot: Shoot, later: Callable[..., Shoot]) -> None:
    second = later()
    listed = [
        prompt(102, callback=callback_url(second), images=[TWO]),
        prompt(7, callback=callback_url(shoot), images=[ONE]),
    ]

    take_in_prompts(shoot.tune, listed, shoot)

    assert dict(Prompt.objects.values_list("astria_id", "shoot")) == {102: second.pk, 7: shoot.pk}


def test_a_list_is_read_down_to_where_the_shoot_began(shoot: Shoot, later: Callable[..., Shoot]) -> None:
    second = later()
    listed = iter([prompt(101, callback=callback_url(second)), prompt(100), prompt(99)])

    take_in_prompts(shoot.tune, listed, second)

    assert [theirs.id for theirs in listed] == [99]


def test_an_ordered_shot_brings_as_many_pictures_as_it_was_ordered_with(shoot: Shoot) -> None:
    take_in_prompt(shoot, prompt(7, orig_prompt_id=shot(shoot), num_images=8))

    assert Prompt.objects.get().expected_images == 2


def test_a_shot_has_its_number_in_the_pack_and_any_other_prompt_that_of_its_coming(
    shoot: Shoot,
) -> None:
    third = shoot.shots().order_by("position")[2]

    take_in_prompt(shoot, prompt(50))
    take_in_prompt(shoot, prompt(51))
    take_in_prompt(shoot, prompt(52, orig_prompt_id=third.astria_id))
    take_in_prompt(shoot, prompt(53))

    assert list(shoot.prompts.values_list("astria_id", "number")) == [(50, 1), (51, 2), (52, 3), (53, 4)]


def test_pictures_are_numbered_as_they_come_whatever_their_prompt(shoot: Shoot) -> None:
    urls = [f"https://pictures.example.com/{letter}.jpg" for letter in "abc"]

    take_in_prompt(shoot, prompt(50, images=urls[:2]))
    take_in_prompt(shoot, prompt(51, images=urls[2:]))
    take_in_prompt(shoot, prompt(50, images=urls[:2]))

    assert list(shoot.images.order_by("number").values_list("number", "source_url")) == [*enumerate(urls, 1)]


def test_a_prompt_of_another_model_gets_no_pictures_from_elsewhere(db: None) -> None:
    theirs, ours = PromptFactory.create(astria_id=7), ShootFactory.create()

    brought = take_in_prompt(ours, astria.Prompt(id=7, images=("https://mp.example/1",), text="other"))

    theirs.refresh_from_db()
    assert (brought, theirs.text) == (False, "")
    assert not Image.objects.exists()
