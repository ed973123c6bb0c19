"""What Astria said of a photo, kept so that nothing is inspected twice."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import CreditAccount
from studio.models.photo import Photo


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def answered(self) -> InspectionQuerySet:
        return self.filter(answer__isnull=False)

    def of_no_photo(self) -> InspectionQuerySet:
        """Answers about files that are in none of their owner's photo sets."""
        kept = Photo.with_removed.filter(sha256=OuterRef("sha256"), photo_set__account=OuterRef("account"))
        return self.filter(~Exists(kept))


class Inspection(models.Model):
    """Astria's answer for one file and one class name. Unknown keys are kept, missing ones are fine.

    It says what a face looks like: it goes with the last photo that it was said of. Without an answer it is a
    question under way: whoever made the row asks, everybody else waits, so that nothing is asked twice.
    """

    account = models.ForeignKey(CreditAccount, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    class_name = models.CharField(max_length=40)
    answer = models.JSONField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[InspectionQuerySet] = InspectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "sha256", "class_name"], name="inspected_once_per_file_and_class"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:8]} {self.class_name}"

    # Factories

    @classmethod
    def claim(
        cls, account_id: UUID, sha256: str, class_name: str, *, lapse: timedelta
    ) -> tuple[Inspection, bool]:
        """Return the row for a question, and whether it is ours to ask it now.

        It is if nobody asked before, or who did has said nothing for `lapse`.
        """
        row, is_ours = cls.objects.get_or_create(account_id=account_id, sha256=sha256, class_name=class_name)
        if not is_ours and row.answer is None:
            now = timezone.now()
            lapsed = cls.objects.filter(pk=row.pk, answer__isnull=True, asked_at__lt=now - lapse)
            is_ours, row.asked_at = bool(lapsed.update(asked_at=now)), now
        return row, is_ours

    # Mutators

    def keep(self, answer: dict[str, object]) -> None:
        """Write the answer down; a no-op if the photo was removed or somebody else asked meanwhile."""
        self._our_question().update(answer=answer)

    def give_back(self) -> None:
        """No answer came: the next may ask at once."""
        self._our_question().delete()

    # Queries

    def _our_question(self) -> InspectionQuerySet:
        return Inspection.objects.filter(pk=self.pk, asked_at=self.asked_at, answer__isnull=True)
