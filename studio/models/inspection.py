"""What Astria said of a photo, kept so that nothing is inspected twice."""

from __future__ import annotations

from django.db import models

from accounts.models import CreditAccount


class Inspection(models.Model):
    """Astria's answer for one file and one class name. Unknown keys are kept, missing ones are fine."""

    account = models.ForeignKey(CreditAccount, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    class_name = models.CharField(max_length=40)
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "sha256", "class_name"], name="inspected_once_per_file_and_class"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:8]} {self.class_name}"
