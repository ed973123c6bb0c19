"""Our own storage is full, away, or its writer dies: nothing half-written is served, nothing is lost."""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from accounts.models import User
from config import bucket
from packs.models import Pack
from studio import files, pace
from studio.delivery import deliver
from studio.disk import Disk
from studio.models import Image, Photo, PhotoSet, Shoot
from tests.astria.server import Server, running
from tests.factories import ImageFactory, PhotoSetFactory, PromptFactory, ShootFactory, jpeg
from tests.processes import ROOT, free_port
from tests.studio.test_disk import full_disk

WRITES, NEVER = 4, 1_000_000
# Fetches a picture, and is killed while half of its third file, a variant, is on the disk.
KILLED_WHILE_STORING = """
import itertools, os, signal, sys
from pathlib import Path
import django
django.setup()
from studio import delivery, disk
whole, number = disk._write, itertools.count(1)
def write(part, content):
    if next(number) < 3:
        return whole(part, content)
    part.write_bytes(content.read()[:100])
    os.kill(os.getpid(), signal.SIGKILL)
disk._write = write
delivery.deliver(sys.argv[1])
"""


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A server at Astria's address that gives the same picture as often as asked."""
    with running() as server:
        settings.ASTRIA_BASE_URL = server.url
        server.answers(200, jpeg())
        server.plays *= 10
        yield server


@pytest.fixture
def image(server: Server, db: None) -> Image:
    """The only picture of a shoot, still to be fetched."""
    shoot = ShootFactory.create(status=Shoot.Status.GENERATING, expected_prompts=1, expected_images=1)
    return ImageFactory.create(
        shoot=shoot, prompt=PromptFactory.create(shoot=shoot), source_url=f"{server.url}/mp/1",
        status=Image.Status.PENDING, next_check_at=timezone.now(), stored_at=None, extension="", width=0,
        height=0,
    )  # fmt: skip


def fail_to_deliver(image: Image) -> None:
    with pytest.raises(files.StorageDown):
        deliver(image.pk)


def stored_files(image: Image) -> list[str]:
    """Return the names of the picture's files, each of which opens as a picture."""
    if not default_storage.exists(image.folder):
        return []
    names = sorted(default_storage.listdir(image.folder)[1])
    for name in names:
        with default_storage.open(f"{image.folder}/{name}") as file:
            Picture.open(io.BytesIO(file.read())).load()
    return names


ALL = ["1280.webp", "320.webp", "640.webp", "original.jpg"]


@pytest.fixture
def full_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the disk be full at the n-th file of each picture, with room for some bytes."""
    whole = Disk._save

    def begin(nth: int) -> None:
        numbers = itertools.cycle(range(1, nth + 1))

        def save(self: Disk, name: str, content: Any) -> str:
            if next(numbers) < nth:
                return whole(self, name, content)
            with full_disk(room=100):
                return whole(self, name, content)

        monkeypatch.setattr(Disk, "_save", save)

    return begin


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("nth", range(1, WRITES + 1))
def test_on_a_full_disk_a_picture_waits_uncounted_and_whole_files_are_all_there_is(
    image: Image, full_at: Callable[[int], None], nth: int
) -> None:
    full_at(nth)

    fail_to_deliver(image)
    fail_to_deliver(image)

    image.refresh_from_db()
    assert (image.status, image.attempts, image.error) == (Image.Status.PENDING, 0, "not stored (OSError)")
    assert len(stored_files(image)) == nth - 1
    assert Shoot.objects.get().status == Shoot.Status.GENERATING


@pytest.mark.slow
@pytest.mark.usefixtures("disk")
def test_once_there_is_room_the_picture_is_stored_once_and_the_shoot_is_ready(
    image: Image, full_at: Callable[[int], None]
) -> None:
    full_at(2)
    for _ in range(pace.MAX_IMAGE_ATTEMPTS + 2):
        fail_to_deliver(image)
    full_at(NEVER)

    deliver(image.pk)
    deliver(image.pk)

    image.refresh_from_db()
    assert (image.status, image.attempts, stored_files(image)) == (Image.Status.STORED, 1, ALL)
    assert Shoot.objects.get().status == Shoot.Status.READY


@pytest.mark.slow
@pytest.mark.usefixtures("disk")
def test_the_longer_our_storage_is_away_the_more_rarely_it_is_tried(
    image: Image, full_at: Callable[[int], None]
) -> None:
    full_at(1)
    waits = []
    for waited in (timedelta(), timedelta(minutes=10), timedelta(days=1)):
        now = image.created_at + waited
        with time_machine.travel(now, tick=False):
            fail_to_deliver(image)
        waits.append(Image.objects.get().next_check_at - now)  # type: ignore[operator]  # pending: it is due

    assert waits == [pace.FIRST_RETRY, timedelta(minutes=5), pace.LAST_RETRY]


def database_url() -> str:
    """Return the address of the tests' own database, for another process."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_stores_leaves_a_picture_that_the_next_one_stores_once(
    disk: Path, server: Server, image: Image
) -> None:
    (disk / "static").mkdir()
    own = {
        "DATA_DIR": str(disk),
        "STORAGE": "files",
        "DATABASE_URL": database_url(),
        "ASTRIA_BASE_URL": server.url,
    }
    command = [sys.executable, "-c", KILLED_WHILE_STORING, str(image.pk)]
    killed = subprocess.run(command, cwd=ROOT, env=os.environ | own, check=False)
    after_death = Image.objects.get()
    there = stored_files(image)

    deliver(image.pk)
    meanwhile = Image.objects.get().status
    with time_machine.travel(timezone.now() + pace.CLAIM):
        deliver(image.pk)
        deliver(image.pk)

    image.refresh_from_db()
    assert killed.returncode == -signal.SIGKILL
    assert (after_death.status, after_death.attempts, there) == ("pending", 1, ["1280.webp", "original.jpg"])
    assert meanwhile == Image.Status.PENDING
    assert (image.status, image.attempts, stored_files(image)) == (Image.Status.STORED, 2, ALL)


def test_pictures_wait_while_our_storage_is_away_and_come_when_it_is_back(
    image: Image, away: Callable[[], None]
) -> None:
    fail_to_deliver(image)
    waiting = Image.objects.get()
    away()
    deliver(image.pk)

    assert (waiting.status, waiting.attempts) == (Image.Status.PENDING, 0)
    assert stored_files(image) == ALL


@pytest.fixture
def photo_set(user: User, disk: Path) -> PhotoSet:
    """A draft with a photo, made while all was well."""
    return PhotoSetFactory.create(account=user.account, photos=1)


def sent(browser: Client, photo_set: PhotoSet, **more: object) -> Any:
    file = SimpleUploadedFile("me.jpg", jpeg(), "image/jpeg")
    return browser.post("/photos/", {"photo_set": photo_set.pk, "photos": file, **more})


def test_a_photo_that_cannot_be_kept_now_is_sent_again_by_the_browser_and_is_then_there_once(
    signed_in: Client, photo_set: PhotoSet, away: Callable[[], None]
) -> None:
    name = uuid4()
    answers = [sent(signed_in, photo_set, id=name) for _ in range(2)]
    kept = photo_set.photos.count()
    away()
    later = sent(signed_in, photo_set, id=name)

    assert [answer.status_code for answer in answers] == [503, 503]
    assert int(answers[0]["Retry-After"]) * 4 >= 60  # a browser tries five times
    assert kept == 1
    assert (later.status_code, photo_set.photos.count()) == (201, 2)


def test_without_a_script_somebody_is_told_that_their_photos_stay_and_what_to_do(
    signed_in: Client, photo_set: PhotoSet, away: Callable[[], None]
) -> None:
    sent(signed_in, photo_set)

    page = signed_in.get(f"/photo-sets/{photo_set.pk}/").content.decode()

    assert "our storage does not answer. Send it again in a minute" in page
    assert Photo.objects.filter(photo_set=photo_set).count() == 1


def test_a_picture_that_cannot_be_read_now_is_to_be_asked_for_again(
    signed_in: Client, user: User, disk: Path
) -> None:
    picture = ImageFactory.create(shoot=ShootFactory.create(account=user.account))
    place = disk / "files" / "u"
    place.rename(disk / "aside")
    place.touch()

    answer = signed_in.get(f"/pictures/{picture.pk}/640.webp")

    assert (answer.status_code, "Retry-After" in answer) == (503, True)
    assert "immutable" not in answer.get("Cache-Control", "")


def test_a_packs_picture_that_cannot_be_read_now_is_to_be_asked_for_again(
    client: Client, pack: Pack, away: Callable[[], None]
) -> None:
    answer = client.get(f"/packs/pictures/{pack.astria_id}/0123abcd.webp")

    assert (answer.status_code, "Retry-After" in answer) == (503, True)
    assert "immutable" not in answer.get("Cache-Control", "")


def test_what_is_said_of_a_storage_that_fails_names_no_file(away: Callable[[], None]) -> None:
    with pytest.raises(files.StorageDown) as down:
        files.write("u/1/secret.jpg", b"x")

    assert "secret" not in str(down.value)


@pytest.fixture
def silent_bucket(image: Image, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in a bucket at an address where nothing answers."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    endpoint = f"http://127.0.0.1:{free_port()}"
    options = bucket.options(name="studio", region="", endpoint=endpoint, addressing="path")
    stored = {"BACKEND": "studio.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": stored}


@pytest.mark.usefixtures("silent_bucket")
def test_a_bucket_that_does_not_answer_is_waited_for_like_a_disk(
    image: Image, signed_in: Client, user: User
) -> None:
    photo_set = PhotoSetFactory.create(account=user.account)

    fail_to_deliver(image)
    upload = sent(signed_in, photo_set, id=uuid4())

    image.refresh_from_db()
    assert (image.status, image.attempts) == (Image.Status.PENDING, 0)
    assert image.error == "not stored (EndpointConnectionError)"
    assert (upload.status_code, "Retry-After" in upload) == (503, True)
