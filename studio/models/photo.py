"""The photos of one subject, as a person uploaded them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from packs.models import Pack

MIN_PHOTOS = 4
# Class names of Astria's that are no adults. An operator takes them by naming them in CLASS_NAMES.
CHILDREN = frozenset({"boy", "girl", "baby"})
PETS = frozenset({"cat", "dog"})
MAX_PHOTOS = 20


class PhotoSetQuerySet(models.QuerySet["PhotoSet"]):
    def for_user(self, user: User) -> PhotoSetQuerySet:
        return self.filter(account=user.credit_account_id)

    def drafts(self) -> PhotoSetQuerySet:
        """Sets that were begun and never ordered from."""
        return self.filter(tunes__isnull=True)


class PhotoSet(models.Model):
    """Photos of one subject, with a name of the person's own and the class name that Astria gets."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="photo_sets")
    # Shown to the person as typed, in any script. Never sent to Astria.
    name = models.CharField(max_length=80)
    class_name = models.CharField(max_length=40)
    # What the person agreed to send along, in Astria's words; None until they looked.
    characteristics = models.JSONField(null=True, blank=True)
    pack = models.ForeignKey(Pack, on_delete=models.SET_NULL, null=True, related_name="+")
    # Astria's ids of the pack's shots that are not wanted.
    left_out = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[PhotoSetQuerySet] = PhotoSetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("photo set")
        indexes = [
            models.Index(fields=["account", "-created_at"], name="photo_sets_of_account"),
            models.Index(fields=["-created_at"], name="photo_set_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="photo_set_has_name"),
            models.CheckConstraint(condition=~Q(class_name=""), name="photo_set_has_class"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.class_name})"

    # Mutators

    def choose(self, pack: Pack, *, left_out: Collection[int] = ()) -> None:
        """Remember which pack is to be ordered, and which of its shots are not."""
        self.pack, self.left_out = pack, sorted(left_out)
        self.save(update_fields=["pack", "left_out", "updated_at"])

    def agree_to(self, characteristics: dict[str, str]) -> None:
        """Remember what the person agreed to send along."""
        self.characteristics = characteristics
        self.save(update_fields=["characteristics", "updated_at"])

    # Properties

    @property
    def folder(self) -> str:
        """Where its files lie; everything of one account shares a prefix, for export and erasure."""
        return f"u/{self.account_id}/photos/{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("studio:photo-set", args=[self.pk])


class PhotoQuerySet(models.QuerySet["Photo"]):
    def to_review(self) -> PhotoQuerySet:
        """Those that staff are to look at: in sets of adults, not removed."""
        held = self.filter(review=Photo.Review.WAITING, removed_at=None)
        return held.exclude(photo_set__class_name__in=CHILDREN | PETS)

    def for_user(self, user: User) -> PhotoQuerySet:
        return self.filter(photo_set__account=user.credit_account_id)

    def removed(self) -> PhotoQuerySet:
        """Photos that were taken out of their set, while that can be undone."""
        return self.exclude(removed_at=None)

    def due(self, now: datetime) -> PhotoQuerySet:
        return self.filter(next_check_at__lte=now)


class _InTheirSet(models.Manager["Photo"]):
    """Leaves out what was removed: no page, order or judgement may see it."""

    def get_queryset(self) -> PhotoQuerySet:
        return PhotoQuerySet(self.model, using=self._db).filter(removed_at=None)


_PhotosInTheirSet = _InTheirSet.from_queryset(PhotoQuerySet)


class Photo(models.Model):
    """One accepted photo: upright, sRGB, without metadata, at most 2048 px, JPEG.

    The id is the browser's own, so that sending a photo again changes nothing.

    in its set ─ remove ─▸ removed ─ in time ─▸ gone, with its files and what was said of it
         ▴                    │
         └────── restore ─────┘

    `review`: one in which inspection sees a child, in a set of an adult, waits for staff, who approve or
    refuse it; until then, and while a refused one is in it, its set is not ordered from.

    `next_check_at` is when the worker asks inspection about it, if no browser did by then; once removed,
    when it goes.
    """

    class Review(models.TextChoices):
        WAITING = "waiting", _("waits for staff")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True)
    photo_set = models.ForeignKey(PhotoSet, on_delete=models.CASCADE, related_name="photos")
    # Names its files. Each upload has files of its own: none is deleted for another, sent under the same id.
    stored_as = models.UUIDField(default=uuid.uuid4, editable=False)
    # The file's name as the person knows it, for messages only.
    name = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # What our own look found; see studio/photos.py for the units.
    perceptual_hash = models.CharField(max_length=16)
    sharpness = models.FloatField()
    brightness = models.FloatField()
    faces = models.JSONField(default=list)
    # What is around the person and what they wear, as numbers; see studio/scenes.py. None: not measured.
    scene = models.JSONField(null=True, blank=True)
    # The kinds of warning in spite of which the person keeps it; another one is asked about.
    kept_kinds = models.JSONField(default=list, blank=True)
    review = models.CharField(max_length=10, choices=Review, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PhotoQuerySet] = _PhotosInTheirSet()  # type: ignore[assignment]
    # With those that were removed and can come back.
    with_removed: ClassVar[PhotoQuerySet] = PhotoQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            # Read by the clock.
            models.Index(
                fields=["next_check_at"], name="due_photos", condition=Q(next_check_at__isnull=False)
            ),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="photo_by_time"),
            models.Index(
                fields=["-created_at"],
                condition=Q(review="waiting") | Q(review="approved") | Q(review="refused"),
                name="photo_reviewed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(review__in=["", "waiting", "approved", "refused"]), name="photo_review_is_known"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(next_check_at__isnull=False), name="removed_photo_goes"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    # Mutators

    def keep_anyway(self, kinds: Iterable[str]) -> None:
        """Remember that the person wants it in spite of warnings of these kinds."""
        self.kept_kinds = sorted({*self.kept_kinds, *kinds})
        self.save(update_fields=["kept_kinds"])

    def hold(self) -> bool:
        """Let staff look at it first. False if they were asked before, whatever they said."""
        return self._decide("", self.Review.WAITING)

    def approve(self) -> bool:
        """False if it does not wait (any more)."""
        return self._decide(self.Review.WAITING, self.Review.APPROVED)

    def refuse(self) -> bool:
        """False if it does not wait (any more)."""
        return self._decide(self.Review.WAITING, self.Review.REFUSED)

    def _decide(self, from_: str, to: str) -> bool:
        changed = Photo.with_removed.filter(pk=self.pk, review=from_).update(review=to)
        self.review = to if changed else self.review
        return bool(changed)

    def inspect_at(self, when: datetime | None) -> None:
        """Have the worker ask inspection about it at `when`; None: no more."""
        if self.next_check_at != when:
            Photo.objects.filter(pk=self.pk).update(next_check_at=when)
            self.next_check_at = when

    def remove(self, *, now: datetime, gone_at: datetime) -> None:
        """Take it out of its set; until `gone_at` it can come back."""
        self._put(removed_at=now, next_check_at=gone_at)

    def restore(self, *, now: datetime) -> None:
        """Put it back. Whether inspection was asked is looked at once more."""
        self._put(removed_at=None, next_check_at=now)

    def _put(self, *, removed_at: datetime | None, next_check_at: datetime) -> None:
        """A no-op if somebody was quicker."""
        unmoved = Photo.with_removed.filter(pk=self.pk, removed_at=self.removed_at)
        unmoved.update(removed_at=removed_at, next_check_at=next_check_at)
        self.removed_at, self.next_check_at = removed_at, next_check_at

    # Properties

    @property
    def key(self) -> str:
        return f"{self.photo_set.folder}/{self.stored_as}.jpg"

    @property
    def tile_key(self) -> str:
        return f"{self.photo_set.folder}/{self.stored_as}-tile.webp"

    @property
    def keys(self) -> list[str]:
        return [self.key, self.tile_key]


def is_of_adult(class_name: str) -> bool:
    """Whether photos of this class must show no child."""
    return class_name not in CHILDREN | PETS


def is_allowed_class(name: str) -> bool:
    """Whether this studio takes photo sets of class `name` (the setting CLASS_NAMES)."""
    return name in settings.CLASS_NAMES
