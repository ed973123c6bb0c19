"""What is let go of when it is old, and what is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from studio import clock, purging
from studio.models import Callback, Event, Heartbeat, Inspection, Photo, PhotoSet, Tally
from studio.purging import Purged, purge
from studio.removing import remove_files
from tests.factories import PhotoSetFactory, ShootFactory, TuneFactory

pytestmark = pytest.mark.django_db


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def callback(days: float) -> Callback:
    return Callback.objects.create(shoot=ShootFactory.create(), body="{}", received_at=ago(days))


def event(days: float, kind: str = Event.Kind.CALL) -> Event:
    return Event.objects.create(kind=kind, text="GET /tunes", at=ago(days))


def draft(days: float, photos: int = 2) -> PhotoSet:
    """A set that was last changed, and got its photos, that long ago."""
    photo_set = PhotoSetFactory.create(photos=photos)
    PhotoSet.objects.filter(pk=photo_set.pk).update(updated_at=ago(days))
    Photo.objects.filter(photo_set=photo_set).update(created_at=ago(days))
    return photo_set


def inspected(photo_set: PhotoSet, days: float = 31) -> Inspection:
    """What Astria said of a photo of this set, that long ago."""
    said = Inspection.objects.create(
        account=photo_set.account, sha256=photo_set.photos.all()[0].sha256, class_name="woman", answer={}
    )
    Inspection.objects.update(created_at=ago(days))
    return said


def queued() -> list[OrmQ]:
    return list(OrmQ.objects.all())


def run_queue() -> None:
    for row in queued():
        task = row.task
        task["func"](*task["args"])


def test_callbacks_are_kept_for_30_days() -> None:
    young, _old = callback(29.9), callback(30.1)

    assert purge() == Purged(callbacks=1, photo_sets=0, calls=0)
    assert list(Callback.objects.all()) == [young]


def test_calls_are_kept_on_timelines_for_90_days_and_all_else_for_good() -> None:
    young, _old, state = event(89.9), event(90.1), event(400, Event.Kind.STATE)

    assert purge() == Purged(callbacks=0, photo_sets=0, calls=1)
    assert set(Event.objects.all()) == {young, state}


def test_a_draft_left_alone_goes_with_its_photos_and_files() -> None:
    left = draft(30.1)
    keys = [key for photo in left.photos.all() for key in photo.keys]

    assert purge() == Purged(callbacks=0, photo_sets=1, calls=0)
    run_queue()

    assert not PhotoSet.objects.exists() and not Photo.objects.exists()
    assert len(keys) == 4 and not any(default_storage.exists(key) for key in keys)


def test_what_was_said_of_photos_goes_with_them_and_stays_with_those_that_stay() -> None:
    _gone, kept = inspected(draft(31)), inspected(draft(29))

    assert purge(dry_run=True).inspections == 0
    assert [purge().inspections, purge().inspections] == [1, 0]
    assert list(Inspection.objects.all()) == [kept]


def test_what_was_said_of_a_file_that_was_only_asked_about_is_kept_for_a_day() -> None:
    account = PhotoSetFactory.create().account
    for number, days in enumerate((0.9, 1.1)):
        said = Inspection.objects.create(account=account, sha256=f"{number}", class_name="man", answer={})
        Inspection.objects.filter(pk=said.pk).update(created_at=ago(days))

    assert purge(dry_run=True).inspections == purge().inspections == 1
    assert Inspection.objects.get().sha256 == "0"


def test_a_draft_without_photos_goes_too() -> None:
    draft(31, photos=0)

    assert purge().photo_sets == 1
    assert not PhotoSet.objects.exists() and not queued()


def test_a_draft_that_was_changed_or_given_a_photo_lately_stays() -> None:
    changed, filled = draft(31), draft(31)
    PhotoSet.objects.filter(pk=changed.pk).update(updated_at=ago(29))
    Photo.objects.filter(pk=filled.photos.all()[0].pk).update(created_at=ago(29))

    assert purge().photo_sets == 0
    assert set(PhotoSet.objects.all()) == {changed, filled}


def test_a_set_that_was_ordered_from_stays_however_old() -> None:
    ordered = draft(400)
    tune = TuneFactory.create(account=ordered.account, photo_set=ordered)

    assert purge().photo_sets == 0

    assert list(PhotoSet.objects.all()) == [ordered]
    assert ordered.photos.count() == 2 and tune.photo_set == ordered


def test_a_set_that_is_ordered_while_purging_runs_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = draft(40), draft(31)

    def order_the_other(*keys: str) -> None:
        other = PhotoSet.objects.get()
        TuneFactory.create(account=other.account, photo_set=other)
        remove_files(*keys)

    monkeypatch.setattr(purging, "remove_files", order_the_other)

    assert purge().photo_sets == 1
    assert PhotoSet.objects.filter(pk__in=[first.pk, second.pk]).count() == 1


def test_more_than_a_portion_is_deleted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "PORTION", 2)
    shoot = ShootFactory.create()
    [Callback.objects.create(shoot=shoot, body="{}", received_at=ago(31)) for _ in range(5)]

    assert purge().callbacks == 5
    assert not Callback.objects.exists()


def test_purging_twice_deletes_nothing_more() -> None:
    callback(31), event(91), draft(31)
    purge()

    assert purge() == Purged(0, 0, 0)


def test_a_dry_run_counts_and_deletes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    callback(31), event(91), draft(31)

    call_command("purge", dry_run=True)

    counts = (
        "1 callbacks, 1 photo sets, 1 calls, 0 inspections, 0 photos, 0 notes of erasures, 0 acts of staff"
    )
    assert capsys.readouterr().out == f"To be deleted: {counts}\n"
    assert (Callback.objects.count(), PhotoSet.objects.drafts().count(), Event.objects.count()) == (1, 1, 1)


def test_the_command_says_what_it_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    callback(31), event(91), inspected(draft(31))

    call_command("purge")

    counts = (
        "1 callbacks, 1 photo sets, 1 calls, 1 inspections, 0 photos, 0 notes of erasures, 0 acts of staff"
    )
    assert capsys.readouterr().out == f"Deleted: {counts}\n"
    assert not Callback.objects.exists() and not PhotoSet.objects.drafts().exists()


def test_refused_callbacks_are_counted_for_ninety_days() -> None:
    for days in (89, 91):
        Tally.objects.create(kind=Tally.Kind.WRONG_TOKEN, hour=ago(days), count=1)

    purge()
    purge()

    assert Tally.objects.count() == 1


def test_the_clock_queues_purging_once_a_day() -> None:
    assert [clock.keep_purged(), clock.keep_purged()] == [True, False]
    assert [row.task["func"] for row in queued()] == [purge]

    purge()
    Heartbeat.objects.filter(name="purge queued").update(beat_at=ago(0.9))
    assert not clock.keep_purged()

    Heartbeat.objects.filter(name="purge").update(beat_at=ago(1.01))
    assert clock.keep_purged()
