"""What staff did, and what of people's pictures they looked at."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.append_only import AppendOnly, AppendOnlyQuerySet
from accounts.models.user import User


class AuditEntryQuerySet(AppendOnlyQuerySet["AuditEntry"]):
    def let_go(self, before: datetime) -> int:
        """Delete the lines from before, which the database allows for those older than a year alone."""
        return self.filter(at__lt=before)._raw_delete(self.db)


class AuditEntry(AppendOnly):
    """One act of staff, or one view of somebody's pictures. Never edited, and kept for AUDIT_KEPT_DAYS.

    It says who did what to which row, and why in staff's words. It holds no face, no trait and no name of
    the person concerned: it outlives them, and it outlives the row that it is about.
    """

    # Not the database's to follow: the line stays as it is when who acted is gone.
    actor = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    # What was done, in a few words that stay the same: "pictures shown", "shot redone".
    action = models.CharField(max_length=40)
    # "studio.shoot" and its id; both empty where it is about no row.
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[AuditEntryQuerySet] = AuditEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("line of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        indexes = [
            # What was done to one row, newest first.
            models.Index(fields=["about_id", "about_type", "-id"], name="audit_of_id"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_has_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.about}".strip()

    # Factories

    @classmethod
    def record(
        cls, actor: User | None, action: str, *, about: models.Model | None = None, text: str = ""
    ) -> AuditEntry:
        """Write down that `actor` (None: a command) did `action` to the row `about`, and why (`text`)."""
        row = {} if about is None else {"about_type": about._meta.label_lower, "about_id": str(about.pk)}
        return cls.objects.create(actor=actor, action=action, text=text[:300], **row)

    # Properties

    @property
    def about(self) -> str:
        return f"{self.about_type} {self.about_id}".strip()
