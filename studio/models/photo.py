"""The photos of one subject, as a person uploaded them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from packs.models import Pack

MIN_PHOTOS = 4
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
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[PhotoSetQuerySet] = PhotoSetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("photo set")
        indexes = [models.Index(fields=["account", "-created_at"], name="photo_sets_of_account")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="photo_set_has_name"),
            models.CheckConstraint(condition=~Q(class_name=""), name="photo_set_has_class"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.class_name})"

    # Mutators

    def choose(self, pack: Pack) -> None:
        """Remember which pack is to be ordered."""
        self.pack = pack
        self.save(update_fields=["pack", "updated_at"])

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
    def for_user(self, user: User) -> PhotoQuerySet:
        return self.filter(photo_set__account=user.credit_account_id)


class Photo(models.Model):
    """One accepted photo: upright, sRGB, without metadata, at most 2048 px, JPEG.

    The id is the browser's own, so that sending a photo again changes nothing.
    """

    id = models.UUIDField(primary_key=True)
    photo_set = models.ForeignKey(PhotoSet, on_delete=models.CASCADE, related_name="photos")
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
    kept_anyway = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PhotoQuerySet] = PhotoQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)

    # Mutators

    def keep_anyway(self) -> None:
        """Remember that the person wants it in spite of its warnings."""
        self.kept_anyway = True
        self.save(update_fields=["kept_anyway"])

    # Properties

    @property
    def key(self) -> str:
        return f"{self.photo_set.folder}/{self.pk}.jpg"

    @property
    def tile_key(self) -> str:
        return f"{self.photo_set.folder}/{self.pk}-tile.webp"

    @property
    def keys(self) -> list[str]:
        return [self.key, self.tile_key]


def is_allowed_class(name: str) -> bool:
    """Whether this studio takes photo sets of class `name` (the setting CLASS_NAMES)."""
    return name in settings.CLASS_NAMES
