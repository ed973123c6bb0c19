"""Erasing a set, a shoot or an account: what goes, what stays, what is in the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import Consent, CreditAccount, User
from config.storage import StorageDown
from studio import clock
from studio.auditing import mismatches
from studio.erasing import (
    MANY_ATTEMPTS,
    ErasureRefused,
    erase_account,
    erase_photo_set,
    erase_shoot,
    see_to_erasure,
)
from studio.models import Erasure, Image, Photo, PhotoSet, Prompt, Share, Shoot, Tune, TuneDeletion
from studio.receipts import lines_of
from tests.factories import (
    ImageFactory,
    PhotoSetFactory,
    PromptFactory,
    ShareFactory,
    ShootFactory,
    TrainedTuneFactory,
    UserFactory,
)
from tests.states import put
from tests.studio.conftest import API
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    return PhotoSetFactory.create(account=user.account, photos=4)


@pytest.fixture
def shoot(photo_set: PhotoSet) -> Shoot:
    """Over, with two pictures, on a model that lives at Astria."""
    tune = TrainedTuneFactory.create(
        account=photo_set.account, photo_set=photo_set, characteristics={"eye_color": "green eyes"}
    )
    made: Shoot = ShootFactory.create(account=photo_set.account, tune=tune, status=Shoot.Status.READY)
    ImageFactory.create_batch(2, shoot=made, prompt=PromptFactory.create(shoot=made))
    ShareFactory.create(shoot=made)
    return made


@pytest.fixture
def at_astria(api: RequestsMock, shoot: Shoot) -> RequestsMock:
    """Astria, which deletes whatever it is told to."""
    prompt = shoot.prompts.get()
    api.get(f"{API}/tunes/{shoot.tune.astria_id}/prompts", json=[{"id": prompt.astria_id}])
    api.delete(f"{API}/prompts/{prompt.astria_id}", json={})
    api.delete(f"{API}/tunes/{shoot.tune.astria_id}", status=200)
    return api


def run_queue() -> None:
    """Do what is queued, and what that queues, as a worker would."""
    while row := OrmQ.objects.first():
        row.delete()
        row.task["func"](*row.task["args"])


def deleted(api: RequestsMock) -> list[str]:
    return [str(request.url).removeprefix(API) for request in calls(api, "DELETE")]


def keys_of(*rows: Photo | Image) -> list[str]:
    return [key for row in rows for key in ([row.key] if isinstance(row, Photo) else [row.original_key])]


# A set


def test_photos_go_with_their_model_and_the_pictures_stay(at_astria: RequestsMock, shoot: Shoot) -> None:
    photo_set = shoot.tune.photo_set
    assert photo_set is not None
    keys = keys_of(*photo_set.photos.all())

    erasure = erase_photo_set(photo_set, with_pictures=False)
    run_queue()

    erasure.refresh_from_db()
    tune = Tune.objects.get()
    assert not PhotoSet.objects.exists() and not Photo.objects.exists()
    assert not any(default_storage.exists(key) for key in keys)
    assert (tune.status, tune.characteristics, Image.objects.count()) == (Tune.Status.DELETED, {}, 2)
    assert deleted(at_astria)[-1] == f"/tunes/{tune.astria_id}"
    assert erasure.status == Erasure.Status.DONE and erasure.counts["studio.Photo"] == 4


def test_a_set_goes_with_all_that_was_made_of_it(at_astria: RequestsMock, shoot: Shoot) -> None:
    photo_set = shoot.tune.photo_set
    assert photo_set is not None
    keys = keys_of(*shoot.images.all())

    erasure = erase_photo_set(photo_set, with_pictures=True)
    run_queue()

    assert not Shoot.objects.exists() and not Tune.objects.exists() and not Share.objects.exists()
    assert not any(default_storage.exists(key) for key in keys)
    assert Erasure.objects.get().is_final
    assert [(line.what, line.count) for line in lines_of(erasure)][:4] == [
        ("photo set", 1), ("photos", 4), ("model", 1), ("shoot", 1)
    ]  # fmt: skip


def test_a_draft_goes_without_asking_astria(api: RequestsMock, photo_set: PhotoSet) -> None:
    erase_photo_set(photo_set, with_pictures=False)
    run_queue()

    assert not PhotoSet.objects.exists() and Erasure.objects.get().is_final
    assert len(api.calls) == 0


def test_the_consent_to_a_set_outlives_it_as_long_as_the_account(
    api: RequestsMock, photo_set: PhotoSet
) -> None:
    erase_photo_set(photo_set, with_pictures=False)
    run_queue()

    assert Consent.objects.filter(about=photo_set.pk).exists()


def test_an_order_under_way_ends_and_what_is_missing_comes_back(
    at_astria: RequestsMock, shoot: Shoot
) -> None:
    put(shoot, Shoot.Status.GENERATING)
    photo_set = shoot.tune.photo_set
    assert photo_set is not None

    erase_photo_set(photo_set, with_pictures=True)
    run_queue()

    assert not Shoot.objects.exists()
    assert shoot.account.entries.filter(kind="refund").exists()


def test_what_may_be_on_its_way_to_astria_is_found_out_about_first(
    at_astria: RequestsMock, noon: Traveller, shoot: Shoot
) -> None:
    put(shoot, Shoot.Status.UNCONFIRMED)
    photo_set = shoot.tune.photo_set
    assert photo_set is not None

    erasure = erase_photo_set(photo_set, with_pictures=True)
    see_to_erasure(erasure.pk)
    kept = (PhotoSet.objects.count(), Erasure.objects.get().status)
    put(shoot, Shoot.Status.FAILED)
    noon.shift(timedelta(minutes=6))
    run_queue()
    see_to_erasure(erasure.pk)

    assert kept == (1, "asked")
    assert not PhotoSet.objects.exists()


def test_erasing_the_pictures_after_the_photos_widens_what_is_under_way(
    at_astria: RequestsMock, shoot: Shoot
) -> None:
    put(shoot, Shoot.Status.UNCONFIRMED)
    photo_set = shoot.tune.photo_set
    assert photo_set is not None

    first = erase_photo_set(photo_set, with_pictures=False)
    second = erase_photo_set(photo_set, with_pictures=True)

    assert first.pk == second.pk and second.scope == Erasure.Scope.SET


# A shoot


def test_a_shoot_goes_with_its_shots_at_astria_and_the_model_stays(
    at_astria: RequestsMock, shoot: Shoot
) -> None:
    prompt_id, keys = shoot.prompts.get().astria_id, keys_of(*shoot.images.all())

    erasure = erase_shoot(shoot)
    run_queue()

    erasure.refresh_from_db()
    assert not Shoot.objects.exists() and not Prompt.objects.exists()
    assert not any(default_storage.exists(key) for key in keys)
    assert deleted(at_astria) == [f"/prompts/{prompt_id}"]
    assert Tune.objects.get().status == Tune.Status.TRAINED
    assert (erasure.status, erasure.counts["studio.Image"]) == ("done", 2)


def test_a_shoot_that_astria_works_on_is_not_erased(shoot: Shoot) -> None:
    put(shoot, Shoot.Status.GENERATING)

    with pytest.raises(ErasureRefused, match="under way"):
        erase_shoot(shoot)

    assert Shoot.objects.exists() and not Erasure.objects.exists()


def test_a_queued_order_is_cancelled_and_paid_back(api: RequestsMock, order: Shoot) -> None:
    erase_shoot(order)

    assert not Shoot.objects.exists()
    assert CreditAccount.objects.get(pk=order.account_id).balance == 100
    assert list(mismatches()) == []


# What is in the way


@pytest.mark.parametrize("status", [401, 402, 422, 429, 500, 504])
def test_what_astria_does_not_do_is_asked_again_until_it_has(
    api: RequestsMock, noon: Traveller, shoot: Shoot, status: int
) -> None:
    path = f"{API}/prompts/{shoot.prompts.get().astria_id}"
    api.delete(path, status=status, json={})
    erasure = erase_shoot(shoot)
    see_to_erasure(erasure.pk)
    stopped = Erasure.objects.get()
    api.replace("DELETE", path, json={})
    noon.shift(timedelta(minutes=2))

    see_to_erasure(erasure.pk)

    assert (stopped.status, stopped.attempts, stopped.prompt_ids) == ("asked", 1, [int(path.split("/")[-1])])
    assert stopped.error
    assert (Erasure.objects.get().status, Erasure.objects.get().error) == ("done", "")


def test_what_astria_no_longer_has_is_gone(api: RequestsMock, shoot: Shoot) -> None:
    api.delete(f"{API}/prompts/{shoot.prompts.get().astria_id}", status=404)

    erase_shoot(shoot)
    run_queue()

    assert Erasure.objects.get().is_final


def test_staff_are_told_of_what_cannot_be_erased(
    api: RequestsMock, noon: Traveller, shoot: Shoot, staff: User
) -> None:
    api.delete(f"{API}/prompts/{shoot.prompts.get().astria_id}", status=500, json={})
    erasure = erase_shoot(shoot)
    Erasure.objects.update(attempts=MANY_ATTEMPTS - 1)

    see_to_erasure(erasure.pk)

    assert [it.to for it in mail.outbox] == [[staff.email]]
    assert str(erasure.pk) in str(mail.outbox[0].body)


def test_it_is_done_once_however_often_it_runs(at_astria: RequestsMock, shoot: Shoot) -> None:
    erasure = erase_shoot(shoot)

    [see_to_erasure(erasure.pk) for _ in "ab"]

    assert len(deleted(at_astria)) == 1 and Erasure.objects.get().counts["studio.Image"] == 2


def test_the_clock_comes_back_to_it_until_it_is_done(noon: Traveller, photo_set: PhotoSet) -> None:
    erase_photo_set(photo_set, with_pictures=True)
    OrmQ.objects.all().delete()
    noon.shift(timedelta(minutes=2))

    clock.queue_due()

    assert see_to_erasure in [row.task["func"] for row in OrmQ.objects.all()]


def test_a_file_that_lies_there_all_the_same_is_found_and_goes(at_astria: RequestsMock, shoot: Shoot) -> None:
    erasure = erase_shoot(shoot)
    late = Image(shoot_id=shoot.pk, account_id=shoot.account_id, extension="jpg").original_key
    default_storage.save(late, ContentFile(b"late"))

    see_to_erasure(erasure.pk)

    assert Erasure.objects.get().is_final and not default_storage.exists(late)


def test_a_storage_that_is_away_is_asked_again(
    at_astria: RequestsMock, noon: Traveller, shoot: Shoot, away: Callable[[], None]
) -> None:
    erasure = erase_shoot(shoot)
    with pytest.raises(StorageDown):
        see_to_erasure(erasure.pk)
    stopped = Erasure.objects.get()
    away()
    noon.shift(timedelta(minutes=2))

    see_to_erasure(erasure.pk)

    assert (stopped.status, "storage" in stopped.error) == ("asked", True)
    assert Erasure.objects.get().is_final


# An account


def test_whoever_erases_their_account_is_signed_out_everywhere_at_once(
    api: RequestsMock, user: User, client_for: Callable[[User], Client]
) -> None:
    here, elsewhere = client_for(user), client_for(user)

    answer = here.post(reverse("accounts:erase"), {"typed": user.email.upper()})

    assert answer.status_code == 302 and "/privacy/receipts/" in answer["Location"]
    assert Client().get(answer["Location"]).status_code == 200
    assert elsewhere.get("/gallery/").status_code == 302


@pytest.mark.parametrize("typed", ["", "somebody@example.com", "nonsense"])
def test_another_address_erases_nothing_and_says_so(signed_in: Client, user: User, typed: str) -> None:
    answer = signed_in.post(reverse("accounts:erase"), {"typed": typed})

    assert answer.status_code == 422 and b"errorlist" in answer.content
    assert User.objects.get(pk=user.pk).is_active and not Erasure.objects.exists()


def test_tries_are_counted(signed_in: Client, user: User) -> None:
    for _ in range(20):
        signed_in.post(reverse("accounts:erase"), {"typed": "x@example.com"})

    answer = signed_in.post(reverse("accounts:erase"), {"typed": user.email})

    assert b"many tries" in answer.content and not Erasure.objects.exists()


def test_staff_are_not_erased_by_themselves(client_for: Callable[[User], Client]) -> None:
    staff = UserFactory.create(is_staff=True)

    answer = client_for(staff).post(reverse("accounts:erase"), {"typed": staff.email})

    assert b"administration" in answer.content and User.objects.get(pk=staff.pk).is_active


def test_an_address_that_takes_no_mail_is_not_kept_for_it_longer_than_a_day(
    api: RequestsMock, noon: Traveller, user: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "no.such.backend"
    erasure = erase_account(user)
    see_to_erasure(erasure.pk)
    first = (User.objects.count(), Erasure.objects.get().status)
    noon.shift(timedelta(hours=25))

    see_to_erasure(erasure.pk)

    assert first == (1, "asked")
    assert (User.objects.count(), Erasure.objects.get().status) == (0, "done")


def test_the_address_waits_for_astria(api: RequestsMock, user: User, shoot: Shoot) -> None:
    api.get(f"{API}/tunes/{shoot.tune.astria_id}/prompts", status=503)
    erase_account(user)
    run_queue()

    assert not Shoot.objects.exists() and not PhotoSet.objects.exists()
    assert User.objects.count() == 1 and TuneDeletion.objects.get().status == "asked"
    assert mail.outbox == []


def test_another_persons_things_stay(api: RequestsMock, user: User, other_user: User) -> None:
    theirs: PhotoSet = PhotoSetFactory.create(account=other_user.account, photos=2)

    erase_account(user)
    run_queue()

    assert list(User.objects.all()) == [other_user]
    assert theirs.photos.count() == 2 and default_storage.exists(theirs.photos.all()[0].key)


def test_every_table_that_hangs_on_an_account_is_erased_or_kept_on_purpose() -> None:
    """Whoever adds one decides: erased with the account, or kept as the books need it."""
    erased = {
        "photo_sets",
        "tunes",
        "shoots",
        "images",
        "letters",
        "shares",
        "extensions",
        "consents",
        "reports",
        "refund_requests",
    }
    # The version of a gallery is a number, and erasing its pictures changes it.
    kept = {"entries", "erasures", "purchases", "user", "page_version"}

    found = {relation.related_name or relation.name for relation in CreditAccount._meta.related_objects}

    assert {name for name in found if not name.endswith("+")} == erased | kept
