"""The second factor: how its secrets are kept, and that staff have one."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Any

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage

from accounts.models import User

logger = logging.getLogger("accounts")

# Recovery codes are for a lost factor; they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Under this name a session keeps where staff were going.
GOING_TO = "second_factor_then"


def has_second_factor(user: User) -> bool:
    """Tell whether signing in asks this person for more than a password or a code."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


class StaffMiddleware:
    """Lead staff without a second factor to setting one up, before the admin shows them anything.

    Whoever has one was asked for it when they signed in: allauth lets nobody past that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not _is_guarded(request) or not user.is_staff or has_second_factor(user):
            return self.get_response(request)
        text = _("The administration needs a second factor. Set one up here, then go on.")
        messages.warning(request, text)
        request.session[GOING_TO] = request.path
        return redirect("accounts:security")


def _is_guarded(request: HttpRequest) -> bool:
    return bool(settings.STAFF_SECOND_FACTOR and request.path.startswith(reverse("admin:index")))


class Adapter(DefaultMFAAdapter):
    """allauth's own, with secrets that a copy of the database does not give away."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was encrypted; with another SECRET_KEY something that no code matches."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("a second factor was encrypted with another SECRET_KEY: it cannot be used")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        """Return the picture on white: cameras read it in the dark theme too."""
        buffer = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(buffer)
        return buffer.getvalue().decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey {number}").format(number=number)

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


def _fernet() -> MultiFernet:
    """Return what encrypts with the newest SECRET_KEY and decrypts with older ones too."""
    return MultiFernet([_key(str(it)) for it in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    digest = hashlib.sha256(f"second factor:{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
