"""A model of one subject, trained or being trained at Astria."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.photo import PhotoSet
from studio.models.state import StateModel, fitting, held_in


class TuneQuerySet(models.QuerySet["Tune"]):
    def for_user(self, user: User) -> TuneQuerySet:
        return self.filter(account=user.credit_account_id)

    def due(self, now: datetime) -> TuneQuerySet:
        return self.filter(next_check_at__lte=now)


class Tune(StateModel):
    """A tune at Astria. Its id here is its title there: what we look for when an answer was lost.

        queued ──▸ submitting ──▸ training ──▸ trained ──▸ expired
        submitting ──▸ queued                       nothing was sent: again later
        submitting ──▸ unconfirmed                  Astria may have it: look before posting again
        unconfirmed ──▸ training                    it was found
        unconfirmed ──▸ submitting                  it was looked for, not found, and is posted again
        submitting | unconfirmed ──▸ trained        a callback was quicker than the answer
        queued | submitting | unconfirmed | training ──▸ failed
        queued ──▸ deleted                          the order was cancelled
        training | trained | expired | failed ──▸ deleted      at the person's wish; see TuneDeletion

    While its first shoot is being submitted, the tune moves with it, in the same transaction.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        SUBMITTING = "submitting", _("being submitted")
        UNCONFIRMED = "unconfirmed", _("being confirmed")
        TRAINING = "training", _("training")
        TRAINED = "trained", _("trained")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")
        DELETED = "deleted", _("deleted")

    FINAL = frozenset({Status.FAILED, Status.EXPIRED, Status.DELETED})
    BEFORE_ASTRIA = frozenset({Status.QUEUED, Status.SUBMITTING, Status.UNCONFIRMED})
    MOVES = {
        Status.QUEUED: frozenset({Status.SUBMITTING}),
        Status.SUBMITTING: frozenset({Status.QUEUED, Status.UNCONFIRMED}),
        Status.UNCONFIRMED: frozenset({Status.SUBMITTING}),
        Status.TRAINING: frozenset({Status.SUBMITTING, Status.UNCONFIRMED}),
        Status.TRAINED: frozenset({Status.SUBMITTING, Status.UNCONFIRMED, Status.TRAINING}),
        Status.FAILED: frozenset({Status.QUEUED, Status.SUBMITTING, Status.UNCONFIRMED, Status.TRAINING}),
        Status.EXPIRED: frozenset({Status.TRAINED}),
        Status.DELETED: frozenset(
            {Status.QUEUED, Status.TRAINING, Status.TRAINED, Status.EXPIRED, Status.FAILED}
        ),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="tunes")
    photo_set = models.ForeignKey(PhotoSet, on_delete=models.SET_NULL, null=True, related_name="tunes")
    class_name = models.CharField(max_length=40)
    # Exactly what was shown to the person and sent.
    characteristics = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=Status, default=Status.QUEUED)
    error = models.CharField(max_length=300, blank=True)
    next_check_at = models.DateTimeField(null=True)

    # As Astria says.
    astria_id = models.BigIntegerField(null=True, unique=True)
    token = models.CharField(max_length=40, blank=True)
    branch = models.CharField(max_length=20, blank=True)
    model_type = models.CharField(max_length=20, blank=True)
    base_tune_id = models.BigIntegerField(null=True)
    eta = models.DateTimeField(null=True)
    trained_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[TuneQuerySet] = TuneQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("model")
        indexes = [
            # The clock takes what is due.
            models.Index(fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="tune_due"),
            models.Index(fields=["account", "-created_at"], name="tunes_of_account"),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="tune_by_time"),
            models.Index(
                fields=["-created_at"], condition=Q(status="failed") | Q(status="deleted"), name="tune_ended"
            ),
        ]
        constraints = [
            # One living model per photo set: a second order of the same set finds the first.
            models.UniqueConstraint(
                fields=["photo_set"],
                condition=~Q(status__in=["failed", "expired", "deleted"]),
                name="one_living_tune_per_photo_set",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "queued",
                        "submitting",
                        "unconfirmed",
                        "training",
                        "trained",
                        "failed",
                        "expired",
                        "deleted",
                    ]
                ),
                name="tune_status_is_known",
            ),
            models.CheckConstraint(
                condition=held_in(
                    Q(astria_id__isnull=False),
                    always=["training", "trained", "expired"],
                    maybe=["failed", "deleted"],
                ),
                name="tune_at_astria_has_id",
            ),
            models.CheckConstraint(
                condition=held_in(
                    Q(trained_at__isnull=False), always=["trained", "expired"], maybe=["deleted"]
                ),
                name="tune_trained_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(
                    Q(expires_at__isnull=False), always=["trained", "expired"], maybe=["deleted"]
                ),
                name="tune_trained_expires",
            ),
            models.CheckConstraint(
                condition=held_in(Q(failed_at__isnull=False), always=["failed"], maybe=["deleted"]),
                name="tune_failed_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(~Q(error=""), always=["failed"], maybe=["deleted"]),
                name="tune_failed_has_error",
            ),
            models.CheckConstraint(
                condition=held_in(Q(next_check_at__isnull=True), always=["failed", "expired", "deleted"]),
                name="tune_living_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    # Queries

    @property
    def ends_at(self) -> datetime | None:
        """When this model, which can be used now, will be gone; None if it cannot, or will be extended."""
        if self.status != self.Status.TRAINED or self.expires_at is None or self.expires_at <= timezone.now():
            return None
        return None if self.extensions.open().exists() else self.expires_at

    @property
    def is_past_its_end(self) -> bool:
        """Whether its time is over though nobody has looked yet; one to be extended lives on."""
        is_trained = self.status == self.Status.TRAINED
        return is_trained and self.is_over and not self.extensions.open().exists()

    @property
    def is_over(self) -> bool:
        """Whether the time that Astria named has passed."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def name(self) -> str:
        """What its photos are called, or whom they showed, if they were erased."""
        return self.photo_set.name if self.photo_set else self.class_name.capitalize()

    def get_absolute_url(self) -> str:
        return reverse("studio:model", args=[self.pk])

    @property
    def gone_at(self) -> datetime | None:
        """When it went, or will go: Astria may have let it go before its time."""
        if self.status == self.Status.EXPIRED and self.expires_at is not None:
            return min(self.expires_at, self.updated_at)
        return self.expires_at

    # Mutators

    @classmethod
    def lock(cls, tune_id: uuid.UUID) -> None:
        """Wait for whoever moves this tune or its shoots.

        A transaction that moves both begins with this: in any other order two of them could lock each
        other out.
        """
        cls.objects.select_for_update(no_key=True).filter(pk=tune_id).first()

    def mark_queued(self, *, next_check_at: datetime) -> bool:
        return self._transition(self.Status.QUEUED, next_check_at=next_check_at)

    def mark_submitting(self, *, next_check_at: datetime) -> bool:
        return self._transition(self.Status.SUBMITTING, next_check_at=next_check_at)

    def mark_unconfirmed(self, *, next_check_at: datetime) -> bool:
        return self._transition(self.Status.UNCONFIRMED, next_check_at=next_check_at)

    def mark_training(self, *, astria_id: int, next_check_at: datetime, **known: Any) -> bool:
        return self._transition(
            self.Status.TRAINING, astria_id=astria_id, next_check_at=next_check_at, **known
        )

    def mark_trained(
        self, *, astria_id: int, trained_at: datetime, expires_at: datetime, next_check_at: datetime
    ) -> bool:
        """The model can be used until `expires_at`."""
        return self._transition(
            self.Status.TRAINED,
            astria_id=astria_id,
            trained_at=trained_at,
            expires_at=expires_at,
            next_check_at=next_check_at,
        )

    def fail(self, error: str) -> bool:
        return self._transition(self.Status.FAILED, error=error, failed_at=timezone.now())

    def mark_expired(self) -> bool:
        return self._transition(self.Status.EXPIRED)

    def mark_deleted(self) -> bool:
        return self._transition(self.Status.DELETED)

    def forget_traits(self) -> None:
        """Its photos were erased; what was said of the face goes with them."""
        Tune.objects.filter(pk=self.pk).update(characteristics={})
        self.characteristics = {}

    def learn(self, **known: Any) -> None:
        """Keep what Astria said of the tune; what it left out stays as it was."""
        said = {name: value for name, value in known.items() if value not in (None, "")}
        fields = fitting(Tune, said)
        if fields:
            Tune.objects.filter(pk=self.pk).update(updated_at=timezone.now(), **fields)
            for name, value in fields.items():
                setattr(self, name, value)

    def look_again_at(self, when: datetime) -> None:
        """Look at this tune next at `when`; a no-op once it is final."""
        Tune.objects.filter(pk=self.pk).exclude(status__in=self.FINAL).update(next_check_at=when)
        self.next_check_at = when
