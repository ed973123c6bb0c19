"""Credits: whole numbers, an account and a ledger whose lines never change."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models.append_only import AppendOnly, AppendOnlyQuerySet


class NotEnoughCredits(Exception):
    """The account cannot pay: too low a balance, or something is owed (`owed` > 0)."""

    def __init__(self, owed: int = 0) -> None:
        super().__init__(owed)
        self.owed = owed


# How long photos may be kept after their last shoot, in days.
PHOTO_DAYS = (7, 30, 90, 365)


class CreditAccount(models.Model):
    """Owner of credits, photo sets and shoots.

    One per person today. It is a row of its own so that a team can own one later, and so that a
    person can be erased without touching a line of the ledger.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    balance = models.PositiveIntegerField(_("credits"), default=0, editable=False)
    owed = models.PositiveIntegerField(_("owed"), default=0, editable=False)
    # The person's choice: photos go so many days after their last shoot.
    photos_kept_days = models.PositiveSmallIntegerField(_("days photos are kept"), default=30, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("credit account")
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="account_balance_not_negative"),
            models.CheckConstraint(condition=Q(owed__gte=0), name="account_owed_not_negative"),
            models.CheckConstraint(condition=Q(photos_kept_days__in=PHOTO_DAYS), name="account_keeps_photos"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.balance} credits)"

    # Mutators: each writes one line with a unique key, so that saying it twice changes nothing.

    def buy(self, amount: int, *, key: str, note: str = "") -> bool:
        """Add `amount` (> 0) credits that were paid for. False if the line `key` was already written."""
        return self._receive(amount, CreditEntry.Kind.PURCHASE, key=key, note=note)

    def grant(self, amount: int, *, key: str, note: str = "") -> bool:
        """Give `amount` (> 0) credits. False if the line `key` was already written."""
        return self._receive(amount, CreditEntry.Kind.GRANT, key=key, note=note)

    def refund(self, amount: int, *, key: str, note: str = "") -> bool:
        """Return `amount` (> 0) credits. False if the line `key` was already written."""
        return self._receive(amount, CreditEntry.Kind.REFUND, key=key, note=note)

    def spend(self, amount: int, *, key: str, note: str = "") -> bool:
        """Take `amount` (≥ 0) credits. False if the line `key` was already written.

        Raises NotEnoughCredits when the balance is lower, or while anything is owed.
        """

        def take() -> int:
            able = CreditAccount.objects.filter(pk=self.pk, balance__gte=amount, owed=0)
            if not able.update(balance=F("balance") - amount):
                raise NotEnoughCredits(CreditAccount.objects.get(pk=self.pk).owed)
            return -amount

        return self._write(CreditEntry.Kind.SPEND, take, key=key, note=note)

    def reverse(self, amount: int, *, key: str, note: str = "") -> bool:
        """Take back `amount` (> 0) that was bought; what the balance cannot bear becomes owed."""

        def take() -> int:
            account = CreditAccount.objects.select_for_update().get(pk=self.pk)
            from_balance = min(account.balance, amount)
            CreditAccount.objects.filter(pk=self.pk).update(
                balance=F("balance") - from_balance, owed=F("owed") + amount - from_balance
            )
            return -amount

        return self._write(CreditEntry.Kind.REVERSAL, take, key=key, note=note)

    def waive(self, *, key: str, note: str = "") -> bool:
        """Give as much as is owed now. False if nothing is, or the line `key` was already written."""

        def give() -> int:
            account = CreditAccount.objects.select_for_update().get(pk=self.pk)
            CreditAccount.objects.filter(pk=self.pk).update(owed=0)
            return account.owed

        is_owing = CreditAccount.objects.filter(pk=self.pk, owed__gt=0).exists()
        return is_owing and self._write(CreditEntry.Kind.GRANT, give, key=key, note=note)

    def _receive(self, amount: int, kind: CreditEntry.Kind, *, key: str, note: str) -> bool:
        """Add credits, settling first what is owed."""

        def give() -> int:
            account = CreditAccount.objects.select_for_update().get(pk=self.pk)
            settled = min(account.owed, amount)
            CreditAccount.objects.filter(pk=self.pk).update(
                owed=F("owed") - settled, balance=F("balance") + amount - settled
            )
            return amount

        return self._write(kind, give, key=key, note=note)

    def _write(self, kind: CreditEntry.Kind, change: Callable[[], int], *, key: str, note: str) -> bool:
        """Change the account and write its line in one transaction; the key decides who was first.

        Raises IntegrityError if the key is another account's.
        """
        if self.entries.filter(key=key).exists():
            return False
        try:
            with transaction.atomic():
                amount = change()
                self.refresh_from_db(fields=["balance", "owed"])
                CreditEntry.objects.create(
                    account=self,
                    kind=kind,
                    amount=amount,
                    balance_after=self.balance,
                    owed_after=self.owed,
                    key=key,
                    note=note,
                )
        except (IntegrityError, NotEnoughCredits):
            # The same line may just have been written elsewhere, and the credits gone for it.
            if not self.entries.filter(key=key).exists():
                raise
            self.refresh_from_db(fields=["balance", "owed"])
            return False
        return True

    def keep_photos_for(self, days: int) -> None:
        """Remember how long photos are kept after their last shoot: one of PHOTO_DAYS."""
        CreditAccount.objects.filter(pk=self.pk).update(photos_kept_days=days)
        self.photos_kept_days = days

    # Properties

    @property
    def balance_text(self) -> str:
        """The balance in words; in Python because every page shows it."""
        return ngettext("%(n)d credit", "%(n)d credits", self.balance) % {"n": self.balance}


class CreditEntry(AppendOnly):
    """One line of the ledger. Sum of an account's amounts = its balance − what it owes.

    The database refuses to change or delete one, too: accounts/migrations/0002_ledger_never_changes.py.
    """

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("bought")
        GRANT = "grant", _("given")
        SPEND = "spend", _("spent")
        REFUND = "refund", _("refunded")
        REVERSAL = "reversal", _("reversed")

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.IntegerField()
    balance_after = models.PositiveIntegerField()
    owed_after = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=120, unique=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[CreditEntry]] = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("ledger")
        ordering = ["-id"]
        indexes = [
            # The statement of one account, newest first.
            models.Index(fields=["account", "-id"], name="entry_of_account"),
            # The rarest kind.
            models.Index(fields=["-id"], condition=Q(kind="reversal"), name="entry_reversal"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["spend", "reversal"], amount__lte=0)
                | Q(kind__in=["purchase", "grant", "refund"], amount__gte=0),
                name="entry_sign_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d} ({self.kind})"
