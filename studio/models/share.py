"""A link to some of a person's pictures, for people without an account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditAccount, User
from studio.models.image import Image, ImageQuerySet
from studio.models.shoot import Shoot
from studio.models.token import new_token

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class ShareQuerySet(models.QuerySet["Share"]):
    def for_user(self, user: User) -> ShareQuerySet:
        return self.filter(account=user.credit_account_id)

    def open(self) -> ShareQuerySet:
        """Those that show pictures now: not revoked, not expired."""
        lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(lasting, revoked_at=None)

    def with_token(self, token: str) -> ShareQuerySet:
        """Return the share with this token; none for what cannot be one (PostgreSQL refuses a NUL)."""
        return self.filter(token=token) if _TOKEN.fullmatch(token) else self.none()


class Share(models.Model):
    """Whoever has the link, and its password if it has one, sees the pictures until it expires or is revoked.

    Of a shoot: all its pictures. Without a shoot: those that were chosen one by one. `only_liked`: of these
    (or, without either, of all that the account has) the liked ones. What it shows is asked anew each time:
    a picture hidden, or no longer liked, is gone from it.
    """

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="shares")
    shoot = models.ForeignKey(Shoot, on_delete=models.CASCADE, null=True, related_name="shares")
    chosen = models.ManyToManyField(Image, related_name="shares")
    # What visitors read above the pictures.
    name = models.CharField(max_length=80)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    only_liked = models.BooleanField(default=False)
    # Whether visitors may have the originals.
    downloads = models.BooleanField(default=False)
    # Its hash, as those of accounts; "" lets in whoever has the link.
    password = models.CharField(max_length=128, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    visits = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ShareQuerySet] = ShareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("share link")
        indexes = [
            models.Index(fields=["shoot", "-created_at"], name="shares_of_shoot"),
            models.Index(fields=["-created_at"], name="share_by_time"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="share_has_name")]

    def __str__(self) -> str:
        return f"share {self.pk}"

    # Factories

    @classmethod
    def create_for(
        cls,
        shoot: Shoot,
        *,
        name: str,
        only_liked: bool,
        downloads: bool,
        lifetime: timedelta | None,
        password: str = "",
    ) -> Share:
        """Return a new link to `shoot`; without a `lifetime` it lasts until it is revoked."""
        return cls.objects.create(
            account_id=shoot.account_id,
            shoot=shoot,
            only_liked=only_liked,
            **_terms(name, downloads, lifetime, password),
        )

    @classmethod
    def create_of(
        cls,
        account: CreditAccount,
        chosen: Iterable[Image] | None,
        *,
        name: str,
        downloads: bool,
        lifetime: timedelta | None,
        password: str = "",
    ) -> Share:
        """Return a new link to the `chosen` pictures of an account; None: to all that are liked."""
        terms = _terms(name, downloads, lifetime, password)
        with transaction.atomic():
            share = cls.objects.create(account=account, only_liked=chosen is None, **terms)
            share.chosen.set(chosen or [])
        return share

    # Mutators

    def revoke(self) -> bool:
        """Close the link for good. False if it was revoked before."""
        return bool(Share.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now()))

    def count_visit(self) -> None:
        Share.objects.filter(pk=self.pk).update(visits=F("visits") + 1)

    # Queries

    def images(self) -> ImageQuerySet:
        """Return the pictures that the link shows now."""
        images = Image.objects.shown().filter(account=self.account_id)
        if self.shoot_id:
            images = images.filter(shoot=self.shoot_id)
        elif not self.only_liked:
            images = images.filter(shares=self)
        return images.filter(liked_at__isnull=False) if self.only_liked else images

    def is_opened_by(self, password: str) -> bool:
        return not self.password or check_password(password, self.password)

    # Properties

    @property
    def key(self) -> str:
        """What a browser keeps once it was given the password; it says nothing of it, and fits no other."""
        return salted_hmac("studio.share", f"{self.pk}:{self.password}", algorithm="sha256").hexdigest()

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and not self.is_expired

    def get_absolute_url(self) -> str:
        return reverse("studio:shared", args=[self.token])


def _terms(name: str, downloads: bool, lifetime: timedelta | None, password: str) -> dict[str, object]:
    """Return the columns that every kind of link has."""
    return {
        "name": name,
        "downloads": downloads,
        "expires_at": timezone.now() + lifetime if lifetime else None,
        "password": make_password(password) if password else "",
    }
