"""The inbox: every callback as it came."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class CallbackQuerySet(models.QuerySet["Callback"]):
    def due(self) -> CallbackQuerySet:
        """Not yet processed, and not queued within the last two minutes."""
        before = timezone.now() - timedelta(minutes=2)
        return self.filter(processed_at=None).filter(Q(queued_at=None) | Q(queued_at__lt=before))


class Callback(models.Model):
    """One received callback, raw. With a valid token the body is data; nothing in it is trusted more."""

    shoot = models.ForeignKey("studio.Shoot", on_delete=models.CASCADE, related_name="callbacks")
    body = models.TextField()
    received_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[CallbackQuerySet] = CallbackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The clock looks here twice a second.
            models.Index(
                fields=["received_at"], condition=Q(processed_at__isnull=True), name="callback_unprocessed"
            ),
        ]

    def __str__(self) -> str:
        return f"callback {self.pk}"

    # Mutators

    def mark_processed(self, error: str = "") -> None:
        self.processed_at, self.error = timezone.now(), error[:300]
        self.save(update_fields=["processed_at", "error"])
