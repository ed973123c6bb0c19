"""Another thirty days for a model."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount
from studio.models.event import Event
from studio.models.state import StateModel
from studio.models.tune import Tune


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def open(self) -> ExtensionQuerySet:
        return self.filter(status__in=[Extension.Status.ASKED, Extension.Status.AGREED])

    def due(self, now: datetime) -> ExtensionQuerySet:
        return self.filter(next_check_at__lte=now)


class Extension(StateModel):
    """A paid wish to keep a model at Astria beyond its end. Astria extends it when that end comes.

    asked ──▸ agreed ──▸ done            Astria was told, and kept the model
    asked ──▸ done                       the answer was lost, and it was kept
    asked | agreed ──▸ refused           Astria would not, or let it go all the same: refunded
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("asked for")
        AGREED = "agreed", _("agreed")
        DONE = "done", _("extended")
        REFUSED = "refused", _("refused")

    FINAL = frozenset({Status.DONE, Status.REFUSED})
    MOVES = {
        Status.AGREED: frozenset({Status.ASKED}),
        Status.DONE: frozenset({Status.ASKED, Status.AGREED}),
        Status.REFUSED: frozenset({Status.ASKED, Status.AGREED}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tune = models.ForeignKey(Tune, on_delete=models.CASCADE, related_name="extensions")
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="extensions")
    # When the model would have gone: it is extended as soon as Astria says a later time. None: not trained.
    extends_from = models.DateTimeField(null=True)
    price = models.PositiveIntegerField()
    # What Astria should charge us for it, in milli-cents: an estimate, for the caps.
    cost_mc = models.PositiveBigIntegerField(default=0, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ExtensionQuerySet] = ExtensionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="extension_due"
            ),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="extension_by_time"),
            models.Index(fields=["-created_at"], condition=Q(status="refused"), name="extension_refused"),
        ]
        constraints = [
            # Sent twice, or from two tabs, it is one.
            models.UniqueConstraint(
                fields=["tune"],
                condition=Q(status__in=["asked", "agreed"]),
                name="one_open_extension_per_tune",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "agreed", "done", "refused"]),
                name="extension_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["done", "refused"], ended_at__isnull=False, next_check_at__isnull=True
                )
                | Q(status__in=["asked", "agreed"], ended_at__isnull=True, next_check_at__isnull=False),
                name="extension_ended_has_time_else_is_looked_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(error=""), name="extension_refused_has_error"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "refused"]) | Q(extends_from__isnull=False),
                name="extension_told_of_has_a_model",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tune_id} + 30"

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Take it for a call; it is due again at `next_check_at` if we die meanwhile."""
        rows = Extension.objects.filter(pk=self.pk, next_check_at=self.next_check_at)
        return bool(rows.update(next_check_at=next_check_at))

    def look_again_at(self, when: datetime) -> None:
        """It could not be told or seen; a no-op once it is final."""
        open_ones = Extension.objects.open().filter(pk=self.pk)
        open_ones.update(next_check_at=when, attempts=self.attempts + 1)

    def begin_at(self, end: datetime) -> None:
        """The model it was ordered with is there: it would go at `end`."""
        Extension.objects.filter(pk=self.pk, extends_from=None).update(extends_from=end)
        self.extends_from = end

    def mark_agreed(self, *, next_check_at: datetime) -> bool:
        return self._transition(self.Status.AGREED, next_check_at=next_check_at)

    def mark_done(self) -> bool:
        return self._transition(self.Status.DONE, ended_at=timezone.now())

    def refuse(self, error: str) -> bool:
        return self._transition(self.Status.REFUSED, ended_at=timezone.now(), error=error)

    def _record(self, to: str, error: str) -> None:
        """Its moves stand on its model's timeline."""
        kind: Any = Event.Kind.TROUBLE if to == self.Status.REFUSED else Event.Kind.STATE
        text = f"extension: {self.status} → {to}" + (f" ({error})" if error else "")
        Event.record(kind, text, tune_id=self.tune_id)
