"""A mail to a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount
from studio.models.event import Event
from studio.models.photo import PhotoSet
from studio.models.shoot import Shoot
from studio.models.state import StateModel
from studio.models.tune import Tune


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, now: datetime) -> LetterQuerySet:
        return self.filter(next_check_at__lte=now)


class Letter(StateModel):
    """A mail about a turn of events, written down in the same transaction as the turn itself.

        waiting ──▸ sending ──▸ sent
        sending | unknown ──▸ waiting           it certainly did not leave: again later
        sending ──▸ unknown                     it may have left: not sent again by itself, staff see it
        unknown ──▸ sent                        the worker was only slow
        waiting | sending | unknown ──▸ dropped  nobody to write to, no longer true, no way for a day
        dropped ──▸ waiting                     staff had it sent after all

    Never two: `key` names the turn of events and is unique, and only who moved it to `sending` sends.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("perhaps sent")
        DROPPED = "dropped", _("not sent")

    class Kind(models.TextChoices):
        READY = "ready", _("pictures ready")
        PARTLY = "partly", _("some pictures ready")
        FAILED = "failed", _("failed")
        # About a model: the end of its time, a week and a day before, and that it could not be put off.
        ENDS_IN_A_WEEK = "ends_in_a_week", _("model ends in a week")
        ENDS_IN_A_DAY = "ends_in_a_day", _("model ends in a day")
        NOT_KEPT = "not_kept", _("model not kept")
        # What staff decided about a wish for credits back.
        REFUND_GRANTED = "refund_granted", _("refund granted")
        REFUND_DECLINED = "refund_declined", _("refund declined")
        # About a photo set: staff have looked at its photos.
        REVIEWED = "reviewed", _("photos looked at")

    FINAL = frozenset({Status.SENT, Status.UNKNOWN, Status.DROPPED})
    MOVES = {
        Status.WAITING: frozenset({Status.SENDING, Status.UNKNOWN, Status.DROPPED}),
        Status.SENDING: frozenset({Status.WAITING}),
        Status.SENT: frozenset({Status.SENDING, Status.UNKNOWN}),
        Status.UNKNOWN: frozenset({Status.SENDING}),
        Status.DROPPED: frozenset({Status.WAITING, Status.SENDING, Status.UNKNOWN}),
    }

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="letters")
    shoot = models.ForeignKey(Shoot, on_delete=models.CASCADE, null=True, related_name="letters")
    tune = models.ForeignKey(Tune, on_delete=models.CASCADE, null=True, related_name="letters")
    photo_set = models.ForeignKey(PhotoSet, on_delete=models.CASCADE, null=True, related_name="letters")
    # What it says beyond what the shoot or the tune says when it is sent.
    facts = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[LetterQuerySet] = LetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="letter_due"
            ),
            # The admin lists what may not have arrived.
            models.Index(
                fields=["-id"], condition=Q(status="unknown") | Q(status="dropped"), name="letter_not_sent"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sending", "sent", "unknown", "dropped"]),
                name="letter_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="letter_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["unknown", "dropped"]) | ~Q(error=""), name="letter_unsent_has_error"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["waiting", "sending"]) | Q(next_check_at__isnull=False),
                name="letter_living_is_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(shoot__isnull=False, tune__isnull=True, photo_set__isnull=True)
                | Q(shoot__isnull=True, tune__isnull=False, photo_set__isnull=True)
                | Q(shoot__isnull=True, tune__isnull=True, photo_set__isnull=False),
                name="letter_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    # Mutators

    def claim(self, *, next_check_at: datetime) -> bool:
        """Take the right to send it. If we die meanwhile, it is due at `next_check_at`, as unknown."""
        return self._transition(self.Status.SENDING, next_check_at=next_check_at, attempts=self.attempts + 1)

    def mark_sent(self) -> bool:
        return self._transition(self.Status.SENT, sent_at=timezone.now(), error="")

    def send_again_at(self, when: datetime, error: str = "") -> bool:
        """It certainly did not leave: it is due at `when`."""
        return self._transition(self.Status.WAITING, next_check_at=when, error=error)

    def send_after_all_at(self, when: datetime) -> bool:
        """Staff want it sent. False for one that was sent, or that somebody is about to send."""
        given_up = frozenset({self.Status.UNKNOWN, self.Status.DROPPED})
        return self._transition(self.Status.WAITING, from_=given_up, next_check_at=when, error="")

    def mark_unknown(self, error: str) -> bool:
        return self._transition(self.Status.UNKNOWN, error=error)

    def drop(self, reason: str) -> bool:
        return self._transition(self.Status.DROPPED, error=reason)

    def _record(self, to: str, error: str) -> None:
        """Of a mail's moves, its end stands on the timeline of what it is about."""
        if to == self.Status.SENT:
            Event.record(Event.Kind.MAIL, f"mail: {self.kind}", **self._about)
        elif to == self.Status.UNKNOWN:
            text = f"mail {self.kind}: may or may not have left ({error}); not sent again"
            Event.record(Event.Kind.TROUBLE, text, **self._about)
        elif to == self.Status.DROPPED:
            kind = Event.Kind.TROUBLE if self.attempts else Event.Kind.MAIL
            Event.record(kind, f"mail {self.kind}: not sent ({error})", **self._about)

    # Properties

    @property
    def is_still_true(self) -> bool:
        """Whether what it announces is still to come: a model may have been extended, or be gone."""
        tune = self.tune
        if tune is None or "ends_at" not in self.facts:
            return True
        return tune.ends_at is not None and self.facts["ends_at"] == tune.ends_at.isoformat()

    @property
    def _about(self) -> dict[str, Any]:
        return {"shoot_id": self.shoot_id, "tune_id": self.tune_id}

    @property
    def message_id(self) -> str:
        """Its Message-ID without the host: the same on every attempt, so that a mail server can tell."""
        return uuid5(NAMESPACE_URL, self.key).hex
