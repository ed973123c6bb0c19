"""How a shoot ends: what came, what did not, what is given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django_q.models import OrmQ
from time_machine import Traveller

import astria
from accounts.models import CreditAccount, CreditEntry
from studio.generation import take_in_prompt
from studio.mail import send_letter
from studio.models import Event, Image, Letter, Prompt, Shoot
from studio.settling import fail, settle
from tests.factories import ImageFactory, PromptFactory, ShootFactory
from tests.studio.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(noon: Traveller) -> Shoot:
    """A shoot of 4 prompts × 2 pictures for 18 credits, that ends at three o'clock at the latest."""
    return ShootFactory.create(status=Shoot.Status.GENERATING)


@pytest.fixture
def came(shoot: Shoot) -> Callable[..., Prompt]:
    """Let a prompt come with so many pictures."""

    def come(pictures: int, **fields: Any) -> Prompt:
        prompt: Prompt = PromptFactory.create(shoot=shoot, **fields)
        ImageFactory.create_batch(pictures, shoot=shoot, prompt=prompt)
        return prompt

    return come


def failed(shoot: Shoot) -> Prompt:
    return PromptFactory.create(shoot=shoot, status=Prompt.Status.FAILED, error="no")


def refunds(shoot: Shoot) -> dict[str, int]:
    """Return the refund lines of a shoot, by the end of their keys."""
    start = f"shoot:{shoot.pk}:"
    lines = CreditEntry.objects.filter(kind="refund", key__startswith=start)
    return {key.removeprefix(start): amount for key, amount in lines.values_list("key", "amount")}


def test_a_shoot_with_all_its_pictures_is_ready(shoot: Shoot, came: Callable[..., Prompt]) -> None:
    [came(2) for _ in range(4)]

    ended = [settle(shoot), settle(Shoot.objects.get())]

    assert ended == [True, False]
    assert (shoot.status, shoot.ended_at) == (Shoot.Status.READY, NOON)
    assert refunds(shoot) == {}


def test_a_shoot_waits_for_prompts_that_were_not_announced_yet(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    [came(2) for _ in range(3)]

    assert settle(shoot) is False


def test_a_shoot_waits_for_a_picture_that_is_being_fetched(shoot: Shoot, came: Callable[..., Prompt]) -> None:
    prompts = [came(2) for _ in range(4)]
    ImageFactory.create(shoot=shoot, prompt=prompts[0], status=Image.Status.PENDING, next_check_at=NOON)

    assert settle(shoot) is False


def test_what_is_missing_is_given_back_a_line_each_and_written_about_once(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    came(2), came(1, astria_id=11), came(2)
    failed(shoot)
    Prompt.objects.filter(status="failed").update(astria_id=12)

    settle(shoot)
    settle(Shoot.objects.get())
    [send_letter(Letter.objects.get().pk) for _ in range(2)]

    assert shoot.status == Shoot.Status.PARTLY
    assert refunds(shoot) == {"prompt:11": 3, "prompt:12": 4}
    assert (Shoot.objects.get().refunded, CreditAccount.objects.get(pk=shoot.account_id).balance) == (7, 107)
    assert [letter.subject for letter in mail.outbox] == ["Some of your pictures are ready: Corporate"]


@pytest.mark.parametrize(
    ("price", "missing", "back"), [(18, 1, 3), (18, 7, 16), (8, 1, 1), (1, 1, 1), (0, 3, 0)]
)
def test_the_share_is_rounded_once_in_the_persons_favour(
    shoot: Shoot, came: Callable[..., Prompt], price: int, missing: int, back: int
) -> None:
    Shoot.objects.update(price=price, expected_prompts=8)
    [came(1, expected_images=1) for _ in range(8 - missing)]
    [failed(shoot) for _ in range(missing)]
    Prompt.objects.update(expected_images=1)

    settle(Shoot.objects.get())

    assert Shoot.objects.get().refunded == back
    assert sum(refunds(shoot).values()) == back


def test_what_was_never_announced_is_given_back_at_the_deadline(
    noon: Traveller, shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    [came(2) for _ in range(3)]
    noon.shift(timedelta(hours=3))

    assert settle(shoot, looked=True) is True
    assert (shoot.status, refunds(shoot)) == (Shoot.Status.PARTLY, {"never-announced": 5})


def test_the_deadline_counts_only_after_a_look(
    noon: Traveller, shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    [came(2) for _ in range(3)]
    noon.shift(timedelta(hours=12))

    assert settle(shoot) is False


@pytest.mark.parametrize(("minutes", "ended"), [(0, False), (119, False), (121, True)])
def test_at_the_deadline_pictures_that_are_being_fetched_are_waited_for(
    noon: Traveller, shoot: Shoot, came: Callable[..., Prompt], minutes: float, ended: bool
) -> None:
    noon.shift(timedelta(hours=12))
    ImageFactory.create(shoot=shoot, prompt=came(1), status=Image.Status.PENDING, next_check_at=NOON)
    noon.shift(timedelta(minutes=minutes))

    assert settle(shoot, looked=True) is ended


def test_a_shoot_without_any_picture_fails_and_all_comes_back(shoot: Shoot) -> None:
    [failed(shoot) for _ in range(4)]

    settle(shoot)
    settle(Shoot.objects.get())

    assert (shoot.status, shoot.error) == (Shoot.Status.FAILED, "No picture could be made.")
    assert refunds(shoot) == {"all": 18}


def test_a_shoot_that_is_too_late_fails_and_all_comes_back(noon: Traveller, shoot: Shoot) -> None:
    noon.shift(timedelta(hours=3))

    settle(shoot, looked=True)

    assert (shoot.status, refunds(shoot)) == (Shoot.Status.FAILED, {"all": 18})


def test_lost_pictures_count_as_missing(shoot: Shoot, came: Callable[..., Prompt]) -> None:
    [came(2) for _ in range(3)]
    prompt = came(1, astria_id=11)
    ImageFactory.create(shoot=shoot, prompt=prompt, status=Image.Status.LOST, error="answered 404")

    settle(shoot)

    assert refunds(shoot) == {"prompt:11": 3}


def test_extra_pictures_of_one_shot_do_not_make_up_for_another(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    came(6), came(2), came(2)
    failed(shoot)

    settle(shoot)

    assert shoot.status == Shoot.Status.PARTLY
    assert sum(refunds(shoot).values()) == 5


def test_prompts_that_announce_more_than_was_ordered_cost_nothing(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    [came(2, expected_images=4) for _ in range(4)]

    settle(shoot)

    assert (shoot.status, refunds(shoot)) == (Shoot.Status.READY, {})


def test_a_number_of_pictures_that_the_shots_do_not_divide_ends_ready(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    Shoot.objects.update(expected_images=7)
    [came(pictures) for pictures in (2, 2, 2, 1)]

    settle(Shoot.objects.get())

    assert Shoot.objects.get().status == Shoot.Status.READY


def test_a_picture_that_comes_after_its_refund_is_kept_and_nothing_is_taken_back(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    [came(2) for _ in range(3)]
    late = failed(shoot)
    settle(shoot)

    late.mark_ready()
    ImageFactory.create_batch(2, shoot=shoot, prompt=late)

    assert settle(Shoot.objects.get()) is False
    assert Shoot.objects.get().refunded == 5
    assert shoot.images.stored().count() == 8


def test_what_its_shoot_no_longer_waits_for_is_final_and_may_come_all_the_same(
    noon: Traveller, shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    came(2)
    PromptFactory.create_batch(2, shoot=shoot, status=Prompt.Status.WAITING, finished_at=None)
    noon.shift(timedelta(hours=3))
    settle(shoot, looked=True)
    stopped = list(shoot.prompts.filter(status=Prompt.Status.FAILED))

    said = {"id": stopped[0].astria_id, "images": ["https://p.example/1"]}
    taken_in = [take_in_prompt(shoot, astria.Prompt.from_json(said)) for _ in range(2)]

    assert (shoot.status, taken_in) == (Shoot.Status.PARTLY, [True, False])
    assert [prompt.error for prompt in stopped] == ["It did not come in time."] * 2
    assert shoot.prompts.filter(status=Prompt.Status.READY).count() == 2
    assert Letter.objects.count() == 1


def test_a_prompt_first_told_of_after_the_end_is_not_waited_for(
    shoot: Shoot, came: Callable[..., Prompt]
) -> None:
    [came(2) for _ in range(4)]
    settle(shoot)

    take_in_prompt(shoot, astria.Prompt.from_json({"id": 77}))

    assert Prompt.objects.get(astria_id=77).status == Prompt.Status.FAILED


def test_failing_twice_gives_back_once(shoot: Shoot) -> None:
    stale = Shoot.objects.select_related("tune", "account").get()

    assert [fail(shoot, "no"), fail(stale, "no")] == [True, False]
    assert CreditAccount.objects.get(pk=shoot.account_id).balance == 118
    assert OrmQ.objects.count() == 1


def test_failing_gives_back_what_was_not_yet_given_back(shoot: Shoot) -> None:
    shoot.refund(5, key="prompt:1", note="")

    fail(Shoot.objects.get(), "no")

    assert refunds(shoot) == {"prompt:1": 5, "all": 13}


def test_a_refund_never_exceeds_the_price_and_one_line_is_written_once(shoot: Shoot) -> None:
    given = [shoot.refund(amount, key=key, note="") for key, amount in (("a", 10), ("a", 10), ("b", 10))]

    assert given == [10, 0, 8]
    assert refunds(shoot) == {"a": 10, "b": 8}
    assert Event.objects.filter(kind=Event.Kind.MONEY).count() == 2


def test_a_failure_that_was_decided_for_another_state_does_not_happen(shoot: Shoot) -> None:
    assert fail(shoot, "no", from_=frozenset({Shoot.Status.QUEUED})) is False
    assert Shoot.objects.get().status == Shoot.Status.GENERATING
