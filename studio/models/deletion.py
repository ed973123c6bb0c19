"""A model that is to be gone at Astria, too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.event import Event
from studio.models.state import StateModel, storable
from studio.models.tune import Tune


class TuneDeletionQuerySet(models.QuerySet["TuneDeletion"]):
    def due(self, now: datetime) -> TuneDeletionQuerySet:
        return self.filter(next_check_at__lte=now)


class TuneDeletion(StateModel):
    """A tune and its prompts that are to be deleted at Astria. Its id is the tune's, and so its title there.

        asked ──▸ done        Astria confirmed it, or had nothing left

    It names no row, so that the tune's own may go before Astria has confirmed.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("asked for")
        DONE = "done", _("deleted")

    FINAL = frozenset({Status.DONE})
    MOVES = {Status.DONE: frozenset({Status.ASKED})}

    id = models.UUIDField(primary_key=True, editable=False)
    # As we know it; else it is looked for by its title.
    astria_id = models.BigIntegerField(null=True)
    # Astria's ids of prompts that are still to go; its own list of the tune's comes on top.
    prompt_ids = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[TuneDeletionQuerySet] = TuneDeletionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("deletion of a model")
        verbose_name_plural = _("deletions of models")
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="tune_deletion_due"
            ),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="deletion_by_time"),
            models.Index(fields=["astria_id"], name="deletion_by_astria_id"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="asked", ended_at__isnull=True, next_check_at__isnull=False)
                | Q(status="done", ended_at__isnull=False, next_check_at__isnull=True),
                name="tune_deletion_ended_has_time_else_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    # Factories

    @classmethod
    def ask_for(
        cls, tune: Tune, prompt_ids: Iterable[int], *, next_check_at: datetime
    ) -> tuple[TuneDeletion, bool]:
        """Write down that `tune` is to go; asked for twice it is one. Returns whether it is new, too."""
        return cls.objects.get_or_create(
            pk=tune.pk,
            defaults={
                "astria_id": tune.astria_id,
                "prompt_ids": sorted(prompt_ids),
                "next_check_at": next_check_at,
            },
        )

    # Queries

    @classmethod
    def is_asked_for(cls, tune_id: uuid.UUID) -> bool:
        return cls.objects.filter(pk=tune_id).exists()

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Take it for an attempt; it is due again at `next_check_at` if we die meanwhile."""
        rows = TuneDeletion.objects.filter(pk=self.pk, next_check_at=self.next_check_at)
        return bool(rows.update(next_check_at=next_check_at))

    def name_tune(self, astria_id: int) -> None:
        """Note under which id Astria has it."""
        self._open().update(astria_id=astria_id)
        self.astria_id = astria_id

    def keep_prompts(self, prompt_ids: Iterable[int]) -> None:
        """Note which prompts are still to go."""
        self.prompt_ids = sorted(prompt_ids)
        self._open().update(prompt_ids=self.prompt_ids)

    def look_again_at(self, when: datetime) -> None:
        """Nothing went wrong, but it is not over."""
        self._open().update(next_check_at=when)

    def put_off(self, when: datetime, error: str) -> None:
        """It did not work: it is due at `when`."""
        error = storable(error)[:300]
        self._open().update(next_check_at=when, error=error, attempts=F("attempts") + 1)

    def mark_done(self) -> bool:
        return self._transition(self.Status.DONE, ended_at=timezone.now(), error="", prompt_ids=[])

    def _open(self) -> TuneDeletionQuerySet:
        return TuneDeletion.objects.filter(pk=self.pk, status=self.Status.ASKED)

    def _record(self, to: str, error: str) -> None:
        """It stands on its model's timeline, while that is there."""
        if Tune.objects.filter(pk=self.pk).exists():
            Event.record(Event.Kind.STATE, "deleted at Astria", tune_id=self.pk)
