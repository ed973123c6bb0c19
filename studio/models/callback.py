"""The inbox: every callback as it came."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from config.logs import scrub
from studio.models.event import Event
from studio.models.state import storable


class CallbackQuerySet(models.QuerySet["Callback"]):
    def due(self, now: datetime) -> CallbackQuerySet:
        return self.filter(next_check_at__lte=now)

    def replay(self) -> int:
        """Have the clock take them in once more, as if they had just come. Returns how many."""
        return self.update(next_check_at=timezone.now(), processed_at=None, attempts=0, error="")


class Callback(models.Model):
    """One received callback, raw. With a valid token the body is data; nothing in it is trusted more.

    It is due until it was processed. What was wrong with it then stands in `error`, for staff.
    """

    shoot = models.ForeignKey("studio.Shoot", on_delete=models.CASCADE, related_name="callbacks")
    body = models.TextField()
    received_at = models.DateTimeField(default=timezone.now)
    next_check_at = models.DateTimeField(default=timezone.now, null=True)
    attempts = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[CallbackQuerySet] = CallbackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The clock looks here twice a second.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="callback_due"
            ),
            # The admin lists what was not understood, and what waits.
            models.Index(fields=["-id"], condition=~Q(error=""), name="callback_in_trouble"),
            models.Index(fields=["-id"], condition=Q(processed_at__isnull=True), name="callback_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(processed_at__isnull=True, next_check_at__isnull=False)
                | Q(processed_at__isnull=False, next_check_at__isnull=True),
                name="callback_is_processed_or_due",
            ),
        ]

    def __str__(self) -> str:
        return f"callback {self.pk}"

    # Factories

    @classmethod
    def receive(cls, shoot_id: UUID, body: str) -> None:
        """Put one into the inbox. Bursts of them come: with SQL that is made once."""
        new = cls(shoot_id=shoot_id, body=body)
        fields = _written()
        values = [field.get_db_prep_save(field.pre_save(new, add=True), connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(_insert(), values)

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Count an attempt to process it; it is due again at `next_check_at` if that breaks off.

        False if it was processed, or another worker took it since it was read.
        """
        rows = Callback.objects.filter(pk=self.pk, processed_at=None, attempts=self.attempts)
        self.attempts += 1
        return bool(rows.update(attempts=self.attempts, next_check_at=next_check_at))

    def mark_processed(self, error: str = "") -> None:
        """Done. `error`: what was wrong with it; it goes on the shoot's timeline too."""
        error = scrub(storable(error))[:300]
        rows = Callback.objects.filter(pk=self.pk, processed_at=None)
        if rows.update(processed_at=timezone.now(), next_check_at=None, error=error) and error:
            Event.record(Event.Kind.TROUBLE, f"{self}: {error}", shoot_id=self.shoot_id)


@cache
def _written() -> list[Any]:
    """Return the columns that a new row brings along."""
    return [field for field in Callback._meta.concrete_fields if not field.primary_key]


@cache
def _insert() -> str:
    names = ", ".join(str(field.column) for field in _written())
    places = ", ".join("%s" for _ in _written())
    return f"INSERT INTO {Callback._meta.db_table} ({names}) VALUES ({places})"
