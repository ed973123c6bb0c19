"""What a visitor of a share link says of a picture: that it is good, or that it should not be there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.image import Image
from studio.models.share import Share


class VoteQuerySet(models.QuerySet["Vote"]):
    def for_user(self, user: User) -> VoteQuerySet:
        return self.filter(share__account=user.credit_account_id)

    def withdraw(self) -> None:
        """Delete these votes; the pictures' counts follow."""
        with transaction.atomic():
            images = list(self.values_list("image", flat=True).distinct())
            self.delete()
            _count(Image.objects.filter(pk__in=images))


class Vote(models.Model):
    """A visitor's voice for a picture of a share: one each.

    `visitor` is a hash that is of no use beyond this share: it tells voices apart and names nobody.
    """

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="votes")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    visitor = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[VoteQuerySet] = VoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        verbose_name = _("vote")
        constraints = [
            models.UniqueConstraint(fields=["share", "image", "visitor"], name="one_vote_per_visitor"),
            models.CheckConstraint(condition=~Q(visitor=""), name="vote_has_visitor"),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"

    # Factories

    @classmethod
    def cast(cls, share: Share, image: Image, visitor: str) -> bool:
        """Count a visitor's voice. False if it was counted before."""
        with transaction.atomic():
            _, is_new = cls.objects.get_or_create(share=share, image=image, visitor=visitor)
            if is_new:
                _count(Image.objects.filter(pk=image.pk))
        return is_new


def _count(images: models.QuerySet[Image]) -> None:
    """Write down how many votes these pictures have: counted, so that no mistake is ever carried on."""
    votes = Vote.objects.filter(image=OuterRef("pk")).order_by().values("image")
    counted = Subquery(votes.annotate(count=models.Count("pk")).values("count"))
    images.update(votes=Coalesce(counted, 0))


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> ReportQuerySet:
        """Those that nobody has dealt with yet."""
        return self.filter(handled_at=None)


class Report(models.Model):
    """A visitor says that a picture should not be there. Staff see to it."""

    class Reason(models.TextChoices):
        IS_ME = "is_me", _("It shows me, and I did not agree")
        UNLAWFUL = "unlawful", _("It is offensive, or against the law")
        OTHER = "other", _("Something else")

    # What was reported outlives the link, and a report outlives neither picture nor account.
    share = models.ForeignKey(Share, on_delete=models.SET_NULL, null=True, related_name="reports")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="reports")
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=10, choices=Reason)
    text = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When staff were written to, and when one of them had dealt with it.
    told_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)

    objects: ClassVar[ReportQuerySet] = ReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Staff look for what is open.
            models.Index(fields=["id"], condition=Q(handled_at__isnull=True), name="report_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["is_me", "unlawful", "other"]), name="report_reason_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    # Mutators

    def claim_telling(self) -> bool:
        """Take the right to write to staff. False if somebody had it."""
        return bool(Report.objects.filter(pk=self.pk, told_at=None).update(told_at=timezone.now()))

    def mark_handled(self) -> bool:
        """False if it was dealt with before."""
        return bool(Report.objects.filter(pk=self.pk, handled_at=None).update(handled_at=timezone.now()))
