"""What Astria said of a photo, kept so that nothing is inspected twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import CreditAccount
from studio.models.photo import Photo


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def of_no_photo(self) -> InspectionQuerySet:
        """Answers about files that are in none of their owner's photo sets."""
        kept = Photo.objects.filter(sha256=OuterRef("sha256"), photo_set__account=OuterRef("account"))
        return self.filter(~Exists(kept))


class Inspection(models.Model):
    """Astria's answer for one file and one class name. Unknown keys are kept, missing ones are fine.

    It says what a face looks like: it goes with the last photo that it was said of.
    """

    account = models.ForeignKey(CreditAccount, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    class_name = models.CharField(max_length=40)
    answer = models.JSONField()
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
