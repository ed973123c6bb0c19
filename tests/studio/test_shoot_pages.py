"""A shoot as its page tells it, and the list of shoots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from studio.models import Shoot
from studio.progress import progress_of
from tests.factories import (
    ImageFactory,
    PackFactory,
    PhotoSetFactory,
    PromptFactory,
    ShootFactory,
    TrainedTuneFactory,
    TuneFactory,
)

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def shoot_of(user: User, status: str, **values: Any) -> Shoot:
    return ShootFactory.create(account=user.account, status=status, **values)


def stages(shoot: Shoot) -> str:
    return " ".join(stage.state for stage in progress_of(shoot)["stages"])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("queued", "done todo todo todo"),
        ("submitting", "done todo todo todo"),
        ("unconfirmed", "done todo todo todo"),
        ("waiting", "done now todo todo"),
        ("generating", "done done now todo"),
        ("ready", "done done done done"),
        ("partly", "done done done done"),
        ("cancelled", "done"),
    ],
)
def test_each_status_is_a_stage_of_the_way(user: User, status: str, expected: str) -> None:
    assert stages(shoot_of(user, status)) == expected


@pytest.mark.parametrize("status", ["failed", "cancelled", "ready"])
def test_what_came_to_nothing_can_be_ordered_again(signed_in: Client, user: User, status: str) -> None:
    shoot = shoot_of(user, status, error="No." if status == "failed" else "")

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert ("Order again" in page) is (status != "ready")


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, "done failed todo todo"),
        ({"submitted_at": timezone.now()}, "done failed todo todo"),
        ({"generating_at": timezone.now()}, "done done failed todo"),
    ],
)
def test_a_failure_stands_where_it_happened_with_its_reason(
    user: User, times: dict[str, Any], expected: str
) -> None:
    shoot = shoot_of(user, "failed", error="No face was found.", **times)

    assert stages(shoot) == expected
    assert "No face was found." in [stage.note for stage in progress_of(shoot)["stages"]]


# A draft never outlives the transaction of its order.
@pytest.mark.parametrize("status", [status for status in Shoot.Status if status != Shoot.Status.DRAFT])
def test_every_status_has_a_page_that_says_it(signed_in: Client, user: User, status: str) -> None:
    shoot = shoot_of(user, status, error="It failed." if status == "failed" else "")

    page = signed_in.get(shoot.get_absolute_url())

    assert page.status_code == 200
    assert (b'hx-trigger="every 2s"' in page.content) is not shoot.is_final


@pytest.mark.parametrize(("minutes", "seconds"), [(1, 2), (11, 5), (61, 30)])
def test_an_older_shoot_is_asked_for_more_rarely(
    signed_in: Client, user: User, minutes: int, seconds: int
) -> None:
    shoot = shoot_of(user, "waiting", queued_at=timezone.now() - timedelta(minutes=minutes))

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert f'hx-trigger="every {seconds}s"' in page


def test_a_page_whose_shoot_is_gone_is_told_to_stop_asking(signed_in: Client) -> None:
    theirs: Shoot = ShootFactory.create()

    part = signed_in.get(theirs.get_absolute_url(), headers=HTMX)

    assert part.status_code == 286
    assert "This shoot is no longer here" in part.content.decode()
    assert signed_in.get(theirs.get_absolute_url()).status_code == 404


def lived(trains: bool = True, **minutes: int) -> None:
    """Make three shoots that ended, after these minutes in each stage."""
    now = timezone.now()
    marks = {
        "generating_at": now - timedelta(minutes=minutes["pictures"]),
        "submitted_at": now - timedelta(minutes=minutes["pictures"] + minutes["training"]),
        "queued_at": now - timedelta(minutes=minutes["pictures"] + minutes["training"] + 1),
    }
    ShootFactory.create_batch(3, status="ready", trains=trains, ended_at=now, **marks)


def test_stages_say_how_long_they_take_here_and_when_all_is_ready(signed_in: Client, user: User) -> None:
    lived(training=6, pictures=4)
    ago = timezone.now() - timedelta(minutes=2)
    shoot = shoot_of(user, "waiting", submitted_at=ago)

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert "usually 6 minutes" in page
    assert "usually 4 minutes" in page
    # Six of training, two of them gone, and four for the pictures.
    assert "About 8 more minutes, by what shoots took here lately" in page
    assert f"ready at about {timezone.localtime() + timedelta(minutes=8):%H:%M}" in page


def test_a_shoot_on_a_model_that_exists_learns_from_its_like(signed_in: Client, user: User) -> None:
    lived(training=60, pictures=60)
    shoot = shoot_of(user, "generating", trains=False)
    before = signed_in.get(shoot.get_absolute_url()).content.decode()

    lived(trains=False, training=1, pictures=3)

    assert "more minutes" not in before
    assert "About 3 more minutes" in signed_in.get(shoot.get_absolute_url()).content.decode()


def test_nothing_is_promised_beyond_the_usual_time(signed_in: Client, user: User) -> None:
    lived(training=2, pictures=1)
    ago = timezone.now() - timedelta(minutes=5)
    shoot = shoot_of(user, "generating", generating_at=ago)

    assert "It should be ready any moment now." in signed_in.get(shoot.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("status", "title", "words"),
    [
        ("failed", "This shoot did not work", "18 credits came back."),
        ("partly", "0 of 8 pictures are ready", "8 of 8 pictures did not come."),
        ("cancelled", "You took this order back", "Nothing was sent to Astria."),
        ("ready", "All 0 pictures are ready", ""),
    ],
)
def test_each_end_is_said_in_words_with_what_came_back(
    signed_in: Client, user: User, status: str, title: str, words: str
) -> None:
    shoot = shoot_of(user, status, refunded=18, error="It failed." if status == "failed" else "")

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert title in page
    assert words in page
    assert "18 credits came back." in page


def test_a_shoot_in_progress_says_how_many_pictures_are_there(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "generating")
    ImageFactory.create_batch(3, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert "3 of 8 pictures" in page
    assert f'href="/shoots/{shoot.pk}/gallery/"' in page


def test_a_script_gets_the_moving_part_alone(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "waiting")

    part = signed_in.get(shoot.get_absolute_url(), headers=HTMX)

    assert part.content.decode().lstrip().startswith('<div class="progress"')
    assert "HX-Request" in part["Vary"]


def test_a_refund_is_named(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "partly", refunded=1)

    assert "1 credit came back." in signed_in.get(shoot.get_absolute_url()).content.decode()


def test_only_a_queued_order_offers_to_cancel(signed_in: Client, user: User) -> None:
    queued = signed_in.get(shoot_of(user, "queued").get_absolute_url()).content.decode()
    waiting = signed_in.get(shoot_of(user, "waiting").get_absolute_url()).content.decode()

    assert "Cancel and take the credits back" in queued
    assert "Cancel and take the credits back" not in waiting


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "The order could not be passed on yet."),
        ("submitting", "The order could not be passed on yet."),
        ("unconfirmed", "Astria has not confirmed the order yet."),
        ("generating", "The pictures take longer than usual."),
    ],
)
def test_each_stage_says_in_its_words_that_it_is_late(
    signed_in: Client, user: User, status: str, words: str
) -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    shoot = shoot_of(user, status, queued_at=hour_ago)
    Shoot.objects.exclude(generating_at=None).update(submitted_at=hour_ago, generating_at=hour_ago)

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert words in page
    assert "Nothing is lost." in page


def test_what_takes_longer_than_announced_is_said(signed_in: Client, user: User) -> None:
    late = TuneFactory.create(account=user.account, eta=timezone.now() - timedelta(days=1))

    page = signed_in.get(shoot_of(user, "waiting", tune=late).get_absolute_url()).content.decode()

    listed = signed_in.get("/shoots/").content.decode()

    assert "Training takes longer than usual. We keep asking Astria." in page
    assert f"What is not here by {timezone.now() + timedelta(hours=3):%H:%M}" in page
    assert "Takes longer than usual; nothing is lost." in listed


def test_astrias_estimate_is_passed_on(signed_in: Client, user: User) -> None:
    tune = TuneFactory.create(account=user.account, eta=timezone.now() + timedelta(minutes=9, seconds=30))

    page = signed_in.get(shoot_of(user, "waiting", tune=tune).get_absolute_url()).content.decode()

    assert "about 9 more minutes" in page or "about 10 more minutes" in page


# The list


def test_the_list_names_each_shoot_its_set_and_its_pictures(signed_in: Client, user: User) -> None:
    photo_set = PhotoSetFactory.create(account=user.account, name="Zoë 李")
    tune = TuneFactory.create(account=user.account, photo_set=photo_set)
    shoot = shoot_of(user, "ready", tune=tune, title="Corporate")
    image = ImageFactory.create(shoot=shoot)

    page = signed_in.get("/shoots/").content.decode()

    assert "Zoë 李" in page
    assert "1 picture<" in page
    assert f"/pictures/{image.pk}/640.webp" in page


def test_shoots_of_others_are_not_listed(signed_in: Client) -> None:
    theirs: Shoot = ShootFactory.create(title="Not yours")

    assert theirs.title not in signed_in.get("/shoots/").content.decode()


def test_a_shoot_whose_photos_are_gone_is_still_listed(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "ready", title="Corporate")
    assert shoot.tune.photo_set
    shoot.tune.photo_set.delete()

    assert "Corporate" in signed_in.get("/shoots/").content.decode()
    assert signed_in.get(shoot.get_absolute_url()).status_code == 200


def test_who_has_none_is_told_how_to_begin(signed_in: Client) -> None:
    assert "Start your first shoot" in signed_in.get("/shoots/").content.decode()


def test_a_page_lists_24_shoots_and_none_is_lost_between_pages(signed_in: Client, user: User) -> None:
    tune, pack = TuneFactory.create(account=user.account), PackFactory.create()
    made = [shoot_of(user, "failed", tune=tune, pack=pack, error="?") for _ in range(25)]
    Shoot.objects.update(created_at=timezone.now())

    first, second = (signed_in.get(f"/shoots/?page={n}").content.decode() for n in (1, 2))

    listed = [shoot for page in (first, second) for shoot in made if shoot.get_absolute_url() in page]
    assert {*listed} == {*made}
    assert len(listed) == 25
    assert first.count('class="card"') == 24
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second


def test_drafts_stand_before_the_latest_shoots_only(signed_in: Client, user: User) -> None:
    tune, pack = TuneFactory.create(account=user.account), PackFactory.create()
    for _ in range(25):
        shoot_of(user, "failed", tune=tune, pack=pack, error="?")
    draft = PhotoSetFactory.create(account=user.account)

    assert draft.get_absolute_url() in signed_in.get("/shoots/").content.decode()
    assert draft.get_absolute_url() not in signed_in.get("/shoots/?page=2").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_database_as_often_for_30_shoots_as_for_1(
    signed_in: Client, user: User, rows: int, django_assert_num_queries: Any
) -> None:
    pack = PackFactory.create()
    for number in range(rows):
        tune = TuneFactory.create(
            account=user.account, photo_set=PhotoSetFactory.create(account=user.account, name=f"No. {number}")
        )
        ImageFactory.create(shoot=shoot_of(user, "ready", tune=tune, pack=pack))
        PhotoSetFactory.create(account=user.account)

    with django_assert_num_queries(5):
        signed_in.get("/shoots/")


@pytest.mark.parametrize("rows", [1, 30])
def test_a_shoots_page_asks_the_database_as_often_for_30_pictures_as_for_1(
    signed_in: Client, user: User, rows: int, django_assert_num_queries: Any
) -> None:
    shoot = shoot_of(user, "generating")
    ImageFactory.create_batch(rows, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    with django_assert_num_queries(6):
        signed_in.get(shoot.get_absolute_url())


def test_pictures_to_come_have_their_places_kept(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "generating", expected_images=8)
    ImageFactory.create_batch(3, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    assert signed_in.get(shoot.get_absolute_url()).content.decode().count("progress-blank") == 5


def test_a_shoot_that_is_over_keeps_no_places(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "partly", expected_images=8)
    ImageFactory.create_batch(3, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    assert "progress-blank" not in signed_in.get(shoot.get_absolute_url()).content.decode()


def test_what_the_page_does_not_show_is_said_to_be_in_the_gallery(signed_in: Client, user: User) -> None:
    shoot = shoot_of(user, "ready")
    ImageFactory.create_batch(14, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    assert "2 more in the gallery" in signed_in.get(shoot.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("arrived", "said"),
    [
        (1, "2 of 3 pictures did not come."),
        (2, "1 of 3 pictures did not come."),
        (3, "All pictures came after all."),
    ],
)
def test_a_shoot_that_ended_without_pictures_says_how_many_and_what_came_back(
    user: User, signed_in: Client, arrived: int, said: str
) -> None:
    shoot = shoot_of(user, "partly", expected_images=3, refunded=5)
    ImageFactory.create_batch(arrived, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    page = signed_in.get(shoot.get_absolute_url()).content.decode()

    assert f"<p>{said} 5 credits came back.</p>" in page


@pytest.mark.parametrize("status", Shoot.Status.values)
def test_a_shoot_without_a_pack_has_a_page_and_a_place_in_the_list(
    signed_in: Client, user: User, status: str
) -> None:
    shoot = shoot_of(
        user, status, kind="theme", pack=None, trains=False, title="Theme: autumn & more", wish={"theme": "x"}
    )

    pages = [signed_in.get(url).content.decode() for url in (shoot.get_absolute_url(), "/shoots/")]

    assert all("Theme: autumn &amp; more" in page for page in pages)
    assert ("Order received" in pages[0]) is (status != "cancelled")
    assert "Photos received" not in pages[0]


def test_a_theme_shows_what_astria_thought_up_without_the_models_name(signed_in: Client, user: User) -> None:
    tune = TrainedTuneFactory.create(account=user.account, token="ohwx")
    given = {"tune": tune, "kind": "theme", "pack": None, "trains": False, "wish": {"theme": "autumn"}}
    shoot = ShootFactory.create(account=user.account, status=Shoot.Status.GENERATING, **given)
    texts = ["<lora:5:1.0> portrait of ohwx woman, autumn, soft light", "ohwx woman in the rain", ""]
    for number, text in enumerate(texts, start=1):
        PromptFactory.create(shoot=shoot, number=number, text=text, status="waiting")

    page = signed_in.get(shoot.get_absolute_url()).content.decode()
    other = signed_in.get(ShootFactory.create(account=user.account).get_absolute_url()).content.decode()

    assert "<li>Portrait, autumn, soft light</li><li>In the rain</li></ol>" in page
    assert "thought up" not in other
