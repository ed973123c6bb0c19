"""Credits: whole numbers, an account and a ledger whose lines never change."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Never

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class NotEnoughCredits(Exception):
    """The account cannot pay: too low a balance, or something is owed."""


class CreditAccount(models.Model):
    """Owner of credits, photo sets and shoots.

    One per person today. It is a row of its own so that a team can own one later, and so that a
    person can be erased without touching a line of the ledger.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    balance = models.PositiveIntegerField(_("credits"), default=0, editable=False)
    owed = models.PositiveIntegerField(_("owed"), default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("credit account")
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="account_balance_not_negative"),
            models.CheckConstraint(condition=Q(owed__gte=0), name="account_owed_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.balance} credits)"

    # Mutators: each writes one line with a unique key, so that saying it twice changes nothing.

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
                raise NotEnoughCredits
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

    def _write(self, kind: CreditEntry.Kind, change: Any, *, key: str, note: str) -> bool:
        """Change the account and write its line in one transaction; the key decides who was first."""
        if CreditEntry.objects.filter(key=key).exists():
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
            if not CreditEntry.objects.filter(key=key).exists():
                raise
            self.refresh_from_db(fields=["balance", "owed"])
            return False
        return True

    # Properties

    @property
    def balance_text(self) -> str:
        """The balance in words; in Python because every page shows it."""
        return ngettext("%(n)d credit", "%(n)d credits", self.balance) % {"n": self.balance}


class CreditEntryQuerySet(models.QuerySet["CreditEntry"]):
    """Lines of the ledger can be read and added, nothing else."""

    def update(self, **fields: Any) -> Never:
        raise TypeError("Lines of the ledger are never changed: write another one")

    def delete(self) -> Never:
        raise TypeError("Lines of the ledger are never deleted: write another one")


class CreditEntry(models.Model):
    """One line of the ledger. Sum of an account's amounts = its balance − what it owes."""

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

    objects: ClassVar[models.Manager[CreditEntry]] = CreditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("ledger")
        ordering = ["-id"]
        indexes = [
            # The statement of one account, newest first.
            models.Index(fields=["account", "-id"], name="entry_of_account"),
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

    # Mutators

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line. Raises TypeError for one that exists."""
        if not self._state.adding:
            raise TypeError("Lines of the ledger are never changed: write another one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("Lines of the ledger are never deleted: write another one")
