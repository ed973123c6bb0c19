"""Copying a delivered picture to our own storage."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from studio import files, pace
from studio.fetching import FetchFailed, fetch
from studio.models import Image
from studio.pictures import Picture, PictureUnusable, develop
from studio.settling import settle


def deliver(image_id: UUID) -> None:
    """Fetch, check, develop and store one picture; then see whether its shoot is complete.

    1. Claim the row, so that a task started twice works once. One that was claimed so often without an
       end killed its workers: it is given up.
    2. Fetch and decode outside any transaction; what is not a picture is tried again, it may have
       been cut short.
    3. Store under keys that follow from the id, then mark it stored.
    """
    image = Image.objects.select_related("shoot").filter(pk=image_id).first()
    if image is None or not image.claim_fetch(next_check_at=timezone.now() + pace.CLAIM):
        return
    if image.attempts > pace.MAX_IMAGE_ATTEMPTS:
        image.lose("given up: every attempt broke off")
    else:
        _fetch_and_store(image)
    image.shoot.refresh_from_db()
    settle(image.shoot)


def _fetch_and_store(image: Image) -> None:
    try:
        data = fetch(
            image.source_url,
            trusted_origin=settings.ASTRIA_BASE_URL,
            allowed_hosts=settings.ASTRIA_IMAGE_HOSTS,
        )
        picture = develop(data)
    except (FetchFailed, PictureUnusable) as error:
        _put_off(image, error)
    else:
        _store(image, data, picture)


def _put_off(image: Image, error: FetchFailed | PictureUnusable) -> None:
    if getattr(error, "is_final", False) or image.attempts >= pace.MAX_IMAGE_ATTEMPTS:
        image.lose(str(error))
    else:
        image.fetch_again_at(timezone.now() + pace.image_retry_delay(image.attempts), str(error))


def _store(image: Image, data: bytes, picture: Picture) -> None:
    image.extension = picture.extension
    try:
        files.write(image.original_key, data)
        for width, variant in picture.variants.items():
            files.write(image.variant_key(width), variant)
    except Exception as error:
        # Our storage, not their picture: however long that takes to mend, nothing is lost.
        image.give_back(timezone.now() + pace.FIRST_RETRY, f"not stored ({type(error).__name__})")
        raise
    image.mark_stored(
        extension=picture.extension,
        bytes=len(data),
        width=picture.width,
        height=picture.height,
        placeholder=picture.placeholder,
        face_box=picture.face,
    )
