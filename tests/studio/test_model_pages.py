"""A person's models: the list, and what a model's page says and does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import CreditAccount, User
from studio.erasing_models import delete_model
from studio.extending import extend
from studio.models import Extension, PhotoSet, Shoot, Tune, TuneDeletion
from tests.factories import ImageFactory, PhotoSetFactory, ShootFactory, TrainedTuneFactory, TuneFactory
from tests.states import put

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(client: Client, tune: Tune) -> str:
    return text_of(client.get(tune.get_absolute_url()))


def send(client: Client, tune: Tune, verb: str, **fields: str) -> str:
    return text_of(client.post(f"{tune.get_absolute_url()}{verb}/", fields, follow=True))


def test_the_list_shows_what_can_be_used_or_could_be(signed_in: Client, user: User) -> None:
    names = ("training", "trained", "expired", "failed", "deleted")
    for name in names:
        photo_set = PhotoSetFactory.create(account=user.account, name=f"Set {name}")
        TuneFactory.create(account=user.account, photo_set=photo_set, status=name)

    page = text_of(signed_in.get("/models/"))

    assert [f"Set {name}" in page for name in names] == [True, True, True, False, False]
    assert page.count("In training") == 1


def test_nobody_elses_model_is_listed(signed_in: Client) -> None:
    TrainedTuneFactory.create(photo_set__name="Somebody")

    page = text_of(signed_in.get("/models/"))

    assert "Somebody" not in page and "No models yet" in page


def test_a_model_that_is_kept_longer_says_until_when(signed_in: Client, tune: Tune) -> None:
    assert tune.expires_at is not None
    extend(tune)

    assert f"Until {tune.expires_at + timedelta(days=30):%-d %B %Y}" in text_of(signed_in.get("/models/"))


@pytest.mark.parametrize("path", ["/models/", "the model's"])
def test_pages_ask_the_database_as_often_for_many_as_for_one(
    signed_in: Client, tune: Tune, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    path = path if path.startswith("/") else tune.get_absolute_url()

    def add(models: int, shoots: int) -> None:
        TrainedTuneFactory.create_batch(models, account=tune.account)
        for shoot in ShootFactory.create_batch(shoots, account=tune.account, tune=tune, status="ready"):
            ImageFactory.create(shoot=shoot)

    def queries() -> int:
        with django_assert_max_num_queries(30) as asked:
            signed_in.get(path)
        return len(asked)

    add(1, 1)
    before = queries()
    add(6, 6)

    assert queries() == before


def test_a_page_shows_the_photos_the_model_was_made_of_and_its_shoots(signed_in: Client, tune: Tune) -> None:
    assert tune.photo_set is not None
    Tune.objects.update(characteristics={"eye_color": "green eyes"})
    shoot = ShootFactory.create(account=tune.account, tune=tune, status="ready", title="In the woods")
    ImageFactory.create_batch(2, shoot=shoot)

    page = page_of(signed_in, tune)

    assert all(str(photo.pk) in page for photo in tune.photo_set.photos.all())
    assert "<dt>Eyes</dt><dd>green</dd>" in page
    assert f'href="{shoot.get_absolute_url()}"' in page and "In the woods" in page and "2 pictures" in page
    assert f'href="{tune.get_absolute_url()}more/"' in page


def test_erased_photos_are_said_to_be(signed_in: Client, tune: Tune) -> None:
    PhotoSet.objects.all().delete()

    page = page_of(signed_in, tune)

    assert "The photos were erased." in page
    assert "<bdi>Woman</bdi>" in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "is being trained"),
        ("training", "is being trained"),
        ("trained", "can be used until"),
        ("expired", "expired on"),
        ("failed", "could not be trained"),
        ("deleted", "was deleted"),
    ],
)
def test_a_page_says_how_the_model_is(signed_in: Client, tune: Tune, status: str, words: str) -> None:
    still = {"expires_at": tune.expires_at} if status == "trained" else {}
    put(tune, status, **still)

    page = page_of(signed_in, tune)

    assert words in page
    is_usable = status in {"queued", "training", "trained"}
    assert ("Make more pictures" in page) == is_usable
    assert ("Train a new one" in page) != is_usable
    assert ("Delete the model" in page) == (status in {"trained", "failed"})


def test_a_model_is_kept_longer_once(signed_in: Client, tune: Tune) -> None:
    pages = [send(signed_in, tune, "keep", price="5") for _ in "ab"]
    old = send(signed_in, tune, "keep", price="?")

    assert all("kept for another 30 days" in page for page in pages)
    assert "Another 30 days are paid" in pages[0]
    assert "out of date" in old
    assert (Extension.objects.count(), CreditAccount.objects.get(pk=tune.account_id).balance) == (1, 95)


def test_what_cannot_be_kept_is_said_and_not_charged(signed_in: Client, tune: Tune) -> None:
    Tune.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert "cannot be kept any longer" in send(signed_in, tune, "keep", price="5")
    assert CreditAccount.objects.get(pk=tune.account_id).balance == 100


def test_who_is_sure_deletes_a_model_and_sees_how_far_that_is(signed_in: Client, tune: Tune) -> None:
    page = send(signed_in, tune, "delete", sure="yes")
    again = send(signed_in, tune, "delete", sure="yes")
    TuneDeletion.objects.get().mark_done()
    after = page_of(signed_in, tune)

    assert "The model is deleted." in page and "until Astria has confirmed it" in page
    assert "The model is deleted." in again and TuneDeletion.objects.count() == 1
    assert "Deleted at Astria, with the photos and pictures" in after


def test_who_did_not_say_so_deletes_nothing(signed_in: Client, tune: Tune) -> None:
    assert "Tick the box first" in send(signed_in, tune, "delete")
    assert Tune.objects.get().status == Tune.Status.TRAINED


def test_a_model_that_is_being_used_is_not_deleted(signed_in: Client, tune: Tune) -> None:
    ShootFactory.create(account=tune.account, tune=tune, trains=False, status=Shoot.Status.GENERATING)

    assert "Pictures are being made with this model" in send(signed_in, tune, "delete", sure="yes")
    assert "cannot be deleted" in page_of(signed_in, tune)
    assert not TuneDeletion.objects.exists()


def test_a_deleted_model_that_was_paid_for_longer_shows_no_promise(signed_in: Client, tune: Tune) -> None:
    extend(tune)
    assert "What you paid for keeping it comes back." in page_of(signed_in, tune)

    delete_model(tune.pk)

    assert "Another 30 days" not in page_of(signed_in, tune)
