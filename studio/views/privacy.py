"""A person's own privacy page: what is held, until when, how to have it and how to have it erased."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from studio import holdings
from studio.erasing import ErasureRefused, erase_account, erase_photo_set, erase_shoot
from studio.exporting import export_of
from studio.models import Erasure, PhotoSet, Shoot
from studio.privacy_forms import EraseAccountForm, ErasePhotoSetForm, RetentionForm
from studio.ratelimit import is_within
from studio.receipts import lines_of
from studio.serving import serve_batch

FORM = ["GET", "HEAD", "POST"]
MOST_TRIES_AN_HOUR = 20


@require_safe
@login_required
def privacy(request: SignedInRequest) -> HttpResponse:
    """What we hold of the person, and everything they can do about it."""
    kept = {"photos_kept_days": request.user.account.photos_kept_days}
    context = holdings.page_of(request.user) | {"retention_form": RetentionForm(initial=kept)}
    return render(request, "accounts/privacy.html", context)


@require_POST
@login_required
def retention(request: SignedInRequest) -> HttpResponse:
    """Choose how long photos are kept."""
    form = RetentionForm(request.POST)
    if not form.is_valid():
        context = holdings.page_of(request.user) | {"retention_form": form}
        return render(request, "accounts/privacy.html", context, status=422)
    request.user.account.keep_photos_for(form.cleaned_data["photos_kept_days"])
    messages.success(request, _("Saved. It holds for all your photos, from the next night on."))
    return redirect("accounts:privacy")


@require_safe
@login_required
def export(request: SignedInRequest) -> HttpResponseBase:
    """Everything that we hold of the person, as a ZIP."""
    return serve_batch(request, export_of(request.user))


@require_http_methods(FORM)
@login_required
def erase_set(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """Erase a photo set and its model, after a page that says what goes."""
    photo_set = get_object_or_404(PhotoSet.objects.for_user(request.user), pk=photo_set_id)
    form = ErasePhotoSetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect(erase_photo_set(photo_set, with_pictures=form.cleaned_data["pictures"] == "erase"))
    context = holdings.set_to_erase(photo_set) | {"form": form}
    return render(request, "accounts/erase_set.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
@login_required
def erase_one_shoot(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """Erase a shoot and its pictures, after a page that says what goes."""
    shoot = get_object_or_404(Shoot.objects.for_user(request.user), pk=shoot_id)
    status = 200
    if request.method == "POST":
        try:
            return redirect(erase_shoot(shoot))
        except ErasureRefused as refusal:
            messages.error(request, str(refusal))
            status = 409
    return render(request, "accounts/erase_shoot.html", holdings.shoot_to_erase(shoot), status=status)


@require_http_methods(FORM)
@login_required
def erase_everything(request: SignedInRequest) -> HttpResponse:
    """Erase the account, after its address was typed; what runs and what is lost is said first."""
    form = EraseAccountForm(request.POST if request.method == "POST" else None, email=request.user.email)
    if request.method == "POST" and not _may_try(request):
        form.add_error(None, _("That were many tries. Wait an hour; nothing was erased."))
    elif request.method == "POST" and form.is_valid():
        try:
            erasure = erase_account(request.user)
        except ErasureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            return redirect(erasure)
    context = holdings.account_to_erase(request.user) | {"form": form}
    return render(request, "accounts/erase_account.html", context, status=422 if form.is_bound else 200)


def _may_try(request: SignedInRequest) -> bool:
    return is_within("erase", str(request.user.pk), most=MOST_TRIES_AN_HOUR, seconds=3600)


@require_safe
def receipt(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """What was erased and when, to whoever knows its number: when an account is gone, nobody is signed in."""
    erasure = get_object_or_404(Erasure, pk=erasure_id)
    context = {
        "erasure": erasure,
        "lines": lines_of(erasure),
        "models": len(erasure.ids.get("models", [])),
        "astria": settings.ASTRIA_BASE_URL,
    }
    return render(request, "accounts/erasure.html", context)
