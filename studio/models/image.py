"""One delivered picture."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.event import Event
from studio.models.prompt import Prompt
from studio.models.shoot import Shoot
from studio.models.state import StateModel


class ImageQuerySet(models.QuerySet["Image"]):
    def for_user(self, user: User) -> ImageQuerySet:
        return self.filter(account=user.credit_account_id)

    def stored(self) -> ImageQuerySet:
        return self.filter(status=Image.Status.STORED)

    def shown(self) -> ImageQuerySet:
        """What galleries show: stored, and not hidden by the person."""
        return self.stored().filter(hidden_at=None)

    def due(self, now: datetime) -> ImageQuerySet:
        return self.filter(next_check_at__lte=now)

    def next_number(self) -> int:
        """Return the number of the next picture of these; the caller holds the lock of their tune."""
        return (self.aggregate(last=Max("number"))["last"] or 0) + 1


class Image(StateModel):
    """A picture of a prompt.

        pending ──▸ stored | lost       lost: it could not be had; staff see it
        lost ──▸ pending                staff had it fetched again
        lost ──▸ stored                 a second task had it after all

    `stored` means that original and variants lie in our storage, under keys that follow from the id,
    so that storing it a second time overwrites itself.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        STORED = "stored", _("stored")
        LOST = "lost", _("lost")

    FINAL = frozenset({Status.STORED, Status.LOST})
    MOVES = {
        Status.PENDING: frozenset({Status.LOST}),
        Status.STORED: frozenset({Status.PENDING, Status.LOST}),
        Status.LOST: frozenset({Status.PENDING}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="images")
    # Both follow from the prompt; kept here because every gallery page asks for them.
    shoot = models.ForeignKey(Shoot, on_delete=models.CASCADE, related_name="images")
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="images")
    # From 1 within its shoot, in the order in which pictures came; it never changes.
    number = models.PositiveIntegerField()
    source_url = models.CharField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    error = models.CharField(max_length=300, blank=True)
    next_check_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    stored_at = models.DateTimeField(null=True)

    # Known once stored.
    extension = models.CharField(max_length=5, blank=True)
    bytes = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    placeholder = models.CharField(max_length=1200, blank=True)
    face_box = models.JSONField(null=True)

    # The person's.
    liked_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects: ClassVar[ImageQuerySet] = ImageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = _("picture")
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="image_due"
            ),
            models.Index(fields=["account", "status", "-created_at", "id"], name="images_of_account"),
            models.Index(fields=["shoot", "status", "-created_at", "id"], name="images_of_shoot"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "source_url"], name="one_image_per_prompt_and_url"),
            models.UniqueConstraint(fields=["shoot", "number"], name="one_image_per_shoot_and_number"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "stored", "lost"]), name="image_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="stored")
                | (Q(stored_at__isnull=False) & Q(width__gt=0) & Q(height__gt=0) & ~Q(extension="")),
                name="image_stored_has_all",
            ),
            models.CheckConstraint(condition=~Q(status="lost") | ~Q(error=""), name="image_lost_has_error"),
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(next_check_at__isnull=False),
                name="image_pending_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    # Mutators

    def mark_stored(self, **known: Any) -> bool:
        return self._transition(self.Status.STORED, stored_at=timezone.now(), error="", **known)

    def lose(self, error: str) -> bool:
        """Give the picture up; `retry` brings it back."""
        return self._transition(self.Status.LOST, error=error)

    def retry(self) -> bool:
        """Try again to have a picture that was given up."""
        return self._transition(self.Status.PENDING, next_check_at=timezone.now(), attempts=0, error="")

    def claim_fetch(self, *, next_check_at: datetime) -> bool:
        """Take a pending picture for fetching; it is due again at `next_check_at` if we die meanwhile.

        Two workers that start on the same picture at once are told apart by the attempt they read.
        """
        rows = Image.objects.filter(pk=self.pk, status=self.Status.PENDING, attempts=self.attempts)
        claimed = rows.update(attempts=self.attempts + 1, next_check_at=next_check_at)
        self.attempts += 1
        return bool(claimed)

    def fetch_again_at(self, when: datetime, error: str) -> None:
        rows = Image.objects.filter(pk=self.pk, status=self.Status.PENDING)
        rows.update(next_check_at=when, error=error[:300])

    def give_back(self, when: datetime, error: str) -> None:
        """Undo a claim that failed for a reason of our own: the attempt does not count."""
        rows = Image.objects.filter(pk=self.pk, status=self.Status.PENDING, attempts__gt=0)
        rows.update(next_check_at=when, error=error[:300], attempts=F("attempts") - 1)

    def like(self) -> bool:
        """True if it was not liked before."""
        rows = Image.objects.filter(pk=self.pk, status=self.Status.STORED, liked_at=None)
        return bool(rows.update(liked_at=timezone.now()))

    def unlike(self) -> bool:
        """True if it was liked before."""
        return bool(Image.objects.filter(pk=self.pk, liked_at__isnull=False).update(liked_at=None))

    def _record(self, to: str, error: str) -> None:
        """A picture's moves stand on its shoot's timeline only when something is wrong."""
        if to == self.Status.LOST:
            Event.record(Event.Kind.TROUBLE, f"picture {self.pk} lost ({error})", shoot_id=self.shoot_id)

    # Properties

    @property
    def shoot_title(self) -> str:
        return self.shoot.title

    @property
    def shot(self) -> int:
        return self.prompt.number

    @property
    def folder(self) -> str:
        return f"u/{self.account_id}/shoots/{self.shoot_id}/{self.pk}"

    @property
    def original_key(self) -> str:
        return f"{self.folder}/original.{self.extension}"

    def variant_key(self, width: int) -> str:
        return f"{self.folder}/{width}.webp"

    def get_absolute_url(self) -> str:
        return reverse("studio:picture", args=[self.pk])
