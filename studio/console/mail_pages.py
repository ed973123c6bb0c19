"""Every mail of the studio with sample data, for staff to look at. Nothing here is anybody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import admin
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from studio.mail import OPTIONAL, mail_of
from studio.models import Letter, Shoot

SOMEBODY = "somebody@example.com"
PERMISSION = "studio.view_letter"
# allauth's mails, by their templates.
ACCOUNT_MAILS = (
    "account/email/email_confirmation_signup",
    "account/email/email_confirmation",
    "account/email/login_code",
    "account/email/password_reset_key",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "account/email/password_changed",
    "account/email/password_set",
    "account/email/password_reset",
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_deleted",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "mfa/email/recovery_codes_generated",
    "socialaccount/email/account_connected",
    "socialaccount/email/account_disconnected",
)


class MailPages:
    """What the admin of letters shows beyond their columns; mixed in before ModelAdmin."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("looks/", admin.site.admin_view(all_mails), name="mails"),
            path("looks/<slug:name>/", admin.site.admin_view(one_mail), name="mail"),
        ]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [*own, *urls]


def all_mails(request: HttpRequest) -> HttpResponse:
    """List them, each with its subject."""
    _check(request)
    mails = [(name, make(request).subject) for name, make in _mails().items()]
    context = {**admin.site.each_context(request), "title": "Mails", "mails": mails}
    return TemplateResponse(request, "admin/studio/letter/mails.html", context)


def one_mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one as mail programs do: its HTML, or with ?as=text its text."""
    _check(request)
    make = _mails().get(name)
    if make is None:
        raise Http404
    mail = make(request)
    if request.GET.get("as") == "text":
        return HttpResponse(f"{mail.subject}\n\n{mail.body}", content_type="text/plain; charset=utf-8")
    return HttpResponse(cast(str, mail.alternatives[0][0]))


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise Http404


def _mails() -> dict[str, Callable[[HttpRequest], EmailMultiAlternatives]]:
    """Return what makes each mail, by its name in addresses."""
    shoots = {kind.value.replace("_", "-"): _of_shoot(kind) for kind in Letter.Kind}
    return shoots | {
        prefix.rpartition("/")[2].replace("_", "-"): _of_account(prefix) for prefix in ACCOUNT_MAILS
    }


def _of_shoot(kind: Letter.Kind) -> Callable[[HttpRequest], EmailMultiAlternatives]:
    shoot = Shoot(title="Corporate Headshots", error="The photos were too dark.")
    context = {
        "shoot": shoot,
        "name": "Anna",
        "pictures": 14,
        "refunded": 0 if kind == Letter.Kind.READY else 4,
        "granted": 4,
        "answer": "You are right, they are too dark.",
        "expires_at": timezone.now() + timedelta(days=7),
        "price": settings.EXTENSION_PRICE,
        "url": f"{settings.PUBLIC_URL}/shoots/",
        "unsubscribe_url": f"{settings.PUBLIC_URL}/mails/sample/end/" if kind in OPTIONAL else "",
    }
    return lambda _request: mail_of(kind, context)


def _of_account(prefix: str) -> Callable[[HttpRequest], EmailMultiAlternatives]:
    sample: dict[str, Any] = {
        "email": SOMEBODY,
        "code": "SMP-LCD",
        "password_reset_url": f"{settings.PUBLIC_URL}/accounts/password/reset/key/sample/",
        "signup_url": f"{settings.PUBLIC_URL}/accounts/signup/",
        "timestamp": timezone.now(),
        "ip": "192.0.2.1",
        "user_agent": "Firefox on Linux",
        "from_email": SOMEBODY,
        "to_email": "other@example.com",
        "deleted_email": "other@example.com",
        "provider": "Google",
    }

    def make(request: HttpRequest) -> EmailMultiAlternatives:
        mail: EmailMultiAlternatives = get_adapter(request).render_mail(prefix, SOMEBODY, sample)
        return mail

    return make
