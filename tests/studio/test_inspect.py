"""The inspect proxy: browsers ask us, we ask Astria (here: the sandbox process), the key stays here."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from studio import pace
from studio.inspection import LAPSE, inspect, inspect_in_background
from studio.models import Event, Inspection, Photo, PhotoSet
from studio.uploading import add_photo, forget_photo, remove_photo, restore_photo
from studio.views import inspect as view
from tests.factories import PhotoFactory, PhotoSetFactory, jpeg
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

PHOTOS = Path(__file__).parents[1] / "photos"
URL = "/images/inspect"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    return PhotoSetFactory.create(account=user.account)


@pytest.fixture
def photo(photo_set: PhotoSet) -> Photo:
    return add(photo_set, "me.jpg")


@pytest.fixture
def signed_in(signed_in: Client, astria_at_sandbox: Sandbox) -> Client:
    """`user`'s browser, while inspection answers."""
    return signed_in


@pytest.fixture
def astria_down(settings: Any, signed_in: Client) -> None:
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"


@cache
def portrait() -> bytes:
    """Return a small real photograph: quick to decode, and with a face in it."""
    picture = Image.open(PHOTOS / "person-1.jpg")
    picture.thumbnail((512, 640))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def add(photo_set: PhotoSet, called: str) -> Photo:
    return add_photo(photo_set, uuid4(), ContentFile(portrait(), name=called))


def upload(name: str = "") -> SimpleUploadedFile:
    content = (PHOTOS / name).read_bytes() if name else portrait()
    return SimpleUploadedFile(name or "me.jpg", content, "image/jpeg")


def calls() -> int:
    return Event.objects.filter(text__startswith="POST /images/inspect").count()


# Of a photo that is kept


def test_the_answer_is_astrias(signed_in: Client, photo: Photo) -> None:
    answer = signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    said = answer.json()
    assert answer.status_code == 200
    assert said["name"] == "woman"
    assert said["blurry"] is False


def test_a_second_question_makes_no_second_call(signed_in: Client, photo: Photo) -> None:
    first = signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    second = signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    assert first.json() == second.json()
    assert calls() == 1


def test_another_class_is_another_question(signed_in: Client, photo: Photo) -> None:
    signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    signed_in.post(URL, {"name": "man", "photo": photo.pk})

    assert calls() == 2


def test_the_same_file_of_somebody_else_is_another_question(
    signed_in: Client, photo: Photo, other_user: User
) -> None:
    theirs = add(PhotoSetFactory.create(account=other_user.account), "same.jpg")
    stranger = Client()
    stranger.force_login(other_user)

    signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    stranger.post(URL, {"name": "woman", "photo": theirs.pk})

    assert photo.sha256 == theirs.sha256
    assert calls() == 2


def test_a_script_gets_the_tile_with_what_was_seen(
    signed_in: Client, photo_set: PhotoSet, settings: Any
) -> None:
    settings.INSPECT_WITH_FILE_NAMES = True
    photo = add(photo_set, "anna-sunglasses.jpg")

    tile = signed_in.post(URL, {"name": "woman", "photo": photo.pk}, headers=HTMX).content.decode()

    assert 'data-status="checked"' in tile
    assert "Sunglasses: the model would learn them." in tile


def test_a_good_photo_is_called_good(signed_in: Client, photo: Photo) -> None:
    tile = signed_in.post(URL, {"name": "woman", "photo": photo.pk}, headers=HTMX).content.decode()

    assert "Good" in tile
    assert "tile-warning" not in tile


def test_a_file_name_stays_here_unless_asked_for(signed_in: Client, photo_set: PhotoSet) -> None:
    photo = add(photo_set, "anna-sunglasses.jpg")

    said = signed_in.post(URL, {"name": "woman", "photo": photo.pk}).json()

    assert "wearing_sunglasses" not in said


def test_without_a_script_the_worker_asks(signed_in: Client, photo: Photo, photo_set: PhotoSet) -> None:
    inspect_in_background(photo.pk)
    inspect_in_background(photo.pk)

    assert calls() == 1
    assert 'data-status="checked"' in signed_in.get(photo_set.get_absolute_url()).content.decode()


def test_the_worker_passes_over_a_photo_that_was_removed(db: None) -> None:
    inspect_in_background(uuid4())

    assert not Inspection.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_photo_that_is_none_is_not_found(signed_in: Client, value: str) -> None:
    assert signed_in.post(URL, {"name": "woman", "photo": value}).status_code == 404


# Of a file, as the documentation's example sends it


def test_a_file_can_be_inspected_without_being_kept(signed_in: Client) -> None:
    answer = signed_in.post(URL, {"name": "woman", "file": upload()})

    assert answer.status_code == 200
    assert answer.json()["name"] == "woman"
    assert not Photo.objects.exists()


def test_the_same_file_is_asked_about_once(signed_in: Client) -> None:
    signed_in.post(URL, {"name": "woman", "file": upload()})
    signed_in.post(URL, {"name": "woman", "file": upload()})

    assert calls() == 1


def test_a_file_of_a_phone_is_taken_too(signed_in: Client) -> None:
    assert signed_in.post(URL, {"name": "woman", "file": upload("phone.heic")}).json()["name"] == "woman"


@pytest.mark.parametrize("name", ["not-an-image.jpg", "truncated.jpg", "too-small.jpg"])
def test_a_bad_file_is_refused_with_the_reason(signed_in: Client, name: str) -> None:
    answer = signed_in.post(URL, {"name": "woman", "file": upload(name)})

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert calls() == 0


def test_a_question_without_a_photo_is_refused(signed_in: Client) -> None:
    assert signed_in.post(URL, {"name": "woman"}).status_code == 422


# What never happens


@pytest.mark.parametrize("name", ["", "dragon", "Woman", "style"])
def test_a_class_that_this_studio_does_not_take_is_refused(
    signed_in: Client, photo: Photo, name: str
) -> None:
    answer = signed_in.post(URL, {"name": name, "photo": photo.pk})

    assert answer.status_code == 422
    assert calls() == 0


def test_the_key_is_in_no_answer_and_no_event(signed_in: Client, photo: Photo, settings: Any) -> None:
    settings.ASTRIA_API_KEY = "sd_distinctive_key"

    answers = [
        signed_in.post(URL, {"name": "woman", "photo": photo.pk}),
        signed_in.post(URL, {"name": "man", "file": upload()}),
    ]

    told = [f"{answer.headers} {answer.content!r}" for answer in answers]
    told += [f"{event.text} {event.data}" for event in Event.objects.all()]
    assert calls() == 2
    assert "distinctive" not in " ".join(told)


@pytest.mark.usefixtures("astria_down")
def test_with_astria_down_a_photo_is_not_checked_and_its_tile_is_there(
    signed_in: Client, photo: Photo
) -> None:
    answer = signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    tile = signed_in.post(URL, {"name": "woman", "photo": photo.pk}, headers=HTMX)

    assert answer.status_code == 503
    assert answer.json()["error"].startswith("Not checked")
    assert tile.status_code == 200
    assert "Not checked. You can go on." in tile.content.decode()


@pytest.mark.usefixtures("astria_down")
def test_whoever_could_not_be_answered_is_told_when_to_ask_again(signed_in: Client, photo: Photo) -> None:
    answer = signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    tile = signed_in.post(URL, {"name": "woman", "photo": photo.pk}, headers=HTMX)

    assert int(answer["Retry-After"]) > 0
    assert int(tile["Retry-After"]) > 0


def test_what_is_being_asked_at_this_moment_is_not_asked_twice(
    signed_in: Client, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = photo.photo_set.account_id
    question, is_ours = Inspection.claim(account, photo.sha256, "woman", lapse=LAPSE)

    meanwhile = signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    question.keep({"name": "woman"})
    afterwards = signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    assert is_ours
    assert (meanwhile.status_code, meanwhile["Retry-After"]) == (503, "1")
    assert afterwards.json() == {"name": "woman"}
    assert calls() == 0


def test_a_question_whose_asker_died_is_asked_again(signed_in: Client, photo: Photo) -> None:
    account = photo.photo_set.account_id
    question, _ = Inspection.claim(account, photo.sha256, "woman", lapse=LAPSE)
    Inspection.objects.update(asked_at=timezone.now() - LAPSE * 2)

    answer = signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    question.keep({"name": "too late"})

    assert answer.json()["name"] == "woman"
    assert Inspection.objects.get().answer == answer.json()


# Without a browser that asks


def test_a_photo_that_no_browser_asked_about_is_due_for_the_worker(photo: Photo, sandbox: Sandbox) -> None:
    later = timezone.now() + pace.INSPECT_AFTER + timedelta(seconds=1)

    assert list(Photo.objects.due(timezone.now())) == []
    assert list(Photo.objects.due(later)) == [photo]


def test_once_a_browser_has_asked_nothing_is_left_for_the_worker(signed_in: Client, photo: Photo) -> None:
    signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    photo.refresh_from_db()
    assert photo.next_check_at is None


@pytest.mark.usefixtures("astria_down")
def test_what_the_worker_could_not_ask_is_due_again_for_a_day(photo: Photo) -> None:
    inspect_in_background(photo.pk)
    again = Photo.objects.get().next_check_at
    PhotoSet.objects.update(updated_at=timezone.now() - timedelta(days=2))
    Photo.objects.update(created_at=timezone.now() - timedelta(days=2))

    inspect_in_background(photo.pk)

    assert again and again > timezone.now()
    assert Photo.objects.get().next_check_at is None


def test_another_class_is_asked_about_by_the_worker_too(
    signed_in: Client, photo: Photo, photo_set: PhotoSet
) -> None:
    inspect_in_background(photo.pk)

    signed_in.post(f"{photo_set.get_absolute_url()}edit/", {"name": "Anna", "class_name": "man"})
    due = list(Photo.objects.due(timezone.now()))
    inspect_in_background(photo.pk)

    assert due == [photo]
    assert set(Inspection.objects.values_list("class_name", flat=True)) == {"woman", "man"}
    assert Photo.objects.get().next_check_at is None


def test_another_name_asks_nothing(signed_in: Client, photo: Photo, photo_set: PhotoSet) -> None:
    inspect_in_background(photo.pk)

    signed_in.post(f"{photo_set.get_absolute_url()}edit/", {"name": "Eva", "class_name": "woman"})

    assert not Photo.objects.due(timezone.now()).exists()


# When it must wait


@pytest.mark.usefixtures("astria_down")
def test_what_was_not_checked_is_asked_again(
    signed_in: Client, photo: Photo, settings: Any, sandbox: Sandbox
) -> None:
    signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    settings.ASTRIA_BASE_URL = sandbox.url

    assert signed_in.post(URL, {"name": "woman", "photo": photo.pk}).status_code == 200


def test_a_refusal_of_astrias_is_not_checked_either(
    signed_in: Client, photo: Photo, sandbox: Sandbox
) -> None:
    with sandbox.changed(faults={"500": 1.0}):
        answer = signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    assert answer.status_code == 503
    assert not Inspection.objects.exists()


def test_when_every_place_is_taken_the_browser_is_asked_to_come_again(
    signed_in: Client, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_places", view.threading.BoundedSemaphore(1))

    with view._places:
        answers = [
            signed_in.post(URL, {"name": "woman", "photo": photo.pk}),
            signed_in.post(URL, {"name": "woman", "file": upload()}),
        ]

    assert [(answer.status_code, answer["Retry-After"]) for answer in answers] == [(503, "1")] * 2


def test_a_place_is_given_back_after_every_kind_of_end(
    signed_in: Client, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_places", view.threading.BoundedSemaphore(1))

    signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    signed_in.post(URL, {"name": "woman", "file": upload("truncated.jpg")})

    assert view._places.acquire(blocking=False)


def test_too_many_questions_a_minute_are_429_for_this_person_only(
    signed_in: Client, photo: Photo, other_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_A_MINUTE", 2)
    stranger = Client()
    stranger.force_login(other_user)

    answers = [signed_in.post(URL, {"name": "woman", "photo": photo.pk}).status_code for _ in range(3)]
    refused = signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    assert answers == [200, 200, 429]
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "Your photos are safe" in refused.json()["error"]
    assert stranger.post(URL, {"name": "woman"}).status_code == 422


def test_only_who_is_signed_in_may_ask_and_only_from_our_pages(user: User, photo: Photo) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)

    assert Client().post(URL, {"name": "woman", "photo": photo.pk}).status_code == 302
    assert strict.post(URL, {"name": "woman", "photo": photo.pk}).status_code == 403
    assert calls() == 0


def forget(photo: Photo) -> None:
    """Remove a photo, and let the time pass in which that could be undone."""
    assert remove_photo(photo)
    forget_photo(photo.pk)


def said_of(photo: Photo) -> Inspection:
    account = photo.photo_set.account
    return Inspection.objects.create(account=account, sha256=photo.sha256, class_name="man", answer={})


def test_removing_a_photo_removes_what_was_said_of_it(photo_set: PhotoSet) -> None:
    gone, other = PhotoFactory.create_batch(2, photo_set=photo_set)
    kept = [said_of(gone), said_of(other)][1]

    forget(gone)

    assert list(Inspection.objects.all()) == [kept]


def test_what_was_said_of_a_file_stays_while_another_photo_is_the_same(
    photo_set: PhotoSet, other_user: User
) -> None:
    mine = PhotoFactory.create(photo_set=photo_set)
    PhotoFactory.create(photo_set=PhotoSetFactory.create(account=photo_set.account), sha256=mine.sha256)
    theirs = PhotoFactory.create(
        photo_set=PhotoSetFactory.create(account=other_user.account), sha256=mine.sha256
    )
    kept = [said_of(mine), said_of(theirs)]

    forget(mine)
    after_mine = list(Inspection.objects.order_by("pk"))
    forget(theirs)

    assert after_mine == kept
    assert list(Inspection.objects.all()) == kept[:1]


def test_nothing_is_written_of_a_photo_that_is_removed_while_it_is_asked_about(
    photo_set: PhotoSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = PhotoFactory.create(photo_set=photo_set)

    def answer(*_: object) -> dict[str, object]:
        forget(Photo.objects.get(pk=photo.pk))
        return {"name": "woman"}

    monkeypatch.setattr("studio.inspection._ask", answer)

    assert inspect(photo, "woman") == {"name": "woman"}
    assert not Inspection.objects.exists()


def test_a_photo_that_comes_back_is_not_asked_about_again(signed_in: Client, photo: Photo) -> None:
    signed_in.post(URL, {"name": "woman", "photo": photo.pk})
    remove_photo(photo)

    restore_photo(photo)

    assert signed_in.post(URL, {"name": "woman", "photo": photo.pk}).status_code == 200
    assert calls() == 1


def test_a_photo_whose_file_is_gone_is_not_checked(signed_in: Client, photo: Photo) -> None:
    default_storage.delete(photo.key)

    assert signed_in.post(URL, {"name": "woman", "photo": photo.pk}).status_code == 503
    inspect_in_background(photo.pk)


def test_what_is_known_is_answered_as_it_was_said(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    Inspection.objects.create(
        account=photo_set.account, sha256=photo.sha256, class_name="woman", answer={"name": "woman", "new": 1}
    )

    answer = signed_in.post(URL, {"name": "woman", "photo": photo.pk})

    assert answer.json() == {"name": "woman", "new": 1}
    assert calls() == 0


def test_an_upload_beyond_the_limit_is_refused(signed_in: Client, settings: Any) -> None:
    settings.MAX_PHOTO_BYTES = 1000

    answer = signed_in.post(URL, {"name": "woman", "file": SimpleUploadedFile("a.jpg", jpeg())})

    assert answer.status_code == 422
