"""One delivered picture."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Case, F, Max, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.event import Event
from studio.models.prompt import Prompt
from studio.models.shoot import Shoot
from studio.models.state import StateModel, held_in

# In the order "best", a like of one's own weighs more than the votes of all friends together.
OWN_LIKE = 1_000_000


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

    # Each of these returns the ids of those that it changed: what an undo has to change back.

    def like(self) -> list[uuid.UUID]:
        """Like those that are here; studio/likes.py tells Astria."""
        return self.stored()._stamp("liked_at", timezone.now())

    def unlike(self) -> list[uuid.UUID]:
        return self._stamp("liked_at", None)

    def hide(self) -> list[uuid.UUID]:
        return self.stored()._stamp("hidden_at", timezone.now())

    def unhide(self) -> list[uuid.UUID]:
        return self._stamp("hidden_at", None)

    def mark_seen(self) -> list[uuid.UUID]:
        return self.stored()._stamp("seen_at", timezone.now())

    @transaction.atomic
    def _stamp(self, field: str, when: datetime | None) -> list[uuid.UUID]:
        """Set a time stamp where there is none, or take it away where there is one."""
        rows = self.filter(**{f"{field}__isnull": when is not None})
        changed = list(rows.select_for_update().values_list("pk", flat=True))
        if changed:
            Image.objects.filter(pk__in=changed).update(**{field: when})
        return changed


class Image(StateModel):
    """A picture of a prompt.

        pending ──▸ stored | lost       lost: it could not be had; staff see it
        pending ──▸ double              its prompt has the very same picture, under another address
        lost ──▸ pending                staff had it fetched again
        lost ──▸ stored                 a second task had it after all

    `stored` means that original and variants lie in our storage, under keys that follow from the id,
    so that storing it a second time overwrites itself.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        STORED = "stored", _("stored")
        LOST = "lost", _("lost")
        DOUBLE = "double", _("there already")

    FINAL = frozenset({Status.STORED, Status.LOST, Status.DOUBLE})
    MOVES = {
        Status.DOUBLE: frozenset({Status.PENDING}),
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
    # A worker has it until then; if it died, the next one may.
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    stored_at = models.DateTimeField(null=True)

    # Known once stored.
    extension = models.CharField(max_length=5, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    placeholder = models.CharField(max_length=1200, blank=True)
    face_box = models.JSONField(null=True)
    # What the original and the largest variant weigh without metadata, as downloads have them; 0: not known.
    bare_bytes = models.PositiveIntegerField(default=0)
    web_bytes = models.PositiveIntegerField(default=0)

    # The person's.
    liked_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    # How many Votes there are: galleries put the best first by it.
    votes = models.PositiveIntegerField(default=0)
    # What "best" sorts by. The database works it out, so that it is true whoever changes what.
    score = models.GeneratedField(
        expression=F("votes")
        + Case(When(liked_at__isnull=False, then=OWN_LIKE), default=0, output_field=models.IntegerField()),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects: ClassVar[ImageQuerySet] = ImageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = _("picture")
        permissions: ClassVar = [("see_pictures", "Can be shown people's pictures and photos (logged)")]
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="image_due"
            ),
            # With what is hidden in it, all that a gallery shows is counted without looking at the rows.
            models.Index(
                fields=["account", "status", "-created_at", "id", "hidden_at"], name="images_of_account"
            ),
            models.Index(fields=["shoot", "status", "-created_at", "id"], name="images_of_shoot"),
            models.Index(
                fields=["account", "status", "-score", "-created_at", "id"], name="best_images_of_account"
            ),
            models.Index(
                fields=["shoot", "status", "-score", "-created_at", "id"], name="best_images_of_shoot"
            ),
            # The console counts the pictures of a period, and those that were lost.
            models.Index(fields=["stored_at"], condition=Q(stored_at__isnull=False), name="images_by_time"),
            models.Index(fields=["created_at"], condition=Q(status="lost"), name="images_lost"),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="image_by_time"),
            models.Index(fields=["-created_at"], condition=Q(status="double"), name="image_double"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "source_url"], name="one_image_per_prompt_and_url"),
            models.UniqueConstraint(
                fields=["prompt", "sha256"],
                condition=Q(status="stored") & ~Q(sha256=""),
                name="one_image_per_prompt_and_content",
            ),
            models.UniqueConstraint(fields=["shoot", "number"], name="one_image_per_shoot_and_number"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "stored", "lost", "double"]), name="image_status_is_known"
            ),
            models.CheckConstraint(
                condition=held_in(Q(stored_at__isnull=False), always=["stored"]),
                name="image_stored_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="stored", width__gt=0, height__gt=0) & ~Q(extension="")
                | ~Q(status="stored") & Q(width=0, height=0, extension=""),
                name="image_stored_has_all",
            ),
            models.CheckConstraint(
                condition=held_in(~Q(error=""), always=["lost"], maybe=["pending"]),
                name="image_lost_has_error",
            ),
            models.CheckConstraint(
                condition=held_in(Q(next_check_at__isnull=False), always=["pending"]),
                name="image_pending_is_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(claimed_until__isnull=True), name="image_claimed_is_pending"
            ),
            models.CheckConstraint(
                condition=Q(status="stored") | Q(liked_at__isnull=True), name="image_liked_is_stored"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    # Mutators

    def mark_stored(self, **known: Any) -> bool:
        return self._transition(
            self.Status.STORED, stored_at=timezone.now(), claimed_until=None, error="", **known
        )

    def lose(self, error: str) -> bool:
        """Give the picture up; `retry` brings it back."""
        return self._transition(self.Status.LOST, claimed_until=None, error=error)

    def mark_double(self) -> bool:
        return self._transition(self.Status.DOUBLE, claimed_until=None, error="")

    def retry(self) -> bool:
        """Try again to have a picture that was given up."""
        return self._transition(self.Status.PENDING, next_check_at=timezone.now(), attempts=0, error="")

    def claim_fetch(self, *, until: datetime) -> bool:
        """Take a pending picture for fetching, `until` when nobody else may; then it is due again.

        Two workers that start on the same picture at once are told apart by the attempt they read.
        """
        free = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())
        rows = Image.objects.filter(free, pk=self.pk, status=self.Status.PENDING, attempts=self.attempts)
        self.attempts += 1
        return bool(rows.update(attempts=self.attempts, next_check_at=until, claimed_until=until))

    def fetch_again_at(self, when: datetime, error: str) -> None:
        rows = Image.objects.filter(pk=self.pk, status=self.Status.PENDING)
        rows.update(next_check_at=when, claimed_until=None, error=error[:300])

    def give_back(self, when: datetime, error: str) -> None:
        """Undo a claim that failed for a reason of our own: the attempt does not count."""
        rows = Image.objects.filter(pk=self.pk, status=self.Status.PENDING, attempts__gt=0)
        rows.update(next_check_at=when, claimed_until=None, error=error[:300], attempts=F("attempts") - 1)

    def like(self) -> bool:
        """True if it was not liked before."""
        return bool(Image.objects.filter(pk=self.pk).like())

    def unlike(self) -> bool:
        """True if it was liked before."""
        return bool(Image.objects.filter(pk=self.pk).unlike())

    def _record(self, to: str, error: str) -> None:
        """A picture's moves stand on its shoot's timeline only when something is wrong."""
        if to == self.Status.LOST:
            Event.record(Event.Kind.TROUBLE, f"picture {self.pk} lost ({error})", shoot_id=self.shoot_id)

    # Queries

    def is_double_of_another(self, sha256: str) -> bool:
        """Whether the prompt has a picture with this content: addresses may change."""
        others = Image.objects.stored().filter(prompt=self.prompt_id, sha256=sha256)
        return others.exclude(pk=self.pk).exists()

    # Properties

    @property
    def shoot_title(self) -> str:
        return self.shoot.title

    @property
    def shot(self) -> int:
        return self.prompt.number

    @property
    def folder(self) -> str:
        return folder_of(self)

    @property
    def original_key(self) -> str:
        return f"{self.folder}/original.{self.extension}"

    def variant_key(self, width: int) -> str:
        return f"{self.folder}/{width}.webp"

    def get_absolute_url(self) -> str:
        return reverse("studio:picture", args=[self.pk])


def folder_of(image: Any) -> str:
    """Return where the files of a picture lie; a row that names account, shoot and id is enough."""
    return f"u/{image.account_id}/shoots/{image.shoot_id}/{image.pk}"
