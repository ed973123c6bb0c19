"""Credits for money: what is on offer, and what somebody bought."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Max, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models.credit import CreditAccount
from accounts.money import amount_text

MOST_AT_ONCE = 20


class Bundle(models.Model):
    """A line of the price list: so many credits for so much money."""

    title = models.CharField(_("title"), max_length=80)
    credits = models.PositiveIntegerField(_("credits"), validators=[MinValueValidator(1)])
    price = models.PositiveIntegerField(
        _("price"),
        validators=[MinValueValidator(1)],
        help_text=_("In the smallest unit of the currency: 2900 is 29.00 EUR, but 2,900 JPY."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[a-z]{3}$", _("Three small letters, as in eur."))],
        help_text=_("Its three letters, as in eur."),
    )
    tax_note = models.CharField(
        _("tax note"), max_length=120, blank=True, help_text=_("Beside the price and on the receipt.")
    )
    is_active = models.BooleanField(_("on offer"), default=True)
    position = models.PositiveIntegerField(_("position"), default=100, help_text=_("Lower comes first."))

    class Meta:
        verbose_name = _("bundle of credits")
        verbose_name_plural = _("price list")
        ordering = ["position", "price", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(credits__gt=0, price__gt=0), name="bundle_is_worth_something"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.price_text})"

    # Properties

    @property
    def price_text(self) -> str:
        return amount_text(self.price, self.currency)


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def due(self, now: datetime) -> PurchaseQuerySet:
        return self.filter(next_check_at__lte=now)

    def make_due(self) -> int:
        """Have Stripe asked about them at once. Returns how many."""
        return self.exclude(session_id=None).update(next_check_at=timezone.now())

    def with_receipt(self) -> PurchaseQuerySet:
        return self.filter(number__isnull=False)

    def revenue_since(self, since: datetime) -> dict[str, int]:
        """Return what was paid since then and has not gone back, by currency, in its smallest unit."""
        paid = self.filter(paid_at__gte=since).order_by().values_list("currency")
        sums = paid.annotate(Sum("paid"), Sum("refunded"), Sum("disputed"))
        return {currency: came - refunded - disputed for currency, came, refunded, disputed in sums}


class Purchase(models.Model):
    """Somebody buys credits at Stripe. What was offered is frozen; what became of it, Stripe says.

        open ──▸ processing            all was filled in; the bank takes its time
        open | processing ──▸ paid     the credits are in the ledger, there is a receipt
        open | processing ──▸ failed   not paid in time, or the bank refused
        failed ──▸ paid                the money came after all
        open | processing | failed ──▸ held     paid, but not what was offered: staff decide

    What is `refunded` or `disputed` afterwards (in money) takes back its share of the credits (`reversed`).
    Every change names the `revision` that it was made for, so that an older answer of Stripe's never
    overwrites a newer one.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("not paid yet")
        PROCESSING = "processing", _("payment under way")
        PAID = "paid", _("paid")
        FAILED = "failed", _("not paid")
        HELD = "held", _("held for the studio")

    FINAL = frozenset({Status.PAID, Status.FAILED, Status.HELD})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="purchases")
    # Frozen when it began.
    title = models.CharField(max_length=80)
    credits = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField(default=1)
    price = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    tax_note = models.CharField(max_length=120, blank=True)

    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    error = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Stripe's names for it.
    session_id = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001  unique, but for none
    payment_intent = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001  as above
    # Once paid: the receipt's number, and the money in the currency's smallest unit.
    number = models.PositiveIntegerField(unique=True, null=True)
    paid_at = models.DateTimeField(null=True)
    paid = models.PositiveIntegerField(default=0)
    refunded = models.PositiveIntegerField(default=0)
    disputed = models.PositiveIntegerField(default=0)
    reversed = models.PositiveIntegerField(default=0)

    objects: ClassVar[PurchaseQuerySet] = PurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("purchase")
        ordering = ["-created_at"]
        indexes = [
            # The clock takes what is due.
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="purchase_due"
            ),
            models.Index(fields=["account", "-created_at"], name="purchases_of_account"),
            # The admin lists the latest first, and what waits for staff.
            models.Index(fields=["-created_at"], name="purchase_by_time"),
            models.Index(fields=["-created_at"], condition=Q(status="held"), name="purchase_held"),
            # The console sums up what was paid in a period.
            models.Index(fields=["paid_at"], condition=Q(paid_at__isnull=False), name="purchase_paid_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "processing", "paid", "failed", "held"]),
                name="purchase_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="paid", number__isnull=False, paid_at__isnull=False)
                | ~Q(status="paid") & Q(number__isnull=True, paid_at__isnull=True, reversed=0),
                name="purchase_paid_has_receipt",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "processing"], next_check_at__isnull=False)
                | ~Q(status__in=["open", "processing"]),
                name="purchase_open_is_looked_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | ~Q(error=""), name="purchase_held_has_error"
            ),
            models.CheckConstraint(
                condition=Q(credits__gt=0, price__gt=0, quantity__gt=0, reversed__lte=F("credits")),
                name="purchase_amounts_fit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_text or self.pk} ({self.status})"

    # Factories

    @classmethod
    def begin(
        cls, account: CreditAccount, bundle: Bundle, quantity: int, *, next_check_at: datetime
    ) -> Purchase:
        """Freeze what `bundle` offers now, `quantity` (≥ 1) times."""
        return cls.objects.create(
            account=account,
            title=bundle.title,
            credits=bundle.credits * quantity,
            quantity=quantity,
            price=bundle.price * quantity,
            currency=bundle.currency,
            tax_note=bundle.tax_note,
            next_check_at=next_check_at,
        )

    # Mutators: each is for the revision at hand; False if somebody else was quicker.

    def name_session(self, session_id: str) -> bool:
        """Note Stripe's session: from here on, what it says counts."""
        return self._move(session_id=session_id)

    def mark_processing(self, payment_intent: str | None) -> bool:
        return self._move(status=self.Status.PROCESSING, payment_intent=payment_intent)

    def fail(self) -> bool:
        """Nobody paid in time, or the bank refused."""
        return self._move(status=self.Status.FAILED, next_check_at=None)

    def hold(self, error: str) -> bool:
        """Money came for something else than was offered: no credits, staff decide."""
        return self._move(status=self.Status.HELD, error=error[:300], next_check_at=None)

    def mark_paid(self, amount: int, payment_intent: str | None) -> bool:
        """The money is there: credits, and a receipt with the next number.

        Raises IntegrityError if another purchase took that number just now.
        """
        with transaction.atomic():
            number = (Purchase.objects.aggregate(last=Max("number"))["last"] or 0) + 1
            moved = self._move(
                status=self.Status.PAID,
                number=number,
                paid=amount,
                paid_at=timezone.now(),
                payment_intent=payment_intent,
                next_check_at=None,
                error="",
            )
            return moved and self.account.buy(self.credits, key=f"purchase:{self.pk}", note=self.ledger_note)

    def take_back(self, *, refunded: int, disputed: int) -> bool:
        """Bring the credits in step with the money that went back, or came again."""
        gone = min(refunded + disputed, self.paid)
        whole = self.credits if gone and gone == self.paid else self.credits * gone // max(self.paid, 1)
        change, key = whole - self.reversed, f"purchase:{self.pk}:{self.revision + 1}"
        with transaction.atomic():
            if not self._move(refunded=refunded, disputed=disputed, reversed=whole):
                return False
            if change > 0:
                note = _now("Payment back: %(what)s") % {"what": self.ledger_note}
                self.account.reverse(change, key=key, note=note)
            elif change < 0:
                note = _now("Payment here again: %(what)s") % {"what": self.ledger_note}
                self.account.buy(-change, key=key, note=note)
        return True

    def look_again_at(self, when: datetime | None, *, looks: int) -> None:
        """Ask Stripe again at `when`; not if somebody made it due, or moved it, meanwhile."""
        rows = Purchase.objects.filter(pk=self.pk, revision=self.revision, next_check_at=self.next_check_at)
        rows.update(next_check_at=when, looks=looks)

    def _move(self, **fields: Any) -> bool:
        rows = Purchase.objects.filter(pk=self.pk, revision=self.revision)
        if not rows.update(revision=F("revision") + 1, **fields):
            return False
        for name, value in (fields | {"revision": self.revision + 1}).items():
            setattr(self, name, value)
        return True

    # Properties

    @property
    def is_final(self) -> bool:
        return self.status in self.FINAL

    @property
    def ledger_note(self) -> str:
        return f"{self.quantity} × {self.title}" if self.quantity > 1 else self.title

    @property
    def number_text(self) -> str:
        """The receipt's number: the year it was paid in, and the count over all years."""
        return f"{timezone.localtime(self.paid_at).year}-{self.number:05}" if self.paid_at else ""

    @property
    def price_text(self) -> str:
        return amount_text(self.price, self.currency)

    @property
    def paid_text(self) -> str:
        return amount_text(self.paid, self.currency)

    @property
    def discount_text(self) -> str:
        """What a coupon took off the price; "" for none."""
        return amount_text(self.price - self.paid, self.currency) if self.price > self.paid else ""

    @property
    def refunded_text(self) -> str:
        return amount_text(self.refunded, self.currency) if self.refunded else ""

    def get_absolute_url(self) -> str:
        return reverse("accounts:purchase", args=[self.pk])
