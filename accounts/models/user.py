"""The person: an e-mail address is the login."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.credit import CreditAccount


class UserManager(BaseUserManager["User"]):
    """Creates people together with the account that holds their credits."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new person with an empty credit account. Raises ValueError without an address."""
        if not email:
            raise ValueError("A person needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_verified(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new person whose address needs no proof: who makes one from a terminal vouches for it."""
        with transaction.atomic():
            user = self.create_user(email, password, **fields)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new person who may do everything in the admin."""
        return self.create_verified(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in. What they own hangs on their credit account, not on them."""

    email = models.EmailField(_("e-mail address"), unique=True)
    credit_account = models.OneToOneField(CreditAccount, on_delete=models.PROTECT, related_name="user")
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    # Mails that nobody has to have. What is about money or trouble, or keeps the account safe, always comes.
    mails_ready = models.BooleanField(_("when all pictures of a shoot are ready"), default=True)
    mails_reminders = models.BooleanField(_("a week and a day before a model ends"), default=True)

    # See PageVersion; None where nobody asked for it.
    gallery_version: int | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            # The admin lists them; of all others there are many.
            models.Index(fields=["-id"], condition=Q(is_staff=True), name="user_is_staff"),
            models.Index(fields=["-id"], condition=Q(is_active=False), name="user_suspended"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.email

    # Mutators

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new person gets their credit account in the same transaction."""
        with transaction.atomic():
            if not hasattr(self, "credit_account"):
                self.credit_account = CreditAccount.objects.create()
            super().save(*args, **kwargs)

    # Properties

    @property
    def account(self) -> CreditAccount:
        """The account that owns this person's credits, photo sets and shoots."""
        return self.credit_account
