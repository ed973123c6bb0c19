"""Uploading: one request a photo, or one form with several."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django_q.models import OrmQ

from accounts.models import User
from studio import photos, uploading
from studio.models import Inspection, Photo, PhotoSet, Removal, Tune
from studio.photos import PhotoRefused
from studio.removing import carry_out
from studio.uploading import add_photo, forget_photo, remove_photo
from tests.factories import PhotoFactory, PhotoSetFactory, TuneFactory, jpeg
from tests.states import put

pytestmark = pytest.mark.django_db

PHOTOS = Path(__file__).parents[1] / "photos"


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    return PhotoSetFactory.create(account=user.account)


Send = Callable[..., Any]


@pytest.fixture
def send(signed_in: Client, photo_set: PhotoSet) -> Send:
    """Send a file as the script does: by itself, with the browser's own id."""

    def post(content: bytes, name: str = "me.jpg", photo_id: object = None) -> Any:
        file = SimpleUploadedFile(name, content, "image/jpeg")
        body = {"photo_set": photo_set.pk, "id": photo_id or uuid4(), "photos": file}
        return signed_in.post("/photos/", body)

    return post


def files_of(photo_set: PhotoSet) -> list[str]:
    try:
        return sorted(default_storage.listdir(photo_set.folder)[1])
    except FileNotFoundError:
        return []


def let_go() -> None:
    """Carry out what is to be removed, now or if nobody keeps it."""
    for removal in Removal.objects.all():
        carry_out(removal.pk)


# One photo


def test_a_photo_is_kept_and_its_tile_comes_back(send: Send, photo_set: PhotoSet) -> None:
    photo_id = uuid4()

    answer = send(jpeg(700, 900), photo_id=photo_id)

    photo = photo_set.photos.get()
    assert answer.status_code == 201
    assert f'id="photo-{photo_id}"' in answer.content.decode()
    assert (photo.pk, photo.name, photo.width, photo.height) == (photo_id, "me.jpg", 700, 900)
    assert files_of(photo_set) == sorted(key.rpartition("/")[2] for key in photo.keys)


def test_the_same_photo_sent_again_changes_nothing(send: Send, photo_set: PhotoSet) -> None:
    photo_id = uuid4()
    send(jpeg(700, 900), photo_id=photo_id)

    again = send(jpeg(800, 800), photo_id=photo_id)

    assert again.status_code == 201
    assert photo_set.photos.get().width == 700


def test_the_file_as_uploaded_is_nowhere_in_our_storage(send: Send, photo_set: PhotoSet) -> None:
    original = (PHOTOS / "exif-rotated-with-gps.jpg").read_bytes()

    send(original)

    kept = [default_storage.open(f"{photo_set.folder}/{name}").read() for name in files_of(photo_set)]
    assert len(kept) == 2
    assert not any(b"Exif" in data or b"GPS" in data or data == original for data in kept)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (jpeg(240, 300), "Too small: 240 × 300"),
        (b"<html>not a picture</html>", "Not a picture we can read"),
        (jpeg(800, 800)[:3000], "damaged or cut short"),
        (jpeg(600, 600, format="GIF"), "Not a picture we can read"),
    ],
    ids=["small", "not-a-picture", "truncated", "gif-called-jpg"],
)
def test_a_bad_file_is_refused_on_its_tile_and_nothing_is_stored(
    send: Send, photo_set: PhotoSet, content: bytes, words: str
) -> None:
    answer = send(content, "holiday <b>.jpg")

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "holiday &lt;b&gt;.jpg" in answer.content.decode()
    assert not photo_set.photos.exists()
    assert files_of(photo_set) == []


def test_a_picture_with_the_wrong_ending_is_taken_for_what_it_is(send: Send, photo_set: PhotoSet) -> None:
    assert send(jpeg(600, 600, format="PNG"), "me.txt").status_code == 201


def test_a_file_beyond_the_limit_is_refused_with_the_limit(send: Send, settings: Any) -> None:
    settings.MAX_PHOTO_BYTES = 1 << 20

    answer = send(jpeg() + b"\0" * (1 << 20))

    assert answer.status_code == 422
    assert "Larger than 1 MB" in answer.content.decode()


def test_a_body_beyond_all_limits_is_413_before_it_is_read(signed_in: Client, settings: Any) -> None:
    settings.MAX_BODY_BYTES = 1000

    answer = signed_in.post("/photos/", {"photos": SimpleUploadedFile("a.jpg", b"x" * 2000)})

    assert answer.status_code == 413
    assert "too" in answer.content.decode().lower()


def test_an_empty_file_is_refused(send: Send) -> None:
    answer = send(b"")

    assert answer.status_code == 422
    assert "empty" in answer.content.decode()


def test_an_id_that_is_none_is_refused(send: Send) -> None:
    answer = send(jpeg(), photo_id="../../etc")

    assert answer.status_code == 422
    assert "no proper number" in answer.content.decode()


def test_a_missing_file_is_refused(signed_in: Client, photo_set: PhotoSet) -> None:
    answer = signed_in.post("/photos/", {"photo_set": photo_set.pk, "id": uuid4()})

    assert answer.status_code == 422


def test_while_another_photo_is_decoded_the_browser_is_asked_to_come_again(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "DECODE_WAIT_SECONDS", 0.01)

    with photos._turn():
        answer = send(jpeg())

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_a_long_name_in_any_script_is_kept(send: Send, photo_set: PhotoSet) -> None:
    send(jpeg(), "李" * 230 + ".jpg")

    assert photo_set.photos.get().name.endswith("李.jpg")


# Not too many


def test_the_21st_photo_is_refused_and_leaves_no_file(send: Send, photo_set: PhotoSet) -> None:
    PhotoFactory.create_batch(20, photo_set=photo_set)
    before = files_of(photo_set)

    answer = send(jpeg())

    assert answer.status_code == 422
    assert "A set holds 20 photos" in answer.content.decode()
    assert photo_set.photos.count() == 20
    assert files_of(photo_set) == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_photos_sent_at_once_never_become_more_than_20(
    photo_set: PhotoSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "_places", BoundedSemaphore(4))
    PhotoFactory.create_batch(18, photo_set=photo_set)

    def add(number: int) -> bool:
        try:
            add_photo(photo_set, uuid4(), ContentFile(jpeg(), name=f"{number}.jpg"))
        except PhotoRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(add, range(4)))

    let_go()
    assert (taken.count(True), photo_set.photos.count()) == (2, 20)
    assert len(files_of(photo_set)) == 40


def test_the_20th_photo_sent_twice_at_once_keeps_its_files(
    photo_set: PhotoSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    PhotoFactory.create_batch(19, photo_set=photo_set)
    photo_id, prepare = uuid4(), uploading.prepare

    def meanwhile(file: Any, **limits: Any) -> Any:
        monkeypatch.setattr(uploading, "prepare", prepare)
        add_photo(photo_set, photo_id, ContentFile(jpeg(), name="first.jpg"))
        return prepare(file, **limits)

    monkeypatch.setattr(uploading, "prepare", meanwhile)
    photo = add_photo(photo_set, photo_id, ContentFile(jpeg(), name="second.jpg"))

    let_go()
    assert photo.name == "first.jpg"
    assert len(files_of(photo_set)) == 40 and default_storage.exists(photo.key)


def test_an_id_of_another_set_is_refused_and_touches_nothing_there(send: Send, photo_set: PhotoSet) -> None:
    theirs: Photo = PhotoFactory.create()

    answer = send(jpeg(), photo_id=theirs.pk)
    let_go()

    assert answer.status_code == 422
    assert default_storage.exists(theirs.key)
    assert files_of(photo_set) == []


# One form with several


def test_one_form_takes_several_photos_and_says_which_were_refused(
    signed_in: Client, photo_set: PhotoSet
) -> None:
    files = [
        SimpleUploadedFile(name, data)
        for name, data in (("a.jpg", jpeg()), ("b.jpg", b"no"), ("c.jpg", jpeg(700, 700)))
    ]

    page = signed_in.post("/photos/", {"photo_set": photo_set.pk, "photos": files}, follow=True)

    assert sorted(photo_set.photos.values_list("name", flat=True)) == ["a.jpg", "c.jpg"]
    assert "b.jpg: Not a picture we can read" in page.content.decode()
    assert OrmQ.objects.count() == 2


def test_a_form_without_files_says_so(signed_in: Client, photo_set: PhotoSet) -> None:
    page = signed_in.post("/photos/", {"photo_set": photo_set.pk}, follow=True)

    assert "No photo was chosen" in page.content.decode()


def test_a_form_with_too_many_keeps_twenty(signed_in: Client, photo_set: PhotoSet) -> None:
    PhotoFactory.create_batch(19, photo_set=photo_set)
    files = [SimpleUploadedFile(f"{number}.jpg", jpeg()) for number in range(2)]

    page = signed_in.post("/photos/", {"photo_set": photo_set.pk, "photos": files}, follow=True)

    assert photo_set.photos.count() == 20
    assert "1.jpg: A set holds 20 photos" in page.content.decode()


def test_far_too_many_files_in_one_form_are_refused_in_words(signed_in: Client, photo_set: PhotoSet) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(101)]

    answer = signed_in.post("/photos/", {"photo_set": photo_set.pk, "photos": files})

    assert answer.status_code == 400
    assert "with at most 20 photos" in answer.content.decode()


@pytest.mark.parametrize("value", ["", "x", "None"])
def test_a_set_that_is_none_is_not_found(signed_in: Client, value: str) -> None:
    assert signed_in.post("/photos/", {"photo_set": value}).status_code == 404


# Tiles, keeping, removing


def test_the_tile_is_for_its_owner_and_for_no_shared_cache(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)

    answer = signed_in.get(f"/photos/{photo.pk}/")

    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"].startswith("private")
    assert b"".join(answer.streaming_content).startswith(b"RIFF")  # type: ignore[attr-defined]


def test_a_lost_tile_is_not_found(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    default_storage.delete(photo.tile_key)

    assert signed_in.get(f"/photos/{photo.pk}/").status_code == 404


def test_keeping_a_photo_in_spite_of_its_warnings_is_remembered(
    signed_in: Client, photo_set: PhotoSet
) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set, sharpness=2)

    answer = signed_in.post(f"/photos/{photo.pk}/keep/", {"kind": "blurry"}, headers={"HX-Request": "true"})

    assert "Kept by you" in answer.content.decode()
    assert "Kept by you" in signed_in.get(photo_set.get_absolute_url()).content.decode()


def test_a_warning_that_comes_after_a_photo_was_kept_is_asked_about(
    signed_in: Client, photo_set: PhotoSet
) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set, sharpness=2)
    signed_in.post(f"/photos/{photo.pk}/keep/", {"kind": "blurry"})
    said = {"class_name": photo_set.class_name, "answer": {"name": "woman", "wearing_hat": True}}
    Inspection.objects.create(account=photo_set.account, sha256=photo.sha256, **said)

    page = signed_in.get(photo_set.get_absolute_url()).content.decode()
    kept = signed_in.post(
        f"/photos/{photo.pk}/keep/", {"kind": "wearing_hat"}, headers={"HX-Request": "true"}
    )

    assert '<input type="hidden" name="kind" value="wearing_hat">' in page
    assert 'name="kind" value="blurry"' not in page and "Kept by you" not in page
    assert "Kept by you" in kept.content.decode()


@pytest.mark.parametrize("kinds", [[], ["dark"], ["x" * 10_000, "\0"]])
def test_a_warning_that_was_not_shown_is_not_kept_to(
    signed_in: Client, photo_set: PhotoSet, kinds: list[str]
) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set, sharpness=2)

    signed_in.post(f"/photos/{photo.pk}/keep/", {"kind": kinds})

    photo.refresh_from_db()
    assert photo.kept_kinds == []


def test_a_removed_photo_is_out_of_its_set_and_can_come_back(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)

    removed = signed_in.post(f"/photos/{photo.pk}/remove/", headers={"HX-Request": "true"})
    without = list(photo_set.photos.all())
    back = signed_in.post(f"/photos/{photo.pk}/restore/", headers={"HX-Request": "true"})

    assert f"Undo: bring back {photo.name}" in removed.content.decode()
    assert without == []
    assert f"Remove {photo.name}" in back.content.decode()
    assert list(photo_set.photos.all()) == [photo]


def test_without_a_script_too_the_page_offers_to_undo(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)

    page = signed_in.post(f"/photos/{photo.pk}/remove/", follow=True).content.decode()
    signed_in.post(f"/photos/{photo.pk}/restore/")

    assert f'action="/photos/{photo.pk}/restore/"' in page
    assert photo_set.photos.count() == 1


def test_a_script_can_ask_what_has_arrived(signed_in: Client, photo_set: PhotoSet) -> None:
    here, gone = PhotoFactory.create_batch(2, photo_set=photo_set)
    remove_photo(gone)

    page = signed_in.get(f"{photo_set.get_absolute_url()}tiles/").content.decode()

    assert f'id="photo-{here.pk}" data-state="stored"' in page
    assert f'id="photo-{gone.pk}" data-state="removed"' in page


def test_in_a_full_set_nothing_comes_back_and_why_is_said(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    remove_photo(photo)
    PhotoFactory.create_batch(20, photo_set=photo_set)

    answer = signed_in.post(f"/photos/{photo.pk}/restore/", headers={"HX-Request": "true"})

    assert "A set holds 20 photos" in answer.content.decode()
    assert photo_set.photos.count() == 20


def test_a_removed_photo_that_is_sent_again_comes_back(send: Send, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    remove_photo(photo)

    assert send(jpeg(), photo_id=photo.pk).status_code == 201
    assert list(photo_set.photos.all()) == [photo]


def test_once_it_cannot_come_back_a_removed_photo_has_no_files(
    photo_set: PhotoSet,
) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    forget_photo(photo.pk)
    remove_photo(photo)

    forget_photo(photo.pk)
    forget_photo(photo.pk)
    let_go()

    assert not Photo.with_removed.exists()
    assert files_of(photo_set) == []


def test_removing_it_twice_finds_nothing_more(signed_in: Client, photo_set: PhotoSet) -> None:
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    signed_in.post(f"/photos/{photo.pk}/remove/")

    assert signed_in.post(f"/photos/{photo.pk}/remove/").status_code == 404


@pytest.fixture
def ordered(user: User, photo_set: PhotoSet) -> Photo:
    """A photo whose set has a model."""
    photo: Photo = PhotoFactory.create(photo_set=photo_set)
    TuneFactory.create(account=user.account, photo_set=photo_set)
    return photo


def test_photos_of_a_set_with_a_model_stay(signed_in: Client, photo_set: PhotoSet, ordered: Photo) -> None:
    answer = signed_in.post(f"/photos/{ordered.pk}/remove/", headers={"HX-Request": "true"})

    assert f'id="photo-{ordered.pk}"' in answer.content.decode()
    assert photo_set.photos.exists()
    assert default_storage.exists(ordered.key)


def test_a_set_with_a_model_takes_no_more_photos(send: Send, ordered: Photo) -> None:
    answer = send(jpeg())

    assert answer.status_code == 422
    assert "ordered already" in answer.content.decode()


@pytest.mark.parametrize("status", [Tune.Status.DELETED, Tune.Status.EXPIRED])
def test_once_the_model_is_gone_the_photos_are_the_persons_again(
    send: Send, ordered: Photo, status: str
) -> None:
    put(Tune.objects.get(), status)

    assert send(jpeg()).status_code == 201
    assert remove_photo(ordered)


# The photographs, as tests/photos/README.md says


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("person-2.jpg", []),
        ("phone.heic", []),
        ("person.webp", []),
        ("blurry.jpg", ["Blurred"]),
        ("too-dark.jpg", ["Too dark"]),
        ("long-shot.jpg", ["No face was found"]),
        ("two-people.jpg", ["More than one person"]),
        ("coffee-no-face.jpg", ["No face was found", "Few pixels"]),
        ("cat.jpg", ["No face was found"]),
        ("profile-grey.jpg", []),
    ],
)
def test_a_photograph_is_taken_with_the_warning_it_deserves(send: Send, name: str, words: list[str]) -> None:
    answer = send((PHOTOS / name).read_bytes(), name)

    page = answer.content.decode()
    assert answer.status_code == 201
    assert [word for word in words if word in page] == words
    assert page.count("tile-warning") == len(words)


def test_the_same_picture_in_another_size_is_warned_about(send: Send) -> None:
    first = send((PHOTOS / "person-1.jpg").read_bytes())

    again = send((PHOTOS / "person-1-again-smaller.jpg").read_bytes())

    assert "tile-warning" not in first.content.decode()
    assert "The same picture as another one" in again.content.decode()


def test_a_cat_is_welcome_as_a_cat(send: Send, photo_set: PhotoSet) -> None:
    PhotoSet.objects.filter(pk=photo_set.pk).update(class_name="cat")

    assert "tile-warning" not in send((PHOTOS / "cat.jpg").read_bytes()).content.decode()


def test_what_is_kept_fits_2048_pixels(send: Send, photo_set: PhotoSet) -> None:
    send((PHOTOS / "phone-12mp.jpg").read_bytes())

    photo = photo_set.photos.get()
    assert (photo.width, photo.height) == (1536, 2048)
    assert photo.bytes == len(default_storage.open(photo.key).read())
