"""A try of the whole configuration, with a free tune at Astria."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.state import StateModel, held_in
from studio.models.token import new_token


class TrialQuerySet(models.QuerySet["Trial"]):
    def due(self, now: datetime) -> TrialQuerySet:
        return self.filter(next_check_at__lte=now)


class Trial(StateModel):
    """Whether storage, mail, Astria and its callbacks work as they are set, tried once.

    asked ──▸ calling           storage and mail work, and Astria has made the free tune
    asked | calling ──▸ failed  something does not work: `error` says what and what to do
    calling ──▸ passed          both callbacks came in through the public address
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("begins")
        CALLING = "calling", _("waits for callbacks")
        PASSED = "passed", _("all works")
        FAILED = "failed", _("something does not work")

    FINAL = frozenset({Status.PASSED, Status.FAILED})
    MOVES = {
        Status.CALLING: frozenset({Status.ASKED}),
        Status.PASSED: frozenset({Status.CALLING}),
        Status.FAILED: frozenset({Status.ASKED, Status.CALLING}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=64, default=new_token, editable=False)
    # To whom the mail goes that shows whether mail leaves; none where nobody is to be written to.
    mail_to = models.EmailField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    error = models.CharField(max_length=300, blank=True)
    next_check_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    # What has been seen to work so far.
    storage_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    # Before Astria is called: should we die in the call, nothing is posted twice.
    posted_at = models.DateTimeField(null=True)
    tune_called_at = models.DateTimeField(null=True)
    prompt_called_at = models.DateTimeField(null=True)

    objects: ClassVar[TrialQuerySet] = TrialQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("try of the configuration")
        verbose_name_plural = _("tries of the configuration")
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="trial_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["asked", "calling", "passed", "failed"]), name="trial_status_is_known"
            ),
            models.CheckConstraint(
                condition=held_in(Q(next_check_at__isnull=False), always=["asked", "calling"]),
                name="trial_living_is_looked_at",
            ),
            models.CheckConstraint(
                condition=held_in(Q(ended_at__isnull=False), always=["passed", "failed"]),
                name="trial_ended_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(~Q(error=""), always=["failed"]), name="trial_failed_has_error"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}: {self.get_status_display()}"

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Take it for a step; it is due again then if we die meanwhile. False if another worker did."""
        rows = Trial.objects.filter(pk=self.pk, next_check_at=self.next_check_at)
        return bool(rows.update(next_check_at=next_check_at))

    def note(self, step: str) -> None:
        """Write down when a step (storage, mail, posted, tune_called, prompt_called) was, the first time."""
        now, column = timezone.now(), f"{step}_at"
        Trial.objects.filter(pk=self.pk, **{column: None}).update(**{column: now})

    def mark_calling(self, *, next_check_at: datetime) -> bool:
        return self._transition(self.Status.CALLING, next_check_at=next_check_at)

    def look_again_at(self, when: datetime) -> None:
        """A no-op once it is over."""
        Trial.objects.filter(pk=self.pk, status=self.Status.CALLING).update(next_check_at=when)

    def mark_passed(self) -> bool:
        return self._transition(self.Status.PASSED, ended_at=timezone.now())

    def fail(self, error: str) -> bool:
        """End it; `error` is for staff to act on."""
        return self._transition(self.Status.FAILED, ended_at=timezone.now(), error=error)

    def _record(self, to: str, error: str) -> None:
        """It is on nobody's timeline: its page shows all of it."""

    # Properties

    @property
    def was_called(self) -> bool:
        """Whether both callbacks came."""
        return self.tune_called_at is not None and self.prompt_called_at is not None
