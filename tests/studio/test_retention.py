"""Photos go as many days after their last shoot as their owner chose; the model works on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import CreditAccount, User
from packs.models import Pack
from studio.models import Event, Photo, PhotoSet, Shoot, Tune
from studio.ordering import order_pack
from studio.purging import purge
from tests.factories import PhotoFactory, PhotoSetFactory, ShootFactory, TrainedTuneFactory

pytestmark = pytest.mark.django_db


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def used(user: User, days: float, *, status: str = Shoot.Status.READY, photo_days: float = 500) -> PhotoSet:
    """A set with a living model, whose last shoot ended that long ago."""
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, photos=4)
    Photo.objects.filter(photo_set=photo_set).update(created_at=ago(photo_days))
    tune = TrainedTuneFactory.create(account=user.account, photo_set=photo_set)
    shoot = ShootFactory.create(account=user.account, tune=tune, status=status)
    if shoot.is_final:
        Shoot.objects.filter(pk=shoot.pk).update(ended_at=ago(days))
    return photo_set


def run_queue() -> None:
    for row in OrmQ.objects.all():
        row.task["func"](*row.task["args"])


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_photos_go_after_the_days_that_were_chosen_and_not_before(user: User, days: int) -> None:
    user.account.keep_photos_for(days)
    young, old = used(user, days - 0.1), used(user, days + 0.1)
    keys = [photo.key for photo in old.photos.all()]

    assert purge(dry_run=True).photos == 4
    assert [purge().photos, purge().photos] == [4, 0]
    run_queue()

    assert (young.photos.count(), old.photos.count()) == (4, 0)
    assert not any(default_storage.exists(key) for key in keys)
    assert Event.objects.filter(tune__photo_set=old, text__contains=f"kept for {days} days").exists()


def test_thirty_days_hold_until_somebody_chooses(user: User) -> None:
    assert CreditAccount.objects.get(pk=user.account.pk).photos_kept_days == 30


def test_each_persons_choice_holds_for_their_photos_alone(user: User, other_user: User) -> None:
    user.account.keep_photos_for(7)
    mine, theirs = used(user, 10), used(other_user, 10)

    assert purge().photos == 4
    assert (mine.photos.count(), theirs.photos.count()) == (0, 4)


def test_photos_of_an_order_under_way_stay_however_old(user: User) -> None:
    photo_set = used(user, 400)
    ShootFactory.create(account=user.account, tune=photo_set.tunes.get(), status=Shoot.Status.GENERATING)

    assert purge().photos == 0 and photo_set.photos.count() == 4


def test_a_photo_that_came_after_the_last_shoot_waits_for_the_next_one(user: User) -> None:
    photo_set = used(user, 400)
    PhotoFactory.create(photo_set=photo_set)

    assert purge().photos == 0


def test_the_model_works_on_without_its_photos(user: User, pack: Pack) -> None:
    photo_set = used(user, 40)
    purge()

    shoot = order_pack(photo_set, pack, number=0)

    assert photo_set.photos.count() == 0
    assert (shoot.status, shoot.trains) == (Shoot.Status.QUEUED, False)
    assert Tune.objects.get().status == Tune.Status.TRAINED


def test_the_choice_is_saved_and_shown(signed_in: Client, user: User) -> None:
    used(user, 1)

    answer = signed_in.post(reverse("accounts:retention"), {"photos_kept_days": "90"}, follow=True)

    user.account.refresh_from_db()
    assert user.account.photos_kept_days == 90
    assert f"{ago(1) + timedelta(days=90):%-d %B %Y}" in answer.content.decode()


@pytest.mark.parametrize("days", ["", "8", "-1", "for ever"])
def test_another_number_is_refused_in_its_place(signed_in: Client, user: User, days: str) -> None:
    answer = signed_in.post(reverse("accounts:retention"), {"photos_kept_days": days})

    user.account.refresh_from_db()
    assert answer.status_code == 422 and b"errorlist" in answer.content
    assert user.account.photos_kept_days == 30


def test_the_database_refuses_another_number(user: User) -> None:
    with pytest.raises(IntegrityError):
        user.account.keep_photos_for(8)
