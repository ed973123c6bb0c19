"""Stored files that are to go."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone


class RemovalQuerySet(models.QuerySet["Removal"]):
    def due(self, now: datetime) -> RemovalQuerySet:
        return self.filter(next_check_at__lte=now)


class Removal(models.Model):
    """Files that no row needs any more, written down in the transaction that lets go of them.

    The row is there until the files surely are not: whatever dies or is away meanwhile, the clock comes
    back to it. Nobody may write under these keys again.
    """

    # The keys in our storage; one that ends with a slash is all that lies under it.
    keys = models.JSONField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    next_check_at = models.DateTimeField(db_index=True)

    objects: ClassVar[RemovalQuerySet] = RemovalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{len(self.keys)} files" if not self._is_of_folders else f"{len(self.keys)} folders"

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Take it for an attempt; it is due again at `next_check_at` if we die meanwhile."""
        return bool(self._untouched().update(next_check_at=next_check_at, attempts=self.attempts + 1))

    def put_off(self, when: datetime, error: str) -> None:
        """The files are still there: it is due at `when`."""
        Removal.objects.filter(pk=self.pk).update(next_check_at=when, error=error[:300])

    def call_off(self) -> bool:
        """Keep the files after all. False if they are going: it was queued or claimed."""
        return bool(self._untouched().delete()[0])

    # Properties

    @property
    def _is_of_folders(self) -> bool:
        return any(key.endswith("/") for key in self.keys)

    # Queries

    def _untouched(self) -> RemovalQuerySet:
        """Whoever queues or claims it moves its time on."""
        return Removal.objects.filter(pk=self.pk, next_check_at=self.next_check_at)
