"""Photos in which inspection sees a child, in a set of an adult: staff look first, and the person is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AuditEntry, User
from studio.mail import alarm_staff, write
from studio.models import Letter, Photo, PhotoSet
from studio.models.photo import CHILDREN, is_of_adult


def hold_if_child(photo: Photo, answer: Mapping[str, object]) -> None:
    """Have staff look at a photo if inspection sees a child where an adult should be; once for each photo."""
    if answer.get("name") not in CHILDREN or not is_of_adult(photo.photo_set.class_name):
        return
    is_first = not photo.photo_set.photos.to_review().exists()
    if photo.hold() and is_first:
        text = _("Inspection sees a child in photos of an adult. Nothing is ordered from them until you have "
                 "looked: photo set %(id)s, under Photos, “waits for staff”.")  # fmt: skip
        alarm_staff(_("Photos wait for you"), text % {"id": photo.photo_set_id})


def problems_in_review(photo_set: PhotoSet, reviews: Sequence[str]) -> Iterator[str]:
    """Yield why a set cannot be ordered from while staff look at its photos, of these `reviews`."""
    if not is_of_adult(photo_set.class_name):
        return
    waiting = reviews.count(Photo.Review.WAITING)
    if waiting:
        text = ngettext("%(n)d photo may show a child. One of us looks at it first, and writes to you; or "
                        "remove it and order without it.",
                        "%(n)d photos may show a child. One of us looks at them first, and writes to you; "
                        "or remove them and order without them.", waiting)  # fmt: skip
        yield text % {"n": waiting}
    refused = reviews.count(Photo.Review.REFUSED)
    if refused:
        text = ngettext("%(n)d photo shows a child, and this is a set of an adult. Remove it.",
                        "%(n)d photos show a child, and this is a set of an adult. Remove them.",
                        refused)  # fmt: skip
        yield text % {"n": refused}


def decide(photo: Photo, actor: User, *, approve: bool, reason: str = "") -> bool:
    """Staff have looked: approve or refuse a photo; when it was the last of its set, the person is told.

    False if somebody else decided first.
    """
    with transaction.atomic():
        photo_set = PhotoSet.objects.select_for_update().get(pk=photo.photo_set_id)
        if not (photo.approve() if approve else photo.refuse()):
            return False
        action = "photo approved" if approve else "photo refused"
        AuditEntry.record(actor, action, about=photo, text=reason)
        if not photo_set.photos.to_review().exists():
            refused = photo_set.photos.filter(review=Photo.Review.REFUSED).count()
            write(Letter.Kind.REVIEWED, key=f"reviewed:{photo.pk}", about=photo_set, refused=refused)
    return True
