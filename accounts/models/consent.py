"""What a person agreed to, in which wording, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.credit import CreditAccount


class Consent(models.Model):
    """One agreement. Never edited: another wording or another subject is another row."""

    class Kind(models.TextChoices):
        SUBJECT = "subject", _("photos of oneself, or with the person's permission, and of age")
        CHILD = "child", _("photos of a child, by who has parental responsibility")
        PET = "pet", _("photos of an animal of one's own, or with its owner's permission")

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    # The photo set that was agreed on. Not a foreign key: the record outlives the photos.
    about = models.UUIDField()
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        constraints = [
            models.UniqueConstraint(fields=["about", "kind", "version"], name="consent_once_per_wording"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
