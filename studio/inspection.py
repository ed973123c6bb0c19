"""What Astria's inspection says of a photo, asked once per file and class name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

import astria
from accounts.models import CreditAccount
from studio import files, pace
from studio.astria_client import astria_client
from studio.budget import Purpose
from studio.models import Inspection, Photo, PhotoSet
from studio.photos import PreparedPhoto, smaller_copy
from studio.queue import calls_astria
from studio.reviewing import hold_if_child

# Astria's own example sends at most 512 px.
INSPECTED_SIDE = 512
TIMEOUT = (3.0, 8.0)
# Who asks has died if there is no answer by then: longer than two tries.
LAPSE = timedelta(seconds=30)
# When asking again is worth a try, if Astria named no time.
AGAIN_SECONDS = 10.0


class NotChecked(Exception):
    """Astria could not be asked in time; the person goes on without.

    `again` is in how many seconds it is worth another try.
    """

    def __init__(self, reason: str, *, again: float = AGAIN_SECONDS) -> None:
        super().__init__(reason)
        self.again = math.ceil(again)


class BeingAsked(NotChecked):
    """Somebody else asks the same at this moment: the answer is about to be there."""

    def __init__(self) -> None:
        super().__init__("being asked", again=1)


def inspect(photo: Photo, class_name: str) -> dict[str, object]:
    """Return Astria's answer for a photo as `class_name`, from our records if it was asked before.

    Raises NotChecked when Astria is slow, down or refuses, or the photo is gone.
    """
    photo_set = photo.photo_set
    with _question(photo_set.account_id, photo.sha256, class_name) as question:
        answer = question.answer
        if answer is None:
            answer = _ask(_stored(photo), class_name, _file_name(photo))
            _keep_with(photo, question, answer)
    if class_name == photo_set.class_name:
        photo.inspect_at(None)
        hold_if_child(photo, answer)
    return dict(answer)


def inspect_upload(account: CreditAccount, prepared: PreparedPhoto, class_name: str) -> dict[str, object]:
    """Return Astria's answer for a photo that is not kept, asked once too. Raises NotChecked."""
    with _question(account.pk, prepared.sha256, class_name) as question:
        if question.answer is None:
            question.answer = _ask(prepared.jpeg, class_name, "photo.jpg")
            question.keep(question.answer)
        return dict(question.answer)


def judge_again(photo_set: PhotoSet) -> None:
    """Have the worker ask about every photo of a set whose class changed, if no browser does."""
    photo_set.photos.update(next_check_at=timezone.now())


@calls_astria
def inspect_in_background(photo_id: UUID) -> None:
    """Ask for a photo that no browser asked for. What cannot be asked now is due again, for a day."""
    photo = Photo.objects.select_related("photo_set").filter(pk=photo_id).first()
    if photo is None:
        return
    try:
        inspect(photo, photo.photo_set.class_name)
    except NotChecked:
        now = timezone.now()
        waited = now - max(photo.created_at, photo.photo_set.updated_at)
        photo.inspect_at(now + pace.inspect_retry_delay(waited) if waited < pace.GIVE_UP_INSPECTING else None)


@contextmanager
def _question(account_id: UUID, sha256: str, class_name: str) -> Iterator[Inspection]:
    """Give the answer that is known, or the right to ask. Raises BeingAsked while somebody else does."""
    question, is_ours = Inspection.claim(account_id, sha256, class_name, lapse=LAPSE)
    if question.answer is None and not is_ours:
        raise BeingAsked
    try:
        yield question
    except BaseException:
        question.give_back()
        raise


def _stored(photo: Photo) -> bytes:
    try:
        return files.read(photo.key)
    except FileNotFoundError:
        raise NotChecked("the photo was removed") from None
    except files.StorageDown as down:
        raise NotChecked(f"our storage is down ({down})") from None


@transaction.atomic
def _keep_with(photo: Photo, question: Inspection, answer: dict[str, object]) -> None:
    """Write the answer down if the photo is still there: removing takes the same lock."""
    PhotoSet.objects.select_for_update().filter(pk=photo.photo_set_id).first()
    if Photo.with_removed.filter(pk=photo.pk).exists():
        question.keep(answer)
    else:
        question.give_back()


def _ask(jpeg: bytes, class_name: str, name: str) -> dict[str, object]:
    """Ask Astria about a small copy of a stripped JPEG. Raises NotChecked."""
    file = astria.ImageFile(name, smaller_copy(jpeg, INSPECTED_SIDE))
    try:
        inspection = astria_client(purpose=Purpose.INSPECTION, timeout=TIMEOUT).images.inspect(
            name=class_name, file=file
        )
    except astria.AstriaError as error:
        raise NotChecked(type(error).__name__, again=error.retry_after or AGAIN_SECONDS) from None
    return inspection.to_json()


def _file_name(photo: Photo) -> str:
    """A file's name can name a person: it goes along only where the operator asked for it."""
    if not settings.INSPECT_WITH_FILE_NAMES:
        return "photo.jpg"
    return f"{slugify(photo.name.rpartition('.')[0]) or 'photo'}.jpg"
