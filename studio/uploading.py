"""Taking an uploaded photo into a draft."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from studio import files
from studio.models import Inspection, Photo, PhotoSet
from studio.models.photo import MAX_PHOTOS
from studio.ordering import living_tune
from studio.photos import PhotoRefused, PreparedPhoto, prepare


def add_photo(photo_set: PhotoSet, photo_id: UUID, upload: File[bytes]) -> Photo:
    """Return the photo kept from `upload`; sending the same `photo_id` again changes nothing.

    Raises PhotoRefused with the reason for the person, or photos.Busy.
    """
    known = _known(photo_set, photo_id)
    if known is not None:
        return known
    _check_room(photo_set)
    file = upload.file
    if file is None:
        raise PhotoRefused(_("The file is empty. Choose another one."))
    prepared = prepare(file, max_bytes=settings.MAX_PHOTO_BYTES)
    photo = _photo(photo_set, photo_id, upload.name or "", prepared)
    files.write(photo.key, prepared.jpeg)
    files.write(photo.tile_key, prepared.tile)
    return _keep(photo)


def _known(photo_set: PhotoSet, photo_id: UUID) -> Photo | None:
    return Photo.objects.filter(pk=photo_id, photo_set=photo_set).first()


def _check_room(photo_set: PhotoSet) -> None:
    if living_tune(photo_set) is not None:
        raise PhotoRefused(_("This set was ordered already. Begin a new one for more photos."))
    if photo_set.photos.count() >= MAX_PHOTOS:
        raise PhotoRefused(
            _("A set holds %(most)d photos. Remove one to add another.") % {"most": MAX_PHOTOS}
        )


def _photo(photo_set: PhotoSet, photo_id: UUID, name: str, prepared: PreparedPhoto) -> Photo:
    return Photo(
        id=photo_id,
        photo_set=photo_set,
        name=name[-200:],
        width=prepared.width,
        height=prepared.height,
        bytes=len(prepared.jpeg),
        sha256=prepared.sha256,
        perceptual_hash=prepared.perceptual_hash,
        sharpness=prepared.sharpness,
        brightness=prepared.brightness,
        faces=prepared.faces,
    )


def _keep(photo: Photo) -> Photo:
    """Write the row, counting again under a lock: uploads come three at a time."""
    try:
        with transaction.atomic():
            photo_set = PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
            # The same photo, sent twice at once: its files are the first one's too.
            known = _known(photo_set, photo.pk)
            if known is not None:
                return known
            _check_room(photo_set)
            photo.save(force_insert=True)
    except PhotoRefused:
        files.delete(*photo.keys)
        raise
    except IntegrityError:
        # The id is taken in another set, and it is nobody's business that it exists.
        files.delete(*photo.keys)
        raise PhotoRefused(_("This photo could not be added. Choose it once more.")) from None
    return photo


def remove_photo(photo: Photo) -> bool:
    """Delete a photo of a draft: row, files, and what inspection said of it.

    False while its set has a model: it stays with that.
    """
    keys = photo.keys
    with transaction.atomic():
        photo_set = PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
        if living_tune(photo_set) is not None:
            return False
        photo.delete()
        said = Inspection.objects.filter(account=photo_set.account_id, sha256=photo.sha256)
        said.of_no_photo().delete()
    files.delete(*keys)
    return True
