"""Files that are to go: they go, whatever is lost, away or dies meanwhile, and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from studio import files, pace, uploading
from studio.clock import queue_due
from studio.disk import Disk
from studio.models import Photo, PhotoSet, Removal
from studio.photos import Busy
from studio.removing import carry_out, remove_files, remove_unless_kept
from studio.uploading import add_photo, remove_photo
from tests.factories import PhotoFactory, PhotoSetFactory, jpeg
from tests.studio.conftest import AtOnce

pytestmark = pytest.mark.django_db

KEYS = ("u/1/a.jpg", "u/1/b.jpg", "u/1/c.jpg")


class Killed(BaseException):
    """What ends a process between two lines: nothing catches it."""


@pytest.fixture
def removal(disk: Path) -> Removal:
    """Three files that are to go, of which a task is queued."""
    for key in KEYS:
        files.write(key, b"face")
    remove_files(*KEYS)
    return Removal.objects.get()


def left() -> list[str]:
    return [key for key in KEYS if files.exists(key)]


def work_later(wait: timedelta = timedelta()) -> int:
    """Let the clock queue what is due in a while, and a worker do it. Returns how much that was."""
    OrmQ.objects.all().delete()
    with time_machine.travel(timezone.now() + wait):
        queued = queue_due()
        for task in [row.task for row in OrmQ.objects.all()]:
            task["func"](*task["args"])
    return queued


def test_files_go_and_then_the_row_that_says_so_however_often_it_is_done(removal: Removal) -> None:
    carry_out(removal.pk)
    carry_out(removal.pk)

    assert (left(), Removal.objects.count()) == ([], 0)


def test_the_task_is_queued_at_once(removal: Removal) -> None:
    task = OrmQ.objects.get().task

    assert (task["func"], task["args"]) == (carry_out, (removal.pk,))


def test_a_task_that_got_lost_is_made_up_for_by_the_clock(removal: Removal) -> None:
    too_soon = work_later(pace.SWEEP / 2)
    still_there = left()

    assert (too_soon, still_there) == (0, list(KEYS))
    assert (work_later(pace.SWEEP), left(), Removal.objects.count()) == (1, [], 0)


def test_nothing_goes_when_its_rows_stay_after_all(disk: Path) -> None:
    files.write(KEYS[0], b"face")
    with pytest.raises(Killed), transaction.atomic():
        remove_files(*KEYS)
        raise Killed

    assert (Removal.objects.count(), OrmQ.objects.count(), left()) == (0, 0, [KEYS[0]])


def test_while_the_storage_is_away_files_wait_and_then_they_go(
    removal: Removal, away: Callable[[], None]
) -> None:
    with pytest.raises(files.StorageDown):
        carry_out(removal.pk)
    removal.refresh_from_db()
    away()

    assert (removal.attempts, removal.error) == (1, "not deleted (NotADirectoryError)")
    assert (work_later(pace.FIRST_RETRY), left(), Removal.objects.count()) == (1, [], 0)


def test_the_longer_the_storage_is_away_the_more_rarely_it_is_asked(
    removal: Removal, away: Callable[[], None]
) -> None:
    waits = []
    for waited in (timedelta(), timedelta(minutes=10), timedelta(days=1)):
        now = removal.created_at + waited
        with time_machine.travel(now, tick=False), pytest.raises(files.StorageDown):
            carry_out(removal.pk)
        waits.append(Removal.objects.get().next_check_at - now)

    assert waits == [pace.FIRST_RETRY, timedelta(minutes=5), pace.LAST_RETRY]


def test_a_worker_that_dies_between_two_files_leaves_the_rest_to_the_next(
    removal: Removal, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = Disk.delete

    def die_at_the_second(self: Disk, name: str) -> None:
        if name == KEYS[1]:
            raise Killed
        delete(self, name)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Disk, "delete", die_at_the_second)
        carry_out(removal.pk)
    after_death = left()

    assert (after_death, work_later(pace.CLAIM / 2)) == (list(KEYS[1:]), 0)
    assert (work_later(pace.CLAIM), left(), Removal.objects.count()) == (1, [], 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_removal_do_no_harm(removal: Removal, at_once: AtOnce) -> None:
    at_once(lambda: carry_out(removal.pk), lambda: carry_out(removal.pk))

    assert (left(), Removal.objects.count()) == ([], 0)


# Uploads


@pytest.fixture
def draft(disk: Path) -> PhotoSet:
    return PhotoSetFactory.create()


def add(draft: PhotoSet, photo_id: Any = None) -> Photo:
    return add_photo(draft, photo_id or uuid4(), ContentFile(jpeg(), name="me.jpg"))


def stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_photo_that_is_kept_is_never_removed(draft: PhotoSet, disk: Path) -> None:
    add(draft).inspect_at(None)

    assert (work_later(timedelta(days=1)), stored(disk), Removal.objects.count()) == (0, 2, 0)


def test_a_photo_that_its_owner_removed_goes_when_it_can_no_longer_come_back(
    draft: PhotoSet, disk: Path
) -> None:
    remove_photo(add(draft))

    too_soon = (work_later(pace.UNDO / 2), stored(disk))

    assert too_soon == (0, 2)
    assert (work_later(pace.UNDO), Photo.with_removed.count()) == (1, 0)
    assert (work_later(pace.UNDO + pace.SWEEP), stored(disk)) == (1, 0)


def test_the_files_of_an_upload_that_died_go(
    draft: PhotoSet, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_photo: object) -> Photo:
        raise Killed

    monkeypatch.setattr(uploading, "_keep", die)
    with pytest.raises(Killed):
        add(draft)
    written = stored(disk)

    assert (written, work_later(pace.KEPT_BY), stored(disk)) == (2, 1, 0)


def test_an_upload_whose_files_are_going_is_to_be_sent_again(
    draft: PhotoSet, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*keys: str) -> Removal:
        removal = remove_unless_kept(*keys)
        work_later(pace.KEPT_BY)
        return removal

    with monkeypatch.context() as patch, pytest.raises(Busy):
        patch.setattr(uploading, "remove_unless_kept", too_slow)
        add(draft)

    assert (draft.photos.count(), add(draft).pk) == (0, draft.photos.get().pk)


def test_a_photo_sent_again_after_it_was_removed_keeps_its_new_files(draft: PhotoSet, disk: Path) -> None:
    first: Photo = PhotoFactory.create(photo_set=draft)
    remove_photo(first)
    second = add(draft, first.pk)

    work_later(timedelta(days=1))

    assert (stored(disk), [files.exists(key) for key in second.keys]) == (2, [True, True])
