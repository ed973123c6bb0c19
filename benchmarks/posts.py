"""What is posted to the studio while it is measured: callbacks, photos, questions about photos."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from benchmarks.ground import HOST, cookies_of, signed_in
from studio import files
from studio.models import Photo, PhotoSet, Shoot
from studio.photos import PreparedPhoto, prepare

PHOTOS = Path(__file__).parents[1] / "tests" / "photos"
# Fewer than one person may ask in a minute.
INSPECTIONS_A_PERSON, PHOTOS_A_SET = 100, 20
CSRF = "a" * 32
BOUNDARY = "benchmark"


def post(path: str, body: bytes, kind: str, cookie: str = "") -> bytes:
    """Return a form as a signed-in browser sends it, or what anybody posts."""
    more = f"Cookie: {cookie}; csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\n" if cookie else ""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n{more}Content-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def callback(shoot: Shoot) -> bytes:
    """Return a callback of Astria's with eight pictures."""
    urls = [f"https://pictures.example.com/{shoot.pk}/{number}.jpg" for number in range(8)]
    prompt = {"id": 1, "text": "portrait of ohwx woman " * 8, "tune_id": 1, "images": urls}
    path = reverse("studio:callback", args=[shoot.pk, shoot.callback_token])
    return post(path, json.dumps({"prompt": prompt}).encode(), "application/json")


# As large as a callback.
EMPTY = post("/empty/post/", b" " * 900, "application/json")


def inspections(count: int) -> Iterator[bytes]:
    """Yield questions about so many photos, none of which was asked about; several people ask."""
    with (PHOTOS / "person-1.jpg").open("rb") as file:
        prepared = prepare(file, max_bytes=settings.MAX_PHOTO_BYTES)
    found: list[bytes] = []
    for first in range(0, count, INSPECTIONS_A_PERSON):
        person = User.objects.create_user(f"inspects-{first}@example.com")
        cookie, photo_set = cookies_of(signed_in(person)), _photo_set(person)
        for _ in range(min(INSPECTIONS_A_PERSON, count - first)):
            body = urlencode({"photo": _photo(photo_set, prepared).pk, "name": "woman"}).encode()
            found.append(post(reverse("studio:inspect"), body, "application/x-www-form-urlencoded", cookie))
    return iter(found)


def uploads(count: int) -> Iterator[bytes]:
    """Yield so many uploads of a phone's photo, each to be a photo of its own."""
    person = User.objects.create_user(f"uploads-{uuid4()}@example.com")
    cookie, photo = cookies_of(signed_in(person)), (PHOTOS / "phone-12mp.jpg").read_bytes()
    sets = [_photo_set(person) for _ in range(0, count, PHOTOS_A_SET)]
    return (upload(photo, cookie, sets[number // PHOTOS_A_SET].pk) for number in range(count))


def upload(photo: bytes, cookie: str, photo_set: UUID) -> bytes:
    """Return a photo as the page of a new shoot sends it."""
    fields = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"id": uuid4(), "photo_set": photo_set}.items()
    )
    file = 'Content-Disposition: form-data; name="photos"; filename="photo.jpg"'
    body = (
        f"{fields}--{BOUNDARY}\r\n{file}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
        + photo
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    return post(reverse("studio:photos"), body, f"multipart/form-data; boundary={BOUNDARY}", cookie)


def _photo_set(person: User) -> PhotoSet:
    return PhotoSet.objects.create(account=person.account, name="Me", class_name="woman")


def _photo(photo_set: PhotoSet, prepared: PreparedPhoto) -> Photo:
    """Return a photo with its file that is like no other to inspection."""
    photo = Photo.objects.create(
        id=uuid4(), photo_set=photo_set, name="photo.jpg", width=prepared.width, height=prepared.height,
        bytes=len(prepared.jpeg), sha256=uuid4().hex, perceptual_hash=prepared.perceptual_hash,
        sharpness=prepared.sharpness, brightness=prepared.brightness, faces=prepared.faces,
        scene=prepared.scene, next_check_at=timezone.now(),
    )  # fmt: skip
    files.write(photo.key, prepared.jpeg)
    return photo
