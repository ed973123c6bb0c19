"""Copying a delivered picture to our own storage."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from config.logs import note
from studio import files, pace
from studio.fetching import FetchFailed, fetch_picture
from studio.marking import weight
from studio.models import Event, Image
from studio.pictures import VARIANT_WIDTHS, Picture, PictureUnusable, develop
from studio.queue import enqueue
from studio.removing import remove_files
from studio.settling import settle


def deliver(image_id: UUID) -> None:
    """Fetch, check, develop and store one picture; then see whether its shoot is complete.

    1. Claim the row, so that a task started twice works once. One that was claimed so often without an
       end killed its workers: it is given up.
    2. Fetch and decode outside any transaction; what is not a picture is tried again, it may have
       been cut short.
    3. Store under keys that follow from the id, then mark it stored: a picture that is half there is not.
    """
    image = Image.objects.select_related("shoot").filter(pk=image_id).first()
    if image is None or not image.claim_fetch(until=timezone.now() + pace.CLAIM):
        return
    note(shoot=image.shoot_id, image=image_id)
    if image.attempts > pace.MAX_IMAGE_ATTEMPTS:
        image.lose("given up: every attempt broke off")
    else:
        _fetch_and_store(image)
    image.shoot.refresh_from_db()
    settle(image.shoot)


def fetch_again(image: Image) -> bool:
    """Staff: try again to have a picture that was given up. False if it is not lost (any more)."""
    with transaction.atomic():
        if not image.retry():
            return False
        Event.record(Event.Kind.STAFF, f"picture {image.pk} is fetched again", shoot_id=image.shoot_id)
        enqueue(deliver, image.pk)
    return True


def _fetch_and_store(image: Image) -> None:
    try:
        data = fetch_picture(image.source_url)
        picture = develop(data)
    except (FetchFailed, PictureUnusable) as error:
        _put_off(image, error)
    else:
        _store(image, data, picture)


def _put_off(image: Image, error: FetchFailed | PictureUnusable) -> None:
    if error.is_final or image.attempts >= pace.MAX_IMAGE_ATTEMPTS:
        image.lose(str(error))
    else:
        image.fetch_again_at(timezone.now() + pace.image_retry_delay(image.attempts), str(error))


def _store(image: Image, data: bytes, picture: Picture) -> None:
    sha256 = hashlib.sha256(data).hexdigest()
    if image.is_double_of_another(sha256):
        image.mark_double()
        return
    image.extension = picture.extension
    try:
        _write(image, data, picture)
    except files.StorageDown as error:
        # Not their picture's fault: however long that takes to mend, nothing is lost.
        again = timezone.now() + pace.storage_retry_delay(timezone.now() - image.created_at)
        image.give_back(again, f"not stored ({error})")
        raise  # into the log, and to whoever is told of errors
    image.mark_stored(
        extension=picture.extension,
        sha256=sha256,
        bytes=len(data),
        width=picture.width,
        height=picture.height,
        placeholder=picture.placeholder,
        face_box=picture.face,
        bare_bytes=weight(data, picture.extension),
        web_bytes=weight(picture.variants[max(VARIANT_WIDTHS)], "webp"),
    )
    if not Image.objects.filter(pk=image.pk).exists():
        # Deleted meanwhile, with its files of then.
        remove_files(image.original_key, *map(image.variant_key, picture.variants))


def _write(image: Image, data: bytes, picture: Picture) -> None:
    files.write(image.original_key, data)
    for width, variant in picture.variants.items():
        files.write(image.variant_key(width), variant)
