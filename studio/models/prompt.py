"""One Astria prompt of a shoot: a shot."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.event import Event
from studio.models.shoot import Shoot
from studio.models.state import StateModel, fitting, held_in, storable


class PromptQuerySet(models.QuerySet["Prompt"]):
    def with_unsent_likes(self, now: datetime) -> PromptQuerySet:
        """Prompts whose like Astria does not know of yet, and is due to be told."""
        return self.filter(like_check_at__lte=now)

    def want_like(self, wanted: bool) -> int:
        """Write down what the person's likes add up to. Returns for how many that changed."""
        changed = self.exclude(like_wanted=wanted)
        return changed.update(like_wanted=wanted, like_check_at=timezone.now(), like_attempts=0)

    def stop_waiting(self, error: str) -> int:
        """Fail those that are still waited for. Returns how many."""
        now, waiting = timezone.now(), self.filter(status=Prompt.Status.WAITING)
        return waiting.update(status=Prompt.Status.FAILED, error=error, finished_at=now, updated_at=now)


class Prompt(StateModel):
    """A prompt at Astria.

        waiting ──▸ ready | failed      ready: it has pictures; failed: Astria said why, or its shoot ended
        failed ──▸ ready                pictures came all the same

    It has no `next_check_at` of its own: a look at its shoot is a look at all its prompts, and the shoot has
    one until it ends.

    `like_wanted` is what the person's likes add up to, `like_confirmed` what Astria was told;
    while they differ there is a `like_check_at`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    FINAL = frozenset({Status.READY, Status.FAILED})
    MOVES = {
        Status.READY: frozenset({Status.WAITING, Status.FAILED}),
        Status.FAILED: frozenset({Status.WAITING}),
    }

    shoot = models.ForeignKey(Shoot, on_delete=models.CASCADE, related_name="prompts")
    astria_id = models.BigIntegerField(unique=True)
    orig_prompt_id = models.BigIntegerField(null=True)
    # From 1: its place in the pack if Astria says which shot it is, else the order in which prompts came.
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    seed = models.BigIntegerField(null=True)
    expected_images = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)
    like_wanted = models.BooleanField(default=False)
    like_confirmed = models.BooleanField(default=False)
    like_check_at = models.DateTimeField(null=True)
    like_attempts = models.PositiveIntegerField(default=0)
    # A worker tells Astria until then; if it died, the next one may.
    like_claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PromptQuerySet] = PromptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["astria_id"]
        verbose_name = _("shot")
        indexes = [
            # The clock takes likes that are due.
            models.Index(
                fields=["like_check_at"], condition=Q(like_check_at__isnull=False), name="prompt_like_due"
            ),
            # The admin lists what did not come, or not yet.
            models.Index(
                fields=["astria_id"],
                condition=Q(status="failed") | Q(status="waiting"),
                name="prompt_missing",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "ready", "failed"]), name="prompt_status_is_known"
            ),
            models.CheckConstraint(
                condition=held_in(Q(finished_at__isnull=False), always=["ready", "failed"]),
                name="prompt_final_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(~Q(error=""), always=["failed"]), name="prompt_failed_has_error"
            ),
            models.CheckConstraint(
                condition=Q(like_wanted=F("like_confirmed")) | Q(like_check_at__isnull=False),
                name="prompt_unsent_like_is_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.astria_id)

    # Mutators

    def mark_ready(self) -> bool:
        return self._transition(self.Status.READY, finished_at=timezone.now(), error="")

    def fail(self, error: str) -> bool:
        error = storable(error).strip() or "?"
        return self._transition(self.Status.FAILED, finished_at=timezone.now(), error=error)

    def learn(self, **said: Any) -> None:
        """Keep what Astria said of the prompt."""
        fields = fitting(Prompt, said)
        if fields:
            Prompt.objects.filter(pk=self.pk).update(**fields)

    def claim_like(self, *, until: datetime) -> bool:
        """Take a like for telling, `until` when nobody else may; then it is due again."""
        free = Q(like_claimed_until=None) | Q(like_claimed_until__lte=timezone.now())
        rows = Prompt.objects.filter(free, pk=self.pk, like_check_at=self.like_check_at)
        return bool(rows.update(like_check_at=until, like_claimed_until=until))

    def confirm_like(self, told: bool) -> None:
        """Astria knows `told`. If the person changed their mind meanwhile, it stays due."""
        rows = Prompt.objects.filter(pk=self.pk)
        known = {"like_confirmed": told, "like_claimed_until": None}
        rows.filter(like_wanted=told).update(**known, like_check_at=None, like_attempts=0)
        rows.exclude(like_wanted=told).update(**known, like_check_at=timezone.now())

    def retry_like_at(self, when: datetime) -> None:
        rows = Prompt.objects.filter(pk=self.pk, like_check_at__isnull=False)
        rows.update(like_check_at=when, like_claimed_until=None, like_attempts=F("like_attempts") + 1)

    def _record(self, to: str, error: str) -> None:
        """A prompt's moves stand on its shoot's timeline only when something is wrong."""
        if to == self.Status.FAILED:
            text = f"prompt {self.astria_id} failed ({error})"
            Event.record(Event.Kind.TROUBLE, text, shoot_id=self.shoot_id)
