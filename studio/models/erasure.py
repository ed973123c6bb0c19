"""What a person had erased, and when: the receipt of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.state import StateModel, storable


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def for_user(self, user: User) -> ErasureQuerySet:
        return self.filter(account=user.credit_account_id)

    def due(self, now: datetime) -> ErasureQuerySet:
        return self.filter(next_check_at__lte=now)


class Erasure(StateModel):
    """An erasure, from the wish to its proof. What is left of it is the receipt: counts and ids.

        asked ──▸ done      nothing is left here, in the storage or at Astria

    It names no person and holds no face. It stays, with the anonymous account, when the person is gone; who
    knows its id may read it.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("under way")
        DONE = "done", _("erased")

    class Scope(models.TextChoices):
        PHOTOS = "photos", _("photos and their model")
        SET = "set", _("photos, their model and the pictures made with it")
        SHOOT = "shoot", _("a shoot and its pictures")
        ACCOUNT = "account", _("the account and all that it held")

    FINAL = frozenset({Status.DONE})
    MOVES = {Status.DONE: frozenset({Status.ASKED})}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="erasures")
    scope = models.CharField(max_length=10, choices=Scope)
    # The photo set, the shoot or the account. Not a foreign key: that is what goes.
    about = models.UUIDField()
    # How many rows of each model went, by its label; and the ids of photo sets, shoots and models.
    counts = models.JSONField(default=dict)
    ids = models.JSONField(default=dict)
    # Astria's ids of prompts that are still to go there; whole models have a TuneDeletion each.
    prompt_ids = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the last row and the last file here were gone, and when Astria had confirmed, too.
    cleared_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ErasureQuerySet] = ErasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("erasure")
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="erasure_due"
            ),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="erasure_by_time"),
            models.Index(fields=["-created_at"], condition=~Q(error=""), name="erasure_in_trouble"),
            models.Index(fields=["about"], name="erasure_about"),
        ]
        constraints = [
            # Asked for twice it is one.
            models.UniqueConstraint(
                fields=["about"], condition=Q(status="asked"), name="one_open_erasure_per_row"
            ),
            models.CheckConstraint(
                condition=Q(status="asked", ended_at__isnull=True, next_check_at__isnull=False)
                | Q(
                    status="done",
                    ended_at__isnull=False,
                    cleared_at__isnull=False,
                    next_check_at__isnull=True,
                ),
                name="erasure_ended_has_times_else_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.about}"

    # Factories

    @classmethod
    def ask_for(
        cls, account: CreditAccount, scope: str, about: uuid.UUID, *, next_check_at: datetime, **known: Any
    ) -> Erasure:
        """Return the open erasure of the row `about`, new or known; a wider wish widens a known one.

        `known`: the id and the time of one that was asked for before.
        """
        given = {"account": account, "scope": scope, "next_check_at": next_check_at, **known}
        erasure, is_new = cls.objects.get_or_create(about=about, status=cls.Status.ASKED, defaults=given)
        if not is_new and scope == cls.Scope.SET and erasure.scope == cls.Scope.PHOTOS:
            erasure.scope = scope
            erasure.save(update_fields=["scope"])
        return erasure

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Take it for an attempt; it is due again at `next_check_at` if we die meanwhile."""
        rows = Erasure.objects.filter(pk=self.pk, next_check_at=self.next_check_at)
        return bool(rows.update(next_check_at=next_check_at))

    def note_gone(self, deleted: Mapping[str, int], **ids: Iterable[object]) -> None:
        """Add to the receipt what went; in the transaction in which it does."""
        self.counts = dict(Counter(self.counts) + Counter(deleted))
        for name, gone in ids.items():
            self.ids[name] = sorted({*self.ids.get(name, []), *map(str, gone)})
        self.save(update_fields=["counts", "ids"])

    def keep_prompts(self, prompt_ids: Iterable[int]) -> None:
        """Note which prompts are still to go at Astria."""
        self.prompt_ids = sorted(set(prompt_ids))
        self.save(update_fields=["prompt_ids"])

    def mark_cleared(self) -> None:
        """Nothing is left here; once more changes nothing."""
        now = timezone.now()
        if Erasure.objects.filter(pk=self.pk, cleared_at=None).update(cleared_at=now):
            self.cleared_at = now

    def look_again_at(self, when: datetime, error: str = "") -> None:
        """It is not over; `error`: what was in the way."""
        known: dict[str, Any] = {"next_check_at": when, "error": storable(error)[:300]}
        if error:
            known["attempts"] = models.F("attempts") + 1
        Erasure.objects.filter(pk=self.pk, status=self.Status.ASKED).update(**known)

    def mark_done(self) -> bool:
        return self._transition(self.Status.DONE, ended_at=timezone.now(), error="")

    def _record(self, to: str, error: str) -> None:
        """It is its own record: the timelines went with what they were about."""

    # Properties

    def get_absolute_url(self) -> str:
        return reverse("studio:receipt", args=[self.pk])
