"""Taking an uploaded photo into a draft."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import files, pace
from studio.models import Inspection, Photo, PhotoSet, Removal
from studio.models.photo import MAX_PHOTOS
from studio.ordering import living_tune
from studio.photos import Busy, PhotoRefused, PreparedPhoto, prepare
from studio.removing import remove_files, remove_unless_kept


def add_photo(photo_set: PhotoSet, photo_id: UUID, upload: File[bytes]) -> Photo:
    """Return the photo kept from `upload`; sending the same `photo_id` again changes nothing.

    Raises PhotoRefused with the reason for the person, photos.Busy or files.StorageDown: then again later.
    """
    known = _known(photo_set, photo_id)
    if known is not None:
        return known if known.removed_at is None else restore_photo(known)
    _check_room(photo_set)
    file = upload.file
    if file is None:
        raise PhotoRefused(_("The file is empty. Choose another one."))
    prepared = prepare(file, max_bytes=settings.MAX_PHOTO_BYTES)
    photo = _photo(photo_set, photo_id, upload.name or "", prepared)
    removal = remove_unless_kept(*photo.keys)
    files.write(photo.key, prepared.jpeg)
    files.write(photo.tile_key, prepared.tile)
    return _keep(photo, removal)


def _known(photo_set: PhotoSet, photo_id: UUID) -> Photo | None:
    return Photo.with_removed.filter(pk=photo_id, photo_set=photo_set).first()


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
        scene=prepared.scene,
        # Whoever uploads asks; should their browser close, the worker does.
        next_check_at=timezone.now() + pace.INSPECT_AFTER,
    )


def _keep(photo: Photo, removal: Removal) -> Photo:
    """Write the row, counting again under a lock: uploads come three at a time.

    A photo that is not kept leaves its files to `removal`.
    """
    try:
        with transaction.atomic():
            photo_set = PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
            # The same photo, sent twice at once.
            known = _known(photo_set, photo.pk)
            if known is not None:
                return known
            _check_room(photo_set)
            if not removal.call_off():
                raise Busy  # so slow that its files are going
            photo.save(force_insert=True)
    except IntegrityError:
        # The id is taken in another set, and it is nobody's business that it exists.
        raise PhotoRefused(_("This photo could not be added. Choose it once more.")) from None
    return photo


def remove_photo(photo: Photo) -> bool:
    """Take a photo out of a draft; for a while it can come back.

    False while its set has a model: it stays with that.
    """
    with transaction.atomic():
        photo_set = PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
        if living_tune(photo_set) is not None:
            return False
        now = timezone.now()
        photo.remove(now=now, gone_at=now + pace.UNDO)
    return True


@transaction.atomic
def restore_photo(photo: Photo) -> Photo:
    """Put a removed photo back. Raises PhotoRefused if its set is full by now, or was ordered."""
    photo_set = PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
    found = Photo.with_removed.filter(pk=photo.pk).first()
    if found is None:
        raise PhotoRefused(_("This photo is gone for good. Choose it once more."))
    if found.removed_at is not None:
        _check_room(photo_set)
        found.restore(now=timezone.now())
    return found


@transaction.atomic
def forget_photo(photo_id: UUID) -> None:
    """Delete a photo that was removed, when nobody can undo it any more: row, files, what was said of it."""
    photo = Photo.with_removed.removed().select_related("photo_set").filter(pk=photo_id).first()
    if photo is None:
        return
    PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
    # Once more, under the lock: it may have come back.
    if not Photo.with_removed.removed().filter(pk=photo_id).exists():
        return
    remove_files(*photo.keys)
    photo.delete()
    said = Inspection.objects.filter(account=photo.photo_set.account_id, sha256=photo.sha256)
    said.of_no_photo().delete()
