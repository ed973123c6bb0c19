"""What people erased after a backup is erased again when that is put back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import User
from studio import erased, files
from studio.auditing import mismatches
from studio.erasing import erase_account, erase_photo_set, erase_shoot, see_to_erasure
from studio.erasing_models import delete_model, see_to_deletion
from studio.models import Erasure, Image, Photo, PhotoSet, Shoot, Tune, TuneDeletion
from studio.purging import purge
from tests.factories import (
    ImageFactory,
    PhotoSetFactory,
    PromptFactory,
    ShootFactory,
    TrainedTuneFactory,
    UserFactory,
)
from tests.states import put
from tests.studio.conftest import API

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User) -> Shoot:
    """Over, with two pictures, on a model of four photos."""
    photo_set = PhotoSetFactory.create(account=user.account, photos=4)
    tune = TrainedTuneFactory.create(account=user.account, photo_set=photo_set)
    made: Shoot = ShootFactory.create(account=user.account, tune=tune, status=Shoot.Status.READY)
    ImageFactory.create_batch(2, shoot=made, prompt=PromptFactory.create(shoot=made))
    return made


@pytest.fixture
def photo_set(shoot: Shoot) -> PhotoSet:
    found = shoot.tune.photo_set
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def nothing_left_at_astria(api: RequestsMock, shoot: Shoot) -> None:
    """Astria, where all of it is gone since it was erased for the first time."""
    api.get(f"{API}/tunes/{shoot.tune.astria_id}/prompts", status=404)
    api.delete(f"{API}/prompts/{shoot.prompts.get().astria_id}", status=404)
    api.delete(f"{API}/tunes/{shoot.tune.astria_id}", status=404)


@contextmanager
def after_the_backup() -> Iterator[None]:
    """What is done within is lost with the database, when the backup of before is put back."""
    with transaction.atomic():
        yield
        run_queue()
        transaction.set_rollback(True)


def run_queue() -> None:
    while row := OrmQ.objects.first():
        row.delete()
        row.task["func"](*row.task["args"])


def restored(*options: str) -> str:
    said = io.StringIO()
    call_command("restored", *options, stdout=said)
    return said.getvalue()


def test_an_account_that_came_back_goes_again_whole(user: User, client_for: Callable[[User], Client]) -> None:
    browser = client_for(user)
    with after_the_backup():
        first = erase_account(user)
    assert User.objects.filter(pk=user.pk).exists() and Image.objects.exists()

    said = restored()
    is_let_in = browser.get("/gallery/").status_code == 200
    run_queue()

    # The account, and the model that it had.
    assert "Erased again: 2 of" in said and not is_let_in
    assert not User.objects.filter(pk=user.pk).exists()
    assert not PhotoSet.objects.exists() and not Image.objects.exists()
    assert (Erasure.objects.get().pk, Erasure.objects.get().created_at) == (first.pk, first.created_at)
    assert Erasure.objects.get().is_final and list(mismatches()) == []


def test_others_are_left_alone(user: User, other_user: User, shoot: Shoot) -> None:
    PhotoSetFactory.create(account=other_user.account, photos=2)
    with after_the_backup():
        erase_account(user)

    restored()
    run_queue()

    assert list(User.objects.all()) == [other_user] and Photo.objects.count() == 2


def test_files_that_came_back_with_the_backup_go_too(photo_set: PhotoSet) -> None:
    keys = [key for photo in photo_set.photos.all() for key in photo.keys]
    with after_the_backup():
        erase_photo_set(photo_set, with_pictures=True)
    [files.write(key, b"from the backup") for key in keys]

    restored()
    run_queue()

    assert not any(default_storage.exists(key) for key in keys)


def test_photos_go_again_and_the_pictures_that_were_to_stay_do(photo_set: PhotoSet) -> None:
    with after_the_backup():
        erase_photo_set(photo_set, with_pictures=False)

    restored()
    run_queue()

    assert not Photo.objects.exists()
    assert (Image.objects.count(), Tune.objects.get().status) == (2, Tune.Status.DELETED)


def test_a_shoot_goes_again_though_the_backup_has_it_under_way(shoot: Shoot) -> None:
    with after_the_backup():
        erase_shoot(shoot)
    put(shoot, Shoot.Status.GENERATING)

    restored()
    run_queue()

    assert not Shoot.objects.exists() and not Image.objects.exists()
    assert Erasure.objects.get().is_final


def test_a_shoot_of_which_nobody_knows_waits_for_the_answer(shoot: Shoot, noon: Traveller) -> None:
    with after_the_backup():
        erase_shoot(shoot)
    put(shoot, Shoot.Status.UNCONFIRMED)

    restored()
    run_queue()
    is_there = Shoot.objects.exists()
    put(shoot, Shoot.Status.FAILED)
    noon.shift(timedelta(minutes=6))
    see_to_erasure(Erasure.objects.get().pk)

    assert is_there and not Shoot.objects.exists()


def test_a_model_goes_again(shoot: Shoot) -> None:
    with after_the_backup():
        delete_model(shoot.tune_id)

    restored()
    run_queue()

    assert Tune.objects.get().status == Tune.Status.DELETED
    assert TuneDeletion.objects.get().is_final and Image.objects.count() == 2


def test_what_the_backup_knows_of_is_not_begun_again(photo_set: PhotoSet) -> None:
    erase_photo_set(photo_set, with_pictures=True)
    run_queue()

    assert "Erased again: 0 of" in restored()
    assert OrmQ.objects.count() == 0


def test_once_more_changes_nothing(user: User) -> None:
    with after_the_backup():
        erase_account(user)
    restored()
    run_queue()

    assert "Erased again: 0 of" in restored()
    assert Erasure.objects.count() == 1 and OrmQ.objects.count() == 0


def test_a_wish_that_was_widened_after_the_backup_is_widened_again(shoot: Shoot, photo_set: PhotoSet) -> None:
    put(shoot, Shoot.Status.UNCONFIRMED)
    erase_photo_set(photo_set, with_pictures=False)
    with after_the_backup():
        put(shoot, Shoot.Status.FAILED)
        erase_photo_set(photo_set, with_pictures=True)

    assert "Erased again: 1 of" in restored()
    assert Erasure.objects.get().scope == Erasure.Scope.SET


def test_what_came_into_being_after_the_backup_is_not_missed(user: User) -> None:
    with after_the_backup():
        new = UserFactory.create()
        erase_account(new)
        erase_photo_set(PhotoSetFactory.create(account=user.account, photos=1), with_pictures=True)

    assert "Erased again: 0 of" in restored()


def test_a_dry_run_says_it_and_changes_nothing(user: User, photo_set: PhotoSet) -> None:
    with after_the_backup():
        erase_photo_set(photo_set, with_pictures=True)

    said = restored("--dry-run")

    # The set, and the model that was made of it.
    assert said.startswith("Nothing was changed") and "Erased again: 2 of" in said
    assert PhotoSet.objects.exists() and not Erasure.objects.exists() and OrmQ.objects.count() == 0


def test_programs_are_told_as_json(user: User) -> None:
    with after_the_backup():
        erase_account(user)

    said = json.loads(restored("--json"))

    assert said == {
        "dry_run": False, "backup_of": None, "erased_again": 2, "looked_for": 0, "looked_at": 0,
        "unknown": [], "error": "",
    }  # fmt: skip


def test_a_storage_that_is_away_is_said_before_anything_is_changed(
    shoot: Shoot, away: Callable[[], None]
) -> None:
    put(shoot, Shoot.Status.QUEUED)

    with pytest.raises(CommandError, match="storage does not say"):
        restored()

    assert Shoot.objects.get().status == Shoot.Status.QUEUED


# The notes


def test_a_note_names_ids_and_no_person(user: User) -> None:
    erasure = erase_account(user)
    run_queue()

    notes = {it.scope: it for it in erased.noted()}
    text = files.read(notes["account"].key).decode()
    assert set(notes) == {"account", "model"}
    assert (notes["account"].id, notes["account"].about) == (erasure.pk, user.credit_account_id)
    assert user.email not in text
    assert set(json.loads(text)) == {"id", "scope", "about", "account", "asked_at"}


def test_nothing_is_called_erased_before_it_is_noted(
    shoot: Shoot, away: Callable[[], None], noon: Traveller
) -> None:
    deletion = delete_model(shoot.tune_id)
    with pytest.raises(files.StorageDown):
        see_to_deletion(deletion.pk)
    stopped = TuneDeletion.objects.get()
    away()
    noon.shift(timedelta(minutes=2))

    see_to_deletion(deletion.pk)

    assert (stopped.is_final, "storage" in stopped.error) == (False, True)
    assert TuneDeletion.objects.get().is_final and [it.about for it in erased.noted()] == [shoot.tune_id]


@pytest.mark.parametrize(("kept_days", "left"), [(0, 2), (14, 1), (30, 2)])
def test_notes_go_when_no_backup_is_old_enough_for_them(settings: Any, kept_days: int, left: int) -> None:
    settings.BACKUPS_KEPT_DAYS = kept_days
    [note(days) for days in (2, 20)]

    gone = [purge(dry_run=True).notes, purge().notes, purge().notes]

    assert gone == [2 - left, 2 - left, 0]
    assert len(list(erased.noted())) == left


def note(days: int) -> None:
    """Note a deleted model, so many days ago."""
    asked_at = timezone.now() - timedelta(days=days)
    erased.note_model(TuneDeletion(pk=UUID(int=days), created_at=asked_at))
