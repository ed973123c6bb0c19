"""What Astria's inspection says of a photo, asked once per file and class name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

import astria
from accounts.models import CreditAccount
from studio import files
from studio.astria_client import astria_client
from studio.models import Inspection, Photo, PhotoSet
from studio.photos import PreparedPhoto, smaller_copy

# Astria's own example sends at most 512 px.
INSPECTED_SIDE = 512
TIMEOUT = (3.0, 8.0)


class NotChecked(Exception):
    """Astria could not be asked in time; the person goes on without."""


def inspect(photo: Photo, class_name: str) -> dict[str, object]:
    """Return Astria's answer for a photo as `class_name`, from our records if it was asked before.

    Raises NotChecked when Astria is slow, down or refuses, or the photo is gone.
    """
    asked = _asked(photo.photo_set.account_id, photo.sha256, class_name)
    known = _known(asked)
    if known is not None:
        return known
    try:
        jpeg = files.read(photo.key)
    except FileNotFoundError:
        raise NotChecked("the photo was removed") from None
    answer = _ask(jpeg, class_name, _file_name(photo))
    _keep_with(photo, asked, answer)
    return answer


def inspect_upload(account: CreditAccount, prepared: PreparedPhoto, class_name: str) -> dict[str, object]:
    """Return Astria's answer for a photo that is not kept, asked once too. Raises NotChecked."""
    asked = _asked(account.pk, prepared.sha256, class_name)
    known = _known(asked)
    if known is not None:
        return known
    answer = _ask(prepared.jpeg, class_name, "photo.jpg")
    Inspection.objects.get_or_create(**asked, defaults={"answer": answer})
    return answer


def _asked(account_id: UUID, sha256: str, class_name: str) -> dict[str, Any]:
    return {"account_id": account_id, "sha256": sha256, "class_name": class_name}


def _known(asked: dict[str, Any]) -> dict[str, object] | None:
    known = Inspection.objects.filter(**asked).first()
    return None if known is None else dict(known.answer)


@transaction.atomic
def _keep_with(photo: Photo, asked: dict[str, Any], answer: dict[str, object]) -> None:
    """Write the answer down if the photo is still there: removing takes the same lock."""
    PhotoSet.objects.select_for_update().filter(pk=photo.photo_set_id).first()
    if Photo.objects.filter(pk=photo.pk).exists():
        Inspection.objects.get_or_create(**asked, defaults={"answer": answer})


def _ask(jpeg: bytes, class_name: str, name: str) -> dict[str, object]:
    """Ask Astria about a small copy of a stripped JPEG. Raises NotChecked."""
    file = astria.ImageFile(name, smaller_copy(jpeg, INSPECTED_SIDE))
    try:
        inspection = astria_client(timeout=TIMEOUT).images.inspect(name=class_name, file=file)
    except astria.AstriaError as error:
        raise NotChecked(type(error).__name__) from None
    return inspection.to_json()


def inspect_in_background(photo_id: UUID) -> None:
    """Ask for a photo that no browser asks for. What cannot be asked stays "not checked"."""
    photo = Photo.objects.select_related("photo_set").filter(pk=photo_id).first()
    if photo is None:
        return
    try:
        inspect(photo, photo.photo_set.class_name)
    except NotChecked:
        return


def _file_name(photo: Photo) -> str:
    """A file's name can name a person: it goes along only where the operator asked for it."""
    if not settings.INSPECT_WITH_FILE_NAMES:
        return "photo.jpg"
    return f"{slugify(photo.name.rpartition('.')[0]) or 'photo'}.jpg"
