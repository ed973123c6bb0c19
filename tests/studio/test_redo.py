"""One shot of each shoot, made again for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from studio.auditing import mismatches
from studio.models import Prompt, Shoot, Tune
from studio.ordering import OrderRefused, cancel
from studio.redoing import redo
from studio.settling import fail
from tests.factories import ImageFactory, PromptFactory, ShootFactory
from tests.states import put
from tests.studio.conftest import AtOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User, tune: Tune) -> Shoot:
    """A shoot of 18 credits that is over, on a model that lives."""
    made: Shoot = ShootFactory.create(account=user.account, tune=tune, trains=False, status="ready")
    user.account.spend(18, key=f"shoot:{made.pk}")
    return made


@pytest.fixture
def shots(shoot: Shoot) -> list[Prompt]:
    """Two of its shots, with a picture each."""
    made = PromptFactory.create_batch(2, shoot=shoot, text="woman on a boat")
    for prompt in made:
        ImageFactory.create(shoot=shoot, prompt=prompt)
    return made


def balance(user: User) -> int:
    user.account.refresh_from_db()
    return user.account.balance


def page_of(client: Client, shoot: Shoot) -> str:
    return client.get(f"/shoots/{shoot.pk}/put-right/").content.decode()


def test_a_shot_is_ordered_again_for_nothing(
    user: User, shoot: Shoot, shots: list[Prompt], signed_in: Client
) -> None:
    answer = signed_in.post(f"/shoots/{shoot.pk}/redo/", {"shot": shots[1].pk})

    made = Shoot.objects.get(redo_of=shoot)
    assert answer["Location"] == made.get_absolute_url()
    assert (made.kind, made.price, made.status, made.expected_images) == ("more", 0, "queued", 2)
    assert (made.wish["prompt_id"], made.wish["text"]) == (shots[1].astria_id, "woman on a boat")
    assert made.cost_mc > 0
    assert balance(user) == 82
    assert list(mismatches()) == []


def test_sent_twice_it_is_one_and_another_shot_is_refused(
    user: User, shots: list[Prompt], signed_in: Client, shoot: Shoot
) -> None:
    assert redo(shots[0]) == redo(shots[0])

    with pytest.raises(OrderRefused, match="is used"):
        redo(shots[1])

    assert Shoot.objects.filter(redo_of=shoot).count() == 1
    assert "The free shot of this shoot is used." in page_of(signed_in, shoot)


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_is_made(user: User, shoot: Shoot, shots: list[Prompt], at_once: AtOnce) -> None:
    def try_to(prompt: Prompt) -> Any:
        try:
            return redo(prompt).pk
        except OrderRefused:
            return None

    made = set(at_once(*[lambda prompt=prompt: try_to(prompt) for prompt in shots * 5]))

    assert len(made - {None}) == 1
    assert Shoot.objects.filter(redo_of=shoot).count() == 1
    assert list(mismatches()) == []


@pytest.mark.parametrize("end", [cancel, lambda shoot: fail(shoot, "It could not be made.")])
def test_what_failed_or_was_taken_back_does_not_count_and_gives_no_credits(
    user: User, shots: list[Prompt], end: Any
) -> None:
    assert end(redo(shots[0]))

    again = redo(shots[1])

    assert again.status == Shoot.Status.QUEUED
    assert balance(user) == 82
    assert list(mismatches()) == []


def test_a_free_shot_has_no_free_shot_of_its_own(user: User, shots: list[Prompt]) -> None:
    made = redo(shots[0])
    put(made, "ready")
    prompt = PromptFactory.create(shoot=made)

    with pytest.raises(OrderRefused, match="was free itself"):
        redo(prompt)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda shoot: put(shoot, "generating"), "once the shoot is over"),
        (lambda shoot: put(shoot.tune, "deleted"), "was deleted"),
    ],
)
def test_what_cannot_be_made_again_says_why(
    shoot: Shoot, shots: list[Prompt], signed_in: Client, change: Any, words: str
) -> None:
    change(shoot)

    page = page_of(signed_in, shoot)
    answer = signed_in.post(f"/shoots/{shoot.pk}/redo/", {"shot": shots[0].pk}, follow=True)

    assert words in page
    assert words in answer.content.decode()
    assert not Shoot.objects.filter(redo_of=shoot).exists()


@pytest.mark.parametrize("shot", ["", "x", "-1", "9" * 30, "0"])
def test_a_shot_that_is_none_is_asked_for_again(shoot: Shoot, signed_in: Client, shot: str) -> None:
    answer = signed_in.post(f"/shoots/{shoot.pk}/redo/", {"shot": shot}, follow=True)

    assert "Choose a shot. Nothing was ordered." in answer.content.decode()


def test_another_shoots_shot_is_none_of_this(shoot: Shoot, signed_in: Client, user: User) -> None:
    other = PromptFactory.create(shoot=ShootFactory.create(account=user.account, status="ready"))

    answer = signed_in.post(f"/shoots/{shoot.pk}/redo/", {"shot": other.pk}, follow=True)

    assert "Choose a shot." in answer.content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_database_as_often_for_30_shots_as_for_1(
    shoot: Shoot, signed_in: Client, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        ImageFactory.create(shoot=shoot)
    shoot.tune.expires_at = timezone.now()

    with django_assert_num_queries(7):
        page = page_of(signed_in, shoot)

    assert page.count('name="shot"') == number


# The way there from where pictures are seen


def test_a_picture_leads_to_its_shot_which_is_chosen(
    signed_in: Client, shoot: Shoot, shots: list[Prompt]
) -> None:
    image = shots[1].images.get()
    viewer = signed_in.get(image.get_absolute_url()).content.decode()
    way = f"/pictures/{image.pk}/put-right/"

    page = signed_in.get(way, follow=True).content.decode()

    assert f'href="{way}"' in viewer
    assert f'value="{shots[1].pk}" checked required' in page
    assert f'value="{shots[0].pk}"  required' in page


def test_the_gallery_of_a_shoot_leads_there(signed_in: Client, shoot: Shoot, shots: list[Prompt]) -> None:
    assert (
        f'href="/shoots/{shoot.pk}/put-right/"'
        in signed_in.get(f"/shoots/{shoot.pk}/gallery/").content.decode()
    )


@pytest.mark.parametrize("shot", ["0", "-1", "x", "9" * 40, "²"])
def test_a_shot_that_is_not_there_is_not_chosen(
    signed_in: Client, shoot: Shoot, shots: list[Prompt], shot: str
) -> None:
    answer = signed_in.get(f"/shoots/{shoot.pk}/put-right/", {"shot": shot})

    assert answer.status_code == 200 and " checked " not in answer.content.decode()
