"""Actions on chosen pictures at once, and what an undo takes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from packs.models import Pack, PackPrompt
from studio.models import Image, Prompt, Shoot
from tests.factories import ImageFactory, PromptFactory, ShootFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account, title="Corporate")


def ids(images: list[Image]) -> list[str]:
    return [str(image.pk) for image in images]


def press(client: Client, action: str, images: list[Image], **more: Any) -> Any:
    body = {"picture": ids(images), "next": "/gallery/?show=liked"} | more
    return client.post(f"/pictures/{action}/", body, headers=HTMX)


def test_each_action_says_what_it_changed_and_what_undoes_it(signed_in: Client, shoot: Shoot) -> None:
    liked, other = (
        ImageFactory.create(shoot=shoot, liked_at=timezone.now()),
        ImageFactory.create(shoot=shoot),
    )

    answer = press(signed_in, "like", [liked, other]).json()

    assert answer == {"changed": ids([other]), "text": "1 picture liked.", "undo": "/pictures/unlike/"}


@pytest.mark.parametrize(
    ("action", "field"), [("like", "liked_at"), ("hide", "hidden_at"), ("seen", "seen_at")]
)
def test_an_action_a_second_time_changes_nothing(
    signed_in: Client, shoot: Shoot, action: str, field: str
) -> None:
    images = ImageFactory.create_batch(3, shoot=shoot)

    press(signed_in, action, images)
    once = list(Image.objects.order_by("pk").values_list(field, flat=True))
    press(signed_in, action, images)

    assert None not in once
    assert list(Image.objects.order_by("pk").values_list(field, flat=True)) == once


@pytest.mark.parametrize(("action", "field"), [("like", "liked_at"), ("hide", "hidden_at")])
def test_the_undo_leaves_all_as_it_was(signed_in: Client, shoot: Shoot, action: str, field: str) -> None:
    images = [
        ImageFactory.create(shoot=shoot, **{field: timezone.now()}),
        *ImageFactory.create_batch(2, shoot=shoot),
    ]
    before = list(Image.objects.order_by("pk").values_list(field, flat=True))
    done = press(signed_in, action, images).json()

    signed_in.post(done["undo"], {"picture": done["changed"]}, headers=HTMX)

    assert list(Image.objects.order_by("pk").values_list(field, flat=True)) == before


def test_pictures_of_others_stay_as_they_are(signed_in: Client, shoot: Shoot) -> None:
    mine, theirs = ImageFactory.create(shoot=shoot), ImageFactory.create()

    answer = press(signed_in, "hide", [mine, theirs]).json()

    assert answer["changed"] == ids([mine])
    assert Image.objects.get(pk=theirs.pk).hidden_at is None


def test_a_form_goes_back_where_it_came_from_and_can_be_undone(signed_in: Client, shoot: Shoot) -> None:
    images = ImageFactory.create_batch(2, shoot=shoot)
    body = {"picture": ids(images), "next": "/gallery/"}

    page = signed_in.post("/pictures/hide/", body, follow=True).content.decode()

    assert "2 pictures hidden." in page
    assert 'action="/pictures/unhide/"' in page
    assert all(f'name="picture" value="{pk}"' in page for pk in ids(images))
    assert 'action="/pictures/unhide/"' not in signed_in.get("/gallery/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_form_never_leads_elsewhere(signed_in: Client, shoot: Shoot, address: str) -> None:
    body = {"picture": [str(ImageFactory.create(shoot=shoot).pk)], "next": address}

    assert signed_in.post("/pictures/like/", body)["Location"] == "/gallery/"


def test_nothing_chosen_is_said(signed_in: Client) -> None:
    page = signed_in.post("/pictures/like/", {}, follow=True).content.decode()

    assert "No picture was chosen" in page


@pytest.mark.parametrize("text", ["x", "", "\x00", "0" * 400])
def test_nonsense_is_not_found(signed_in: Client, text: str) -> None:
    assert signed_in.post("/pictures/hide/", {"picture": [text]}).status_code == 404


def test_liking_many_likes_each_prompt_and_its_shot_once(signed_in: Client, shoot: Shoot) -> None:
    shots = PackPrompt.objects.filter(pack_class__pack=shoot.pack, pack_class__name="woman")[:2]
    prompts = [PromptFactory.create(shoot=shoot, orig_prompt_id=shot.astria_id) for shot in shots]
    images = [ImageFactory.create(shoot=shoot, prompt=prompt) for prompt in prompts * 2]

    press(signed_in, "like", images)

    assert Prompt.objects.filter(like_wanted=True, like_check_at__isnull=False).count() == 2
    assert [shot.likes for shot in shots.all()] == [1, 1]
    assert Pack.objects.get().likes == 2
    assert OrmQ.objects.count() == 2


def test_unliking_all_leaves_no_like_anywhere(signed_in: Client, shoot: Shoot) -> None:
    shot = PackPrompt.objects.filter(pack_class__pack=shoot.pack, pack_class__name="woman")[0]
    prompt = PromptFactory.create(shoot=shoot, orig_prompt_id=shot.astria_id)
    images = ImageFactory.create_batch(3, shoot=shoot, prompt=prompt)
    press(signed_in, "like", images)

    press(signed_in, "unlike", images)

    assert not Prompt.objects.get().like_wanted
    assert (PackPrompt.objects.get(pk=shot.pk).likes, Pack.objects.get().likes) == (0, 0)


@pytest.mark.parametrize("rows", [12, 30])
def test_many_pictures_take_as_many_queries_as_a_dozen(
    signed_in: Client, shoot: Shoot, rows: int, django_assert_num_queries: Any
) -> None:
    images = ImageFactory.create_batch(rows, shoot=shoot)

    with django_assert_num_queries(13):
        press(signed_in, "like", images)


def test_a_like_outweighs_votes_and_more_votes_outweigh_fewer(shoot: Shoot) -> None:
    none, two, liked = ImageFactory.create_batch(3, shoot=shoot)
    Image.objects.filter(pk=two.pk).update(votes=2)
    liked.like()

    assert list(Image.objects.order_by("-score")) == [liked, two, none]
