"""How a person signs in, and where they are signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.second_factor import FACTORS, GOING_TO
from accounts.signed_in import end, end_others, sign_ins


@require_safe
@login_required
def security(request: SignedInRequest) -> HttpResponse:
    """Addresses, password, passkeys, second factor, other accounts and the browsers signed in."""
    user = request.user
    context: dict[str, Any] = {
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email"),
        "has_password": user.has_usable_password(),
        "sign_ins": sign_ins(user, current=request.session.session_key),
        "is_offering_social": bool(settings.SOCIAL.apps),
        "social_accounts": SocialAccount.objects.filter(user=user) if settings.SOCIAL.apps else [],
        **_factors(user),
    }
    if context["has_second_factor"]:
        context["next"] = request.session.pop(GOING_TO, "")
    return render(request, "accounts/security.html", context)


@require_POST
@login_required
def sign_in_end(request: SignedInRequest, sign_in_id: int) -> HttpResponse:
    """Sign the person out in one browser."""
    if not end(request.user, sign_in_id):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("accounts:security")


@require_POST
@login_required
def sign_ins_end(request: SignedInRequest) -> HttpResponse:
    """Sign the person out everywhere but here."""
    ended = end_others(request.user, current=request.session.session_key)
    text = ngettext("Signed out in {n} other browser.", "Signed out in {n} other browsers.", ended)
    messages.success(request, text.format(n=ended) if ended else _("You were signed in nowhere else."))
    return redirect("accounts:security")


def _factors(user: User) -> dict[str, Any]:
    """Return what the page says of passkeys, of the authenticator app and of recovery codes."""
    mine = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))
    codes = next((it for it in mine if it.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "passkeys": [it for it in mine if it.type == Authenticator.Type.WEBAUTHN],
        "app": next((it for it in mine if it.type == Authenticator.Type.TOTP), None),
        "has_second_factor": any(it.type in FACTORS for it in mine),
        "has_codes": codes is not None,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
    }
