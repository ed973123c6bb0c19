"""Somebody asks for credits back, and a person decides."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.event import Event
from studio.models.shoot import Shoot
from studio.models.state import StateModel, held_in

MAX_REASON, MAX_ANSWER = 1000, 1000


class RefundRequestQuerySet(models.QuerySet["RefundRequest"]):
    def open(self) -> RefundRequestQuerySet:
        return self.filter(status=RefundRequest.Status.ASKED)


class RefundRequest(StateModel):
    """A wish for credits back for a shoot, once per shoot; staff decide, once.

    asked ──▸ granted        all that was paid and not given back yet, or part of it
    asked ──▸ declined       with the reason in words
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("asked for")
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")

    FINAL = frozenset({Status.GRANTED, Status.DECLINED})
    MOVES = {Status.GRANTED: frozenset({Status.ASKED}), Status.DECLINED: frozenset({Status.ASKED})}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shoot = models.OneToOneField(Shoot, on_delete=models.CASCADE, related_name="refund_request")
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="refund_requests")
    # The person's words, and staff's.
    reason = models.TextField(max_length=MAX_REASON)
    answer = models.TextField(max_length=MAX_ANSWER, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    # In credits.
    granted = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[RefundRequestQuerySet] = RefundRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("request for a refund")
        verbose_name_plural = _("requests for refunds")
        ordering = ["-created_at"]
        indexes = [
            # What waits for staff, the oldest first.
            models.Index(fields=["created_at"], condition=Q(status="asked"), name="refund_request_open"),
            # The admin lists the latest first.
            models.Index(fields=["-created_at"], name="refund_request_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["asked", "granted", "declined"]),
                name="refund_request_status_is_known",
            ),
            models.CheckConstraint(
                condition=held_in(Q(decided_at__isnull=False), always=["granted", "declined"]),
                name="refund_request_decided_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(Q(granted__gt=0), always=["granted"]),
                name="refund_request_granted_has_amount",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(answer=""), name="refund_request_declined_has_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shoot_id} ({self.status})"

    # Mutators

    def mark_granted(self, amount: int, *, answer: str, by: User) -> bool:
        return self._transition(
            self.Status.GRANTED, granted=amount, answer=answer, decided_at=timezone.now(), decided_by=by
        )

    def decline(self, *, answer: str, by: User) -> bool:
        return self._transition(self.Status.DECLINED, answer=answer, decided_at=timezone.now(), decided_by=by)

    def _record(self, to: str, error: str) -> None:
        """Its moves stand on its shoot's timeline, without anybody's words."""
        Event.record(Event.Kind.STAFF, f"request for a refund: {to}", shoot_id=self.shoot_id)
