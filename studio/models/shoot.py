"""One order of pictures on a tune."""

from __future__ import annotations

import uuid
from datetime import datetime
from math import ceil
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from packs.models import Pack, PackPrompt
from studio import pace
from studio.models.event import Event
from studio.models.state import StateModel, held_in
from studio.models.token import new_token
from studio.models.tune import Tune

# For the constraints: where Astria has the order, or had it; where it was about to have it at least once.
_TAKEN = ["waiting", "generating", "ready", "partly"]
_POSTED = ["submitting", "unconfirmed", *_TAKEN]
_LIVING = ["queued", "submitting", "unconfirmed", "waiting", "generating"]
_TOLD = ["ready", "partly", "failed"]


class ShootQuerySet(models.QuerySet["Shoot"]):
    def for_user(self, user: User) -> ShootQuerySet:
        return self.filter(account=user.credit_account_id)

    def active(self) -> ShootQuerySet:
        """Ordered and not yet at an end."""
        return self.exclude(status__in=Shoot.FINAL).exclude(status=Shoot.Status.DRAFT)

    def due(self, now: datetime) -> ShootQuerySet:
        return self.filter(next_check_at__lte=now)

    def with_prompts_to_come(self) -> ShootQuerySet:
        """Themes that Astria has, and has not yet announced every prompt of."""
        announced = self.filter(kind=Shoot.Kind.THEME, status__in=Shoot.AT_ASTRIA)
        return announced.annotate(known=Count("prompts")).filter(known__lt=F("expected_prompts"))

    def late(self, now: datetime) -> ShootQuerySet:
        """Those that take so long that people are told: see studio.progress.is_late."""
        stage_began = Coalesce("generating_at", "submitted_at", "queued_at")
        announced = Q(status=Shoot.Status.WAITING, tune__eta__isnull=False)
        # What lives is looked at, and has an index.
        living = self.filter(next_check_at__isnull=False).annotate(stage_began_at=stage_began)
        return living.filter(
            announced & Q(tune__eta__lt=now - pace.LATE_AFTER)
            | ~announced & Q(stage_began_at__lt=now - 2 * pace.LATE_AFTER)
        )

    def make_due(self) -> None:
        """Have the clock take them at once; those that nothing is left to do for stay as they are."""
        self.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())


class Shoot(StateModel):
    """A request for pictures: a pack on a new or an existing model, or a theme, a written prompt or more
    pictures like a shot on an existing one.

        draft ──▸ queued ──▸ submitting ──▸ waiting ──▸ generating ──▸ ready | partly
        submitting ──▸ queued                       nothing was sent: again later
        submitting ──▸ unconfirmed                  Astria may have it: look before posting again
        unconfirmed ──▸ waiting                     it was found
        unconfirmed ──▸ submitting                  it was looked for, not found, and is posted again
        submitting | unconfirmed ──▸ generating     Astria has it, and the model is there already
        waiting ──▸ ready | partly                  too late, or all came before we heard of the model
        queued | submitting | unconfirmed | waiting | generating ──▸ failed
        queued ──▸ cancelled                        the person took it back

    draft: written down and not paid; it never outlives the order's transaction. queued: paid, waits for
    a worker (or for the site's pause to end). waiting: Astria has it and trains the model. generating:
    the model is there, pictures come. The ends: every ordered picture came (ready), some did (partly),
    none did (failed), or nothing was sent (cancelled).

    `wish` is what was asked for, frozen at order, by kind:
    pack: `prompt_ids`, Astria's ids of the shots, if not the whole pack was ordered; theme: `theme`,
    `num_images` each, `aspect` if any; prompt: `text`, `seed`, `num_images`, `look` (studio.wishes.Look) if
    any; more: `prompt_id`, Astria's id of the shot to make again, its `text`, the new `seed`, `num_images`.
    """

    class Kind(models.TextChoices):
        PACK = "pack", _("pack")
        THEME = "theme", _("theme")
        PROMPT = "prompt", _("written prompt")
        MORE = "more", _("more like a shot")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        QUEUED = "queued", _("queued")
        SUBMITTING = "submitting", _("being submitted")
        UNCONFIRMED = "unconfirmed", _("being confirmed")
        WAITING = "waiting", _("training")
        GENERATING = "generating", _("taking pictures")
        READY = "ready", _("ready")
        PARTLY = "partly", _("partly ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    FINAL = frozenset({Status.READY, Status.PARTLY, Status.FAILED, Status.CANCELLED})
    AT_ASTRIA = frozenset({Status.WAITING, Status.GENERATING})
    # Nobody knows whether Astria has it.
    UNANSWERED = frozenset({Status.SUBMITTING, Status.UNCONFIRMED})
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
        Status.CANCELLED: frozenset({Status.QUEUED}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="shoots")
    tune = models.ForeignKey(Tune, on_delete=models.CASCADE, related_name="shoots")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PACK)
    # The tune was ordered together with this shoot: what is posted trains it.
    trains = models.BooleanField()
    # Its index is the one below.
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    wish = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    # A shot of that shoot, made again for nothing.
    redo_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="redos")
    # What it was ordered from and the key of the form: sent twice, or from two tabs, it is one order.
    order_key = models.CharField(max_length=110, unique=True)
    callback_token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)

    # Frozen at order.
    price = models.PositiveIntegerField()
    # What Astria should charge us for it, in milli-cents: an estimate, for the caps and for margins.
    cost_mc = models.PositiveBigIntegerField(default=0, editable=False)
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

    objects: ClassVar[ShootQuerySet] = ShootQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="shoot_due"
            ),
            models.Index(fields=["account", "-created_at"], name="shoots_of_account"),
            # The console counts the orders of a period.
            models.Index(fields=["queued_at", "status"], name="shoots_by_time"),
            # How long shoots take is learnt from the latest that ended.
            models.Index(fields=["-ended_at"], condition=Q(ended_at__isnull=False), name="shoots_by_end"),
            # The latest orders of a pack, of which its figures are made.
            models.Index(fields=["pack", "-queued_at"], name="shoots_of_pack"),
            # What a day has cost.
            models.Index(fields=["created_at"], name="shoot_by_day"),
            # The admin lists those that did not end as ordered.
            models.Index(
                fields=["-created_at"],
                condition=Q(status="partly") | Q(status="failed") | Q(status="cancelled"),
                name="shoot_ended_otherwise",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["redo_of"],
                condition=~Q(status__in=["failed", "cancelled"]),
                name="one_free_redo_per_shoot",
            ),
            models.CheckConstraint(condition=Q(redo_of=None) | Q(price=0), name="shoot_redo_is_free"),
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
                condition=Q(kind="pack", pack__isnull=False)
                | Q(kind__in=["theme", "prompt", "more"], pack__isnull=True, trains=False),
                name="shoot_kind_has_pack",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("price")), name="shoot_refund_within_price"
            ),
            models.CheckConstraint(
                condition=Q(expected_images__gt=0, expected_prompts__gt=0), name="shoot_expects_images"
            ),
            models.CheckConstraint(
                condition=held_in(Q(queued_at__isnull=True), always=["draft"]),
                name="shoot_ordered_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(Q(attempts__gt=0), always=_POSTED, maybe=["queued", "failed", "cancelled"]),
                name="shoot_posted_has_attempts",
            ),
            models.CheckConstraint(
                condition=held_in(Q(submitted_at__isnull=False), always=_TAKEN, maybe=["failed"]),
                name="shoot_at_astria_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(Q(deadline_at__isnull=False), always=_TAKEN, maybe=["failed"]),
                name="shoot_at_astria_has_deadline",
            ),
            models.CheckConstraint(
                condition=held_in(Q(generating_at__isnull=False), always=["generating"], maybe=_TOLD),
                name="shoot_generating_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(Q(ended_at__isnull=False), always=[*_TOLD, "cancelled"]),
                name="shoot_ended_has_time",
            ),
            models.CheckConstraint(
                condition=held_in(~Q(error=""), always=["failed"], maybe=["partly"]),
                name="shoot_failed_has_error",
            ),
            models.CheckConstraint(
                condition=held_in(Q(next_check_at__isnull=False), always=_LIVING),
                name="shoot_living_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_note} ({self.pk})"

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

    def finish(self, status: str, *, error: str = "", from_: frozenset[str] | None = None) -> bool:
        """End as `ready`, `partly` or `failed`, the latter two with the reason in a person's words.

        `from_` narrows the states it may be in.
        """
        return self._transition(status, from_=from_, ended_at=timezone.now(), error=error)

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
            # Without its key: callbacks that come for it meanwhile need not wait.
            shoot = Shoot.objects.select_for_update(no_key=True).get(pk=self.pk)
            amount = min(amount, shoot.price - shoot.refunded)
            if amount <= 0 or not shoot.account.refund(amount, key=f"shoot:{self.pk}:{key}", note=note):
                return 0
            Shoot.objects.filter(pk=self.pk).update(refunded=F("refunded") + amount)
            Event.record(Event.Kind.MONEY, f"refund {key}: {amount}", shoot=self, data={"amount": amount})
        self.refunded = shoot.refunded + amount
        return amount

    # Queries

    def shots(self) -> models.QuerySet[PackPrompt]:
        """Return the template prompts that were ordered; none but of a pack."""
        # Also those that Astria has taken out of the pack since.
        shots = PackPrompt.with_missing.filter(
            pack_class__pack=self.pack_id or 0, pack_class__name=self.tune.class_name
        )
        chosen = self.wish.get("prompt_ids")
        return shots.filter(astria_id__in=chosen) if chosen else shots

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
        return self.attempts > 0 and self.status not in {self.Status.QUEUED, self.Status.CANCELLED}

    @property
    def ledger_note(self) -> str:
        """What the ledger says: the pack's title, else the kind. Its lines outlive the person's own words."""
        return self.pack.title if self.pack else str(self.get_kind_display())

    @property
    def is_cancellable(self) -> bool:
        return self.status == self.Status.QUEUED

    @property
    def shares_url(self) -> str:
        return reverse("studio:shares", args=[self.pk])

    def get_absolute_url(self) -> str:
        return reverse("studio:shoot", args=[self.pk])
