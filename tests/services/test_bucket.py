"""Files at S3, as the storages of one machine keep them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from django.core.files import File
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from config import bucket
from studio import files
from studio.backing_up import copy_files
from studio.models import Image, PhotoSet, Removal
from studio.removing import carry_out
from studio.uploading import add_photo, forget_photo, remove_photo
from tests.conftest import PHOTOS
from tests.factories import ImageFactory, PhotoSetFactory, ShareFactory
from tests.processes import free_port
from tests.services.servers import Aws

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("at_s3")]


def test_what_was_written_is_there_until_it_is_deleted() -> None:
    files.write("u/1/a.webp", b"one")
    files.write("u/1/a.webp", b"two")

    assert (files.exists("u/1/a.webp"), files.read("u/1/a.webp")) == (True, b"two")
    files.delete("u/1/a.webp", "u/1/never-there.webp")
    files.delete("u/1/a.webp")
    assert not files.exists("u/1/a.webp")


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        files.read("u/1/a.webp")


def test_a_folder_lists_what_lies_in_it_alone() -> None:
    for key in ("u/1/a.webp", "u/1/b/c.webp", "u/10/d.webp"):
        files.write(key, b"")

    assert default_storage.listdir("u/1") == (["b"], ["a.webp"])


def test_an_object_says_what_it_is_and_is_nobody_elses(at_s3: str, aws: Aws) -> None:
    files.write("u/1/a.webp", b"picture")

    head = aws.client("s3").head_object(Bucket=at_s3, Key="u/1/a.webp")
    grants = aws.client("s3").get_object_acl(Bucket=at_s3, Key="u/1/a.webp")["Grants"]
    assert head["ContentType"] == "image/webp"
    assert head["CacheControl"] == "private, max-age=31536000, immutable"
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


def test_threads_write_and_read_at_once_through_one_connection() -> None:
    read: dict[int, bytes] = {}

    def work(number: int) -> None:
        files.write(f"u/{number}.webp", bytes([number]) * 100_000)
        read[number] = files.read(f"u/{number}.webp")

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read == {number: bytes([number]) * 100_000 for number in range(8)}


def test_a_signed_address_gives_the_file_with_its_type_and_its_name() -> None:
    files.write("u/1/original.jpg", b"picture")
    sign = files.signer()
    assert sign is not None

    plain = requests.get(sign("u/1/original.jpg"), timeout=10)
    named = requests.get(
        sign("u/1/original.jpg", response_content_disposition='attachment; filename="a.jpg"'), timeout=10
    )

    assert (plain.content, plain.headers["Content-Type"]) == (b"picture", "image/jpeg")
    assert named.headers["Content-Disposition"] == 'attachment; filename="a.jpg"'


@pytest.fixture
def image(user: User) -> Image:
    image: Image = ImageFactory.create(shoot__account=user.account)
    return image


@pytest.mark.django_db
def test_every_picture_of_the_owners_page_opens(image: Image, signed_in: Client) -> None:
    html = signed_in.get("/gallery/").content.decode()

    urls = [part.split('"')[0].replace("&amp;", "&") for part in html.split('src="http')[1:]]
    answers = [requests.get(f"http{url}", timeout=10) for url in urls]
    assert [(answer.status_code, answer.headers["Content-Type"]) for answer in answers] == [
        (200, "image/webp")
    ]


@pytest.mark.django_db
def test_a_visitor_gets_pictures_through_the_studio_alone(image: Image, client: Client, at_s3: str) -> None:
    url = ShareFactory.create(shoot=image.shoot, downloads=True).get_absolute_url()

    picture = client.get(f"{url}{image.pk}/640.webp")
    original = client.get(f"{url}download/?size=original&picture={image.pk}")

    assert at_s3 not in client.get(url).content.decode()
    assert (picture["Content-Type"], original["Content-Type"]) == ("image/webp", "image/jpeg")
    assert original["Content-Disposition"].startswith("attachment")
    assert b"".join(picture.streaming_content) == files.read(image.variant_key(640))  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_photo_is_taken_in_and_goes_with_all_its_files(user: User, at_s3: str, aws: Aws) -> None:
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account)
    upload = File(BytesIO((PHOTOS / "person-1.jpg").read_bytes()), name="me.jpg")

    photo = add_photo(photo_set, uuid4(), upload)

    assert keys(aws, at_s3) == sorted(photo.keys)
    remove_photo(photo)
    forget_photo(photo.pk)  # as the clock does when it cannot come back any more
    removal = Removal.objects.get()
    for _ in range(2):
        carry_out(removal.pk)
    assert (keys(aws, at_s3), Removal.objects.count()) == ([], 0)


def keys(aws: Aws, name: str) -> list[str]:
    return [item["Key"] for item in aws.client("s3").list_objects_v2(Bucket=name).get("Contents", [])]


@pytest.fixture
def away(settings: Any, at_s3: str) -> Iterator[None]:
    """Nobody answers where the bucket should be."""
    options = bucket.options(
        name=at_s3, region="us-east-1", endpoint=f"http://127.0.0.1:{free_port()}", addressing=""
    )
    at_nobody = {"BACKEND": "studio.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": at_nobody}
    yield


@pytest.mark.django_db
def test_while_it_is_away_pages_open_and_files_fail_as_what_they_are(
    image: Image, away: None, signed_in: Client
) -> None:
    with pytest.raises(files.StorageDown):
        files.read(image.original_key)

    assert signed_in.get("/gallery/").status_code == 200
    for path in (f"/pictures/{image.pk}/original.jpg", f"/download/?size=original&picture={image.pk}"):
        answer = signed_in.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "15")


def test_a_backup_copies_the_bucket_and_forgets_what_was_deleted(tmp_path: Path) -> None:
    files.write("u/1/photo.jpg", b"photo")
    first = copy_files(tmp_path)
    files.delete("u/1/photo.jpg")
    files.write("u/2/shoots/3/original.jpg", b"picture")

    second = copy_files(tmp_path)

    kept = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jpg")]
    assert (first, second, kept) == ((1, 0), (1, 1), ["u/2/shoots/3/original.jpg"])


def test_a_bucket_that_is_there_is_made_once_more_without_harm() -> None:
    default_storage.make()

    assert default_storage.listdir("") == ([], [])
