"""One order of pictures on a tune."""

from __future__ import annotations

import uuid
from datetime import datetime
from math import ceil
from typing import ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from packs.models import Pack, PackPrompt
from studio.models.event import Event
from studio.models.state import StateModel
from studio.models.token import new_token
from studio.models.tune import Tune


class ShootQuerySet(models.QuerySet["Shoot"]):
    def for_user(self, user: User) -> ShootQuerySet:
        return self.filter(account=user.credit_account_id)

    def active(self) -> ShootQuerySet:
        """Ordered and not yet at an end."""
        return self.exclude(status__in=Shoot.FINAL).exclude(status=Shoot.Status.DRAFT)

    def due(self, now: datetime) -> ShootQuerySet:
        return self.filter(next_check_at__lte=now)

    def make_due(self) -> None:
        """Have the clock take them at once; those that nothing is left to do for stay as they are."""
        self.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())


class Shoot(StateModel):
    """A request for pictures: a pack on a new or an existing model.

        draft ──▸ queued ──▸ submitting ──▸ waiting ──▸ generating ──▸ ready | partly
        submitting ──▸ queued                       nothing was sent: again later
        submitting ──▸ unconfirmed                  Astria may have it: look before posting again
        unconfirmed ──▸ waiting                     it was found
        unconfirmed ──▸ submitting                  it was looked for, not found, and is posted again
        submitting | unconfirmed ──▸ generating     Astria has it, and the model is there already
        waiting ──▸ ready | partly                  too late, or all came before we heard of the model
        queued | submitting | unconfirmed | waiting | generating ──▸ failed
        draft | queued ──▸ cancelled                the person took it back

    draft: written down and not paid; it never outlives the order's transaction. queued: paid, waits for
    a worker (or for the site's pause to end). waiting: Astria has it and trains the model. generating:
    the model is there, pictures come. The ends: every ordered picture came (ready), some did (partly),
    none did (failed), or nothing was sent (cancelled).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        QUEUED = "queued", _("queued")
        SUBMITTING = "submitting", _("being submitted")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")
        WAITING = "waiting", _("training")
        GENERATING = "generating", _("taking pictures")
        READY = "ready", _("ready")
        PARTLY = "partly", _("partly ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    FINAL = frozenset({Status.READY, Status.PARTLY, Status.FAILED, Status.CANCELLED})
    AT_ASTRIA = frozenset({Status.WAITING, Status.GENERATING})
    # Ends that the person is written to about: what they cancelled they know.
    TOLD_BY_MAIL = FINAL - {Status.CANCELLED}
    MOVES = {
        Status.QUEUED: frozenset({Status.DRAFT, Status.SUBMITTING}),
        Status.SUBMITTING: frozenset({Status.QUEUED, Status.UNCONFIRMED}),
        Status.UNCONFIRMED: frozenset({Status.SUBMITTING}),
        Status.WAITING: frozenset({Status.SUBMITTING, Status.UNCONFIRMED}),
        Status.GENERATING: frozenset({Status.SUBMITTING, Status.UNCONFIRMED, Status.WAITING}),
        Status.READY: frozenset({Status.WAITING, Status.GENERATING}),
        Status.PARTLY: frozenset({Status.WAITING, Status.GENERATING}),
        Status.FAILED: frozenset(
            {Status.QUEUED, Status.SUBMITTING, Status.UNCONFIRMED, Status.WAITING, Status.GENERATING}
        ),
        Status.CANCELLED: frozenset({Status.DRAFT, Status.QUEUED}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="shoots")
    tune = models.ForeignKey(Tune, on_delete=models.CASCADE, related_name="shoots")
    # The tune was ordered together with this shoot: what is posted trains it.
    trains = models.BooleanField()
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    # The photo set and how many orders it had seen: the same form sent twice, or from two tabs, is one order.
    order_key = models.CharField(max_length=64, unique=True)
    callback_token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)

    # Frozen at order.
    price = models.PositiveIntegerField()
    refunded = models.PositiveIntegerField(default=0)
    expected_prompts = models.PositiveIntegerField()
    expected_images = models.PositiveIntegerField()

    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    error = models.CharField(max_length=300, blank=True)
    next_check_at = models.DateTimeField(null=True)
    # How often it was posted, and how often it was looked for since something last changed.
    attempts = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    # The tune's highest prompt id seen before posting: what is ours lies above it.
    prompt_watermark = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    queued_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    generating_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[ShootQuerySet] = ShootQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="shoot_due"
            ),
            models.Index(fields=["account", "-created_at"], name="shoots_of_account"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "queued",
                        "submitting",
                        "unconfirmed",
                        "waiting",
                        "generating",
                        "ready",
                        "partly",
                        "failed",
                        "cancelled",
                    ]
                ),
                name="shoot_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("price")), name="shoot_refund_within_price"
            ),
            models.CheckConstraint(condition=Q(expected_images__gt=0), name="shoot_expects_images"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(status="cancelled") | Q(queued_at__isnull=False),
                name="shoot_ordered_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["waiting", "generating", "ready", "partly"])
                | Q(submitted_at__isnull=False),
                name="shoot_at_astria_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["waiting", "generating"]) | Q(deadline_at__isnull=False),
                name="shoot_at_astria_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ready", "partly", "failed", "cancelled"], ended_at__isnull=False)
                | (~Q(status__in=["ready", "partly", "failed", "cancelled"]) & Q(ended_at__isnull=True)),
                name="shoot_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error=""), name="shoot_failed_has_error"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "ready", "partly", "failed", "cancelled"])
                | Q(next_check_at__isnull=False),
                name="shoot_living_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.pk})"

    # Mutators

    def mark_queued(self, *, next_check_at: datetime) -> bool:
        """Paid, or put back because nothing was sent."""
        queued_at = self.queued_at or timezone.now()
        return self._transition(self.Status.QUEUED, next_check_at=next_check_at, queued_at=queued_at)

    def set_watermark(self, prompt_id: int) -> None:
        """Note the tune's highest prompt id before posting; a no-op once the shoot left the queue."""
        Shoot.objects.filter(pk=self.pk, status=self.Status.QUEUED).update(prompt_watermark=prompt_id)
        self.prompt_watermark = prompt_id

    def claim_for_submission(self, *, next_check_at: datetime, from_: frozenset[str]) -> bool:
        """Take the shoot for posting, and write down that we are about to: first this, then the call."""
        return self._transition(
            self.Status.SUBMITTING, from_=from_, next_check_at=next_check_at, attempts=self.attempts + 1
        )

    def mark_unconfirmed(self, *, next_check_at: datetime) -> bool:
        return self._transition(self.Status.UNCONFIRMED, next_check_at=next_check_at, looks=0)

    def mark_waiting(self, *, next_check_at: datetime, deadline_at: datetime) -> bool:
        return self._transition(
            self.Status.WAITING,
            next_check_at=next_check_at,
            deadline_at=deadline_at,
            submitted_at=timezone.now(),
            looks=0,
        )

    def mark_generating(self, *, next_check_at: datetime, deadline_at: datetime) -> bool:
        now = timezone.now()
        return self._transition(
            self.Status.GENERATING,
            next_check_at=next_check_at,
            deadline_at=deadline_at,
            submitted_at=self.submitted_at or now,
            generating_at=now,
            looks=0,
        )

    def finish(
        self, status: str, *, mail_by: datetime, error: str = "", from_: frozenset[str] | None = None
    ) -> bool:
        """End as `ready`, `partly` or `failed` (then with the reason in a person's words).

        The shoot stays due at `mail_by` until the person was written to. `from_` narrows the states it
        may be in.
        """
        return self._transition(
            status, from_=from_, ended_at=timezone.now(), error=error, next_check_at=mail_by
        )

    def cancel(self) -> bool:
        """Take the order back; only while it is queued."""
        return self._transition(self.Status.CANCELLED, ended_at=timezone.now())

    def look_again_at(self, when: datetime, *, looks: int) -> None:
        """Look at this shoot next at `when`; a no-op once it is final."""
        rows = Shoot.objects.filter(pk=self.pk).exclude(status__in=self.FINAL)
        rows.update(next_check_at=when, looks=looks)
        self.next_check_at, self.looks = when, looks

    def count_look(self, when: datetime) -> bool:
        """Count a look that did not find the unconfirmed order. False if another task counted it."""
        rows = Shoot.objects.filter(pk=self.pk, status=self.Status.UNCONFIRMED, looks=self.looks)
        self.looks += 1
        return bool(rows.update(next_check_at=when, looks=self.looks))

    def refund(self, amount: int, *, key: str, note: str) -> int:
        """Give back `amount` credits, never more in all than the price. Returns what was given now."""
        with transaction.atomic():
            shoot = Shoot.objects.select_for_update().get(pk=self.pk)
            amount = min(amount, shoot.price - shoot.refunded)
            if amount <= 0 or not shoot.account.refund(amount, key=f"shoot:{self.pk}:{key}", note=note):
                return 0
            Shoot.objects.filter(pk=self.pk).update(refunded=F("refunded") + amount)
            Event.record(Event.Kind.MONEY, f"refund {key}: {amount}", shoot=self, data={"amount": amount})
        self.refunded = shoot.refunded + amount
        return amount

    def claim_mail(self) -> bool:
        """Take the right to write to the person about the end. True once."""
        rows = Shoot.objects.filter(pk=self.pk, mailed_at=None, status__in=self.TOLD_BY_MAIL)
        return bool(rows.update(mailed_at=timezone.now(), next_check_at=None))

    def mail_again_at(self, when: datetime | None) -> None:
        """Undo `claim_mail`: the mail did not leave. None: it is given up."""
        Shoot.objects.filter(pk=self.pk).update(mailed_at=None, next_check_at=when)

    # Queries

    def shots(self) -> models.QuerySet[PackPrompt]:
        """Return the template prompts that were ordered."""
        return PackPrompt.objects.filter(pack_class__pack=self.pack_id, pack_class__name=self.tune.class_name)

    def share_of_price(self, images: int) -> int:
        """Return what `images` of the ordered pictures cost, rounded in the person's favour."""
        return ceil(self.price * images / self.expected_images)

    # Properties

    @property
    def folder(self) -> str:
        return f"u/{self.account_id}/shoots/{self.pk}"

    @property
    def images_per_prompt(self) -> int:
        return max(1, round(self.expected_images / max(1, self.expected_prompts)))

    @property
    def was_posted(self) -> bool:
        """Whether Astria may have prompts of this shoot."""
        return self.attempts > 0 or self.submitted_at is not None

    @property
    def is_cancellable(self) -> bool:
        return self.status == self.Status.QUEUED

    def get_absolute_url(self) -> str:
        return reverse("studio:shoot", args=[self.pk])
