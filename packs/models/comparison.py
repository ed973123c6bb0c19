"""A comparison of the catalogue with Astria's packs: what it finds, and whether that is taken over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def due(self, now: datetime) -> ComparisonQuerySet:
        return self.filter(next_check_at__lte=now)

    def under_way(self) -> ComparisonQuerySet:
        return self.filter(status=Comparison.Status.ASKED)


class Comparison(models.Model):
    """What a comparison found, pack by pack.

    asked ──▸ done | failed      failed: Astria could not be asked; what was compared until then is there

    A preview shows what it finds, all others take it over. Those that staff ask for are rows from the
    beginning; those of the clock and of the command are written down at their end, if they changed something.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    is_preview = models.BooleanField(editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    # As packs.changes.Change says them; and Astria's ids of the packs that were compared so far.
    changes = models.JSONField(default=list, editable=False)
    compared = models.JSONField(default=list, editable=False)
    next_check_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[ComparisonQuerySet] = ComparisonQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        verbose_name = _("comparison with Astria")
        verbose_name_plural = _("comparisons with Astria")
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="comparison_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="asked", next_check_at__isnull=False, ended_at=None, error="")
                | Q(status="done", next_check_at=None, ended_at__isnull=False, error="")
                | Q(status="failed", next_check_at=None, ended_at__isnull=False) & ~Q(error=""),
                name="comparison_state_has_all",
            ),
            models.UniqueConstraint(
                fields=["is_preview"], condition=Q(status="asked"), name="one_comparison_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}: {self.get_status_display()}"

    # Mutators

    def claim(self, until: datetime) -> bool:
        """Take it for work, `until` when nobody else may. False if another worker did."""
        return self._write(next_check_at=until)

    def note(self, pack_id: int, changes: Sequence[dict[str, Any]]) -> bool:
        """Write down that a pack was compared. False if another worker has taken it meanwhile."""
        self.compared = [*self.compared, pack_id]
        self.changes = [*self.changes, *changes]
        return self._write(compared=self.compared, changes=self.changes)

    def go_on_after(self, pause: timedelta) -> bool:
        """Nothing could be asked just now."""
        return self._write(next_check_at=timezone.now() + pause)

    def end(self, error: str = "") -> bool:
        """It is over; with an `error` it has failed."""
        status = self.Status.FAILED if error else self.Status.DONE
        return self._write(status=status, error=error[:300], next_check_at=None, ended_at=timezone.now())

    def _write(self, **fields: Any) -> bool:
        """Only who knows when it is due next has it, and writes."""
        rows = Comparison.objects.under_way().filter(pk=self.pk, next_check_at=self.next_check_at)
        if not rows.update(**fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True
